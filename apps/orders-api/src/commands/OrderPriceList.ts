/**
 * The price list of ordering, from the catalogue context: orders in the words of the catalogue, and its prices in those of
 * ordering, which sees no product and no rule.
 */
import { type OrderCommands, type OrderLines, PriceList } from "@eventfold/domain-ordering"
import { type AskError, ContextQueries, unanswered } from "@eventfold/event-store"
import type { Currency } from "@eventfold/shared-kernel"
import { Effect, Layer } from "effect"
import { type AskedLine, priceItems, priceLines } from "../queries/CatalogPrices.ts"

/** Asks the catalogue. */
export const layer: Layer.Layer<PriceList.PriceList, never, ContextQueries> = Layer.effect(
  PriceList.PriceList,
  Effect.map(ContextQueries, (contexts) => ({
    items: Effect.fn("OrderPriceList.items")(
      (tenant: string, items: ReadonlyArray<OrderCommands.AskedItem>, askedBy: OrderCommands.AskedBy) =>
        Effect.catchTag(
          contexts.ask(priceItems, { _tag: "PriceItems", tenant, askedBy, lines: items.map(asked) }),
          askErrors,
          unavailable
        )
    ),
    placement: Effect.fn("OrderPriceList.placement")(
      (tenant: string, currency: Currency.Currency, lines: ReadonlyArray<OrderLines.OrderLine>) =>
        Effect.catchTag(
          contexts.ask(priceLines, { _tag: "PriceLines", tenant, currency, lines: lines.map(placed) }),
          askErrors,
          unavailable
        )
    )
  }))
)

const askErrors = [
  "UnknownMessage",
  "MalformedMessage",
  "ReadModelFailure",
  "ReadModelNotReady",
  "NotUpToDate",
  "ContextNotRegistered",
  "ContextUnavailable"
] as const satisfies ReadonlyArray<AskError["_tag"]>

const unavailable = (error: AskError) => Effect.fail(new PriceList.PriceListUnavailable(unanswered(error)))

/** What is asked for, in the words of the catalogue. A discount is a price that is given, too. */
const asked = (item: OrderCommands.AskedItem): AskedLine => {
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

/** A line of a draft, in the words of the catalogue: with what was given for it, when it was; also before anybody asked why. */
const placed = ({ productId, quantity, ...line }: OrderLines.OrderLine): AskedLine => {
  const { discount, madeBy, productName, unitPrice } = line
  const [origin] = madeBy ?? [{ rule: "given", reason: "given with the item" } as const]
  return origin.rule === "catalogue"
    ? { productId, quantity }
    : { productId, quantity, given: { unitPrice, discount, productName, reason: origin.reason } }
}
