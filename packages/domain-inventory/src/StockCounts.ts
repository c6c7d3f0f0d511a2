/**
 * How many pieces of a product there are, by where they stand.
 *
 * Guarantees: every count but `adjusted` is at least 0, no more than {@link maximumOnHand} are on hand, and nothing
 * appears or gets lost: received + adjusted = available + reserved + shipped. Whatever would break this has no counts.
 */
import { WholeNumber } from "@eventfold/shared-kernel"
import { Option, Schema } from "effect"

/** The most pieces of a product that can be on hand. */
export const maximumOnHand = 1_000_000_000

const total = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** The schema of a number of pieces on hand. */
export const Level = WholeNumber.between({ minimum: 0, maximum: maximumOnHand })

/** The fields of the counts, for schemas that have more. */
export const fields = {
  /** On hand and free to be reserved. */
  available: Level,
  /** On hand and promised to a reservation. */
  reserved: Level,
  /** Ever received. */
  received: total,
  /** What corrections have added, all together; below 0 when they have taken away. */
  adjusted: Schema.Int,
  /** Ever shipped. */
  shipped: total
}

/** The schema of the counts of a product. */
export const StockCounts = Schema.Struct(fields)
/** How many pieces of a product there are, by where they stand. */
export interface StockCounts extends Schema.Schema.Type<typeof StockCounts> {}

/** Nothing yet. */
export const zero: StockCounts = { available: 0, reserved: 0, received: 0, adjusted: 0, shipped: 0 }

/** What is in the house: available or reserved. */
export const onHand = ({ available, reserved }: StockCounts): number => available + reserved

/** The counts with these changes; none when a count would be out of its bounds. */
export const changed = (counts: StockCounts, changes: Partial<StockCounts>): Option.Option<StockCounts> => {
  const after: StockCounts = {
    available: counts.available + (changes.available ?? 0),
    reserved: counts.reserved + (changes.reserved ?? 0),
    received: counts.received + (changes.received ?? 0),
    adjusted: counts.adjusted + (changes.adjusted ?? 0),
    shipped: counts.shipped + (changes.shipped ?? 0)
  }
  const fits =
    after.available >= 0 &&
    after.reserved >= 0 &&
    onHand(after) <= maximumOnHand &&
    [after.received, after.adjusted, after.shipped].every(Number.isSafeInteger)
  return fits ? Option.some(after) : Option.none()
}
