/**
 * Asks the catalogue what an order costs, before the order decides: what is put into a draft costs what the catalogue says of it
 * then, and what is placed is priced anew, by all rules. Pricing itself is `PriceOrder` of the catalogue, which knows no store.
 *
 * Which promotions hold is a matter of the clock, and not of the business time of a command, which its sender chooses. A price
 * that was given stays as it was given.
 */
import { type MadeBy, PriceOrder } from "@eventfold/domain-catalog"
import type { OrderCommands, OrderLines, OrderState, PricedDraft, PricedItem } from "@eventfold/domain-ordering"
import type { ProductId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Option, Result } from "effect"
import { ProductCatalog } from "../catalog/ProductCatalog.ts"

const productsOf = Effect.fnUntraced(function* (
  tenant: string,
  items: ReadonlyArray<{ readonly productId: ProductId }>
) {
  const catalog = yield* ProductCatalog
  const found = yield* catalog.products(
    tenant,
    items.map(({ productId }) => productId)
  )
  return (productId: ProductId) => Option.fromUndefinedOr(found.get(productId))
})

/** What is asked for, in the words of the catalogue. A discount is a price that is given, too. */
const asked = (item: OrderCommands.AskedItem): PriceOrder.AskedLine => {
  const { discount, priceReason, productId, productName, quantity, unitPrice } = item
  if (unitPrice === undefined && discount === 0) return { productId, quantity }
  const given = {
    discount,
    ...(unitPrice === undefined ? {} : { unitPrice }),
    ...(productName === undefined ? {} : { productName }),
    ...(priceReason === undefined ? {} : { reason: priceReason })
  }
  return { productId, quantity, given }
}

const pricedItems = Effect.fnUntraced(function* (
  tenant: string,
  items: ReadonlyArray<OrderCommands.AskedItem>,
  askedBy: PriceOrder.AskedBy = "customer"
) {
  const catalogue = yield* productsOf(tenant, items)
  return yield* Effect.fromResult(
    Result.all(items.map((item) => PriceOrder.priceItem({ askedBy, catalogue }, asked(item))))
  )
})

/** A draft with the prices of its items. */
export const ofDraft = Effect.fnUntraced(function* (tenant: string, command: OrderCommands.DraftOrder) {
  const { askedBy, items, ...rest } = command
  const priced: PricedDraft =
    items === undefined ? rest : { ...rest, items: yield* pricedItems(tenant, items, askedBy) }
  return priced
})

/** An item with its price. */
export const ofItem = Effect.fnUntraced(function* (tenant: string, command: OrderCommands.AddItem) {
  const { _tag, askedBy, occurredAt, orderId } = command
  const [item] = yield* pricedItems(tenant, [command], askedBy)
  const priced: PricedItem | undefined = item === undefined ? undefined : { _tag, orderId, occurredAt, ...item }
  return priced ?? (yield* Effect.die(new RangeError("one item has one price")))
})

/** What was given for a line, when it was; also before anybody asked why. */
const givenFor = (line: OrderLines.OrderLine): PriceOrder.GivenPrice | undefined => {
  const { discount, madeBy = unexplained, productName, unitPrice } = line
  const [origin] = madeBy
  return origin.rule === "catalogue" ? undefined : { unitPrice, discount, productName, reason: origin.reason }
}

const unexplained: MadeBy.MadeBy = [{ rule: "given", reason: "given with the item" }]

/** The lines of a draft with the prices they are placed with. */
export const ofPlacement = Effect.fnUntraced(function* (tenant: string, draft: OrderState.OrderIn<"draft">) {
  const catalog = yield* ProductCatalog
  const lines = draft.lines.map((line) => {
    const given = givenFor(line)
    const { productId, quantity } = line
    return given === undefined ? { productId, quantity } : { productId, quantity, given }
  })
  const sold = lines.filter(({ given }) => given === undefined)
  const rules =
    sold.length === 0
      ? { promotions: [], orderValueDiscounts: [] }
      : {
          promotions: (yield* catalog.promotions(tenant)).map(({ promotion }) => promotion),
          orderValueDiscounts: (yield* catalog.discounts(tenant)).map(({ discount }) => discount)
        }
  const catalogue = yield* productsOf(tenant, sold)
  const order = {
    currency: draft.total.currency,
    lines,
    // Who gave a price was asked when they gave it.
    askedBy: "operator",
    at: yield* DateTime.now,
    catalogue,
    ...rules
  } as const
  const priced = yield* Effect.fromResult(PriceOrder.priceOrder(order))
  return priced.lines.map(({ gross: _, ...line }): OrderLines.OrderLine => line)
})
