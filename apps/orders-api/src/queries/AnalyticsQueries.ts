/** What can be asked of analytics, as typed queries: figures per day, and per product and day. All of read models. */
import { UtcDay } from "@eventfold/decider"
import { Currency, Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"

const figures = {
  /** The UTC day on which it happened. */
  day: UtcDay.UtcDay,
  /** How many orders were placed. */
  orders: Schema.Int,
  /** What they cost. */
  ordered: Money.Money,
  /** How many orders left. */
  shipments: Schema.Int,
  /** What they cost. */
  shipped: Money.Money,
  /** How many orders were cancelled, whenever they were placed. */
  cancellations: Schema.Int,
  /** What they cost. */
  cancelled: Money.Money
}

/** What happened on a day. */
export const FiguresOfDay = Schema.Struct(figures).annotate({ identifier: "FiguresOfDay" })

/** What happened to a product on a day. */
export const FiguresOfProduct = Schema.Struct({
  productId: ProductId,
  ...figures,
  /** How many pieces were ordered. */
  orderedPieces: Schema.Int,
  /** How many pieces left. */
  shippedPieces: Schema.Int,
  /** How many pieces were in orders that were cancelled. */
  cancelledPieces: Schema.Int
}).annotate({ identifier: "FiguresOfProduct" })

const period = {
  ...Pages.fields,
  currency: Currency.Currency,
  /** Both days are included. */
  from: Schema.optionalKey(UtcDay.UtcDay),
  to: Schema.optionalKey(UtcDay.UtcDay)
}

/** Asks what happened per day, the earliest first; days on which nothing happened are left out. */
export const FindDayFigures = Schema.TaggedStruct("FindDayFigures", period)
/** The message that carries {@link FindDayFigures}. */
export const findDayFigures = Pages.query("analytics", FindDayFigures, FiguresOfDay)

/** Asks what happened per product and day, the earliest day first. What is left out does not restrict. */
export const FindProductFigures = Schema.TaggedStruct("FindProductFigures", {
  ...period,
  productId: Schema.optionalKey(ProductId)
})
/** The message that carries {@link FindProductFigures}. */
export const findProductFigures = Pages.query("analytics", FindProductFigures, FiguresOfProduct)
