/** What a reservation holds: so many pieces of each of its products. */
import { ProductId, Quantity } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Level } from "./StockCounts.ts"

/** How many lines a reservation can have: as many as an order. */
export const maximumLines = 200

/** The schema of a line: so many pieces of a product. */
export const ReservationLine = Schema.Struct({ productId: ProductId, quantity: Quantity.Quantity }).annotate({
  identifier: "ReservationLine"
})
/** So many pieces of a product. */
export interface ReservationLine extends Schema.Schema.Type<typeof ReservationLine> {}

const message = `must be 1 to ${maximumLines} lines, each of a product of its own`
const oneEach = (lines: ReadonlyArray<ReservationLine>) =>
  new Set(lines.map(({ productId }) => productId)).size === lines.length

/** The schema of the lines of a reservation: at least one, and one per product. */
export const ReservationLines = Schema.Array(ReservationLine)
  .check(
    Schema.isMinLength(1, { message }),
    Schema.isMaxLength(maximumLines, { message }),
    Schema.makeFilter(oneEach, { message })
  )
  .annotate({ identifier: "ReservationLines", description: "One line per product" })
/** The lines of a reservation. */
export type ReservationLines = typeof ReservationLines.Type

/** The schema of a line that cannot be reserved: what was asked for, and what there is. */
export const ShortLine = Schema.Struct({
  productId: ProductId,
  requested: Quantity.Quantity,
  available: Level
}).annotate({ identifier: "ShortLine" })
/** A line that cannot be reserved: what was asked for, and what there is. */
export interface ShortLine extends Schema.Schema.Type<typeof ShortLine> {}

/** The lines in the order of their products: whoever changes several products goes by it, so nobody waits in a circle. */
export const inOrder = (lines: ReservationLines): ReservationLines =>
  lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))

/** Whether two reservations hold the same, in whatever order. */
export const areSame = (some: ReservationLines, others: ReservationLines): boolean => {
  const sorted = inOrder(others)
  return (
    some.length === others.length &&
    inOrder(some).every(
      ({ productId, quantity }, index) => sorted[index]?.productId === productId && sorted[index].quantity === quantity
    )
  )
}
