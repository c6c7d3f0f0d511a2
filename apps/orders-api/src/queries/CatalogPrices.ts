/**
 * What the catalogue tells other contexts of prices: what items cost by themselves, and what lines cost that are ordered together,
 * by all rules. The prices are those of the moment it is asked. Which promotions hold is a matter of the clock of the
 * catalogue, and not of the business time of a command, which its sender chooses.
 */
import { Message } from "@eventfold/decider"
import { MadeBy, PriceOrder, PricingErrors } from "@eventfold/domain-catalog"
import { type EventStoreFailure, QueryBus, ReadModelFailure, StreamId } from "@eventfold/event-store"
import { Currency, Money, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Option, Result, Schema } from "effect"
import { ProductCatalog } from "../catalog/ProductCatalog.ts"

/** The most lines that are priced at once: as many as an order can have. */
export const mostLines = 200

/** A line to be priced, with what somebody gives in place of what the catalogue says. */
export const AskedLine = Schema.Struct({
  productId: ProductId,
  quantity: Quantity.Quantity,
  given: Schema.optionalKey(
    Schema.Struct({
      unitPrice: Schema.optionalKey(Money.NonNegativeMoney),
      discount: Schema.optionalKey(Percentage.Percentage),
      productName: Schema.optionalKey(Schema.String),
      reason: Schema.optionalKey(Schema.String)
    })
  )
})
/** A line to be priced. */
export interface AskedLine extends Schema.Schema.Type<typeof AskedLine> {}

const lines = Schema.Array(AskedLine).check(Schema.isMaxLength(mostLines))

/** So many pieces with their price by themselves. */
export const PricedItem = Schema.Struct({
  productId: ProductId,
  productName: Schema.String,
  quantity: Quantity.Quantity,
  unitPrice: Money.NonNegativeMoney,
  discount: Percentage.Percentage,
  madeBy: MadeBy.MadeBy
})

/** A line with its price among others. */
export const PricedLine = Schema.Struct({ ...PricedItem.fields, total: Money.NonNegativeMoney })

const common = { context: "catalog", refusal: PricingErrors.PricingRefusal } as const

/** Asks what items cost by themselves, in whatever currency. */
export const PriceItems = Schema.TaggedStruct("PriceItems", {
  tenant: StreamId.Tenant,
  /** Only an operator may give prices. */
  askedBy: Schema.Literals(["customer", "operator"]),
  lines
})
/** The message that carries {@link PriceItems}. */
export const priceItems = Message.query({ ...common, payload: PriceItems, answer: Schema.Array(PricedItem) })

/** Asks what lines cost that are ordered together. Who gave a price was asked when they gave it. */
export const PriceLines = Schema.TaggedStruct("PriceLines", {
  tenant: StreamId.Tenant,
  currency: Currency.Currency,
  lines
})
/** The message that carries {@link PriceLines}. */
export const priceLines = Message.query({ ...common, payload: PriceLines, answer: Schema.Array(PricedLine) })

const asked = <A>(ask: (catalog: ProductCatalog["Service"]) => Effect.Effect<A, EventStoreFailure>) =>
  Effect.mapError(
    Effect.flatMap(ProductCatalog, ask),
    (cause) => new ReadModelFailure({ readModel: "the catalogue", cause })
  )

const productsOf = (tenant: string, wanted: ReadonlyArray<AskedLine>) =>
  Effect.map(
    asked((catalog) =>
      catalog.products(
        tenant,
        wanted.map(({ productId }) => productId)
      )
    ),
    (found) => (productId: ProductId) => Option.fromUndefinedOr(found.get(productId))
  )

/** The handlers of the questions for prices. */
export const handlers = [
  QueryBus.handler(
    priceItems,
    Effect.fnUntraced(function* ({ askedBy, lines, tenant }) {
      const catalogue = yield* productsOf(tenant, lines)
      return yield* Effect.fromResult(
        Result.all(lines.map((line) => PriceOrder.priceItem({ askedBy, catalogue }, line)))
      )
    })
  ),
  QueryBus.handler(
    priceLines,
    Effect.fnUntraced(function* ({ currency, lines, tenant }) {
      // A price that was given is final: no rule takes anything off.
      const sold = lines.filter(({ given }) => given === undefined)
      const rules =
        sold.length === 0
          ? { promotions: [], orderValueDiscounts: [] }
          : {
              promotions: (yield* asked((catalog) => catalog.promotions(tenant))).map(({ promotion }) => promotion),
              orderValueDiscounts: (yield* asked((catalog) => catalog.discounts(tenant))).map(
                ({ discount }) => discount
              )
            }
      const catalogue = yield* productsOf(tenant, sold)
      const at = yield* DateTime.now
      const order = { currency, lines, askedBy: "operator", at, catalogue, ...rules } as const
      const priced = yield* Effect.fromResult(PriceOrder.priceOrder(order))
      return priced.lines.map(({ gross: _, ...line }) => line)
    })
  )
]
