/**
 * What happened to a product on a UTC day in a currency: orders of it placed, shipped and cancelled. See `Figures.ts` for what
 * counts; here the amounts are those of the product's lines, and an order of several products counts for each.
 */
import { Projection, ReadModel, Rows, Sorting, Specification, UtcDay } from "@eventfold/decider"
import { Currency, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Figures from "./Figures.ts"

/** The schema of a row. */
export const ProductFiguresRow = Schema.Struct({
  day: UtcDay.UtcDay,
  currency: Currency.Currency,
  productId: ProductId,
  ...Figures.fields,
  /** How many pieces were ordered. */
  orderedPieces: Schema.Int,
  /** How many pieces left. */
  shippedPieces: Schema.Int,
  /** How many pieces were in orders that were cancelled. */
  cancelledPieces: Schema.Int
}).annotate({ identifier: "ProductFiguresRow" })
/** What happened to a product on a day. */
export type ProductFiguresRow = typeof ProductFiguresRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "analytics_products",
  key: ["day", "currency", "productId"],
  row: ProductFiguresRow,
  indexes: [
    ["currency", "day"],
    ["productId", "day"]
  ]
})

const piecesOf = {
  OrderCounted: "orderedPieces",
  ShipmentCounted: "shippedPieces",
  CancellationCounted: "cancelledPieces"
} as const

/** The figures of every product on every day on which something happened to it. */
export const ProductFigures = Projection.counters({
  readModel,
  readsPersonal: false,
  datedBy: "day",
  events: Figures.events,
  counters: [...Figures.counters, "orderedPieces", "shippedPieces", "cancelledPieces"],
  initial: (key) => ({ ...key, ...Figures.none, orderedPieces: 0, shippedPieces: 0, cancelledPieces: 0 }),
  count: (event) => {
    const { products, total } = event.content
    return products.flatMap(({ amount, pieces, productId }) => {
      const key = { day: UtcDay.of(event.occurredAt), currency: total.currency, productId }
      return [...Figures.counted(event, key, amount), Projection.increment(key, piecesOf[event._tag], pieces)]
    })
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** What of a product is asked for; what is left out does not restrict. */
export interface Asked {
  readonly currency: Currency.Currency
  readonly productId?: ProductId | undefined
  /** Both days are included. */
  readonly from?: UtcDay.UtcDay | undefined
  readonly to?: UtcDay.UtcDay | undefined
}

/** The products and days of a currency that are asked for. */
export const asked = ({ currency, from, productId, to }: Asked) =>
  Specification.and(
    Specification.eq(rows.field("currency"), currency),
    ...(productId === undefined ? [] : [Specification.eq(rows.field("productId"), productId)]),
    ...(from === undefined ? [] : [Specification.gte(rows.field("day"), from)]),
    ...(to === undefined ? [] : [Specification.lte(rows.field("day"), to)])
  )

/** The earliest day comes first, and of a day the product that was ordered for most. */
export const byDay = [Sorting.ascending(rows.field("day")), Sorting.descending(rows.field("ordered"))]
