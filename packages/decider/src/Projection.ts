/**
 * A projection: from events to the rows of a read model, as a pure value. Nothing here reads a clock, a random number or
 * a database, so a projection is tested by calling functions.
 *
 * Guarantees of {@link foldBatch}:
 * - A batch leads to the same rows as the same events in any number of smaller ones, one by one included, as long as no
 *   counter leaves the exact whole numbers on the way. Partitions that are held back must be handed on to the next batch.
 * - No row is changed twice, and an event touches rows of its own tenant only.
 * - It never throws. An event that cannot be folded changes nothing; it and the later ones of its partition are left
 *   over, in order, and all others lead to the rows they would lead to without those.
 * - Increments commute: in whichever order they are applied, they lead to the same rows.
 * - What is remembered of a stream (`countersWithMemory`) is changed by the events of that stream alone, in their order,
 *   and all of this holds for it too: an event that is left over leaves it untouched.
 *
 * Gotcha: what `project` throws is found when it runs. What it computes wrongly is not: raise `version` when it changes.
 */
export {
  added,
  apply,
  type Change,
  CountTooLarge,
  type Located,
  ProjectionFailed,
  type Rows,
  rowsOf
} from "./ProjectionChanges.ts"
export { foldBatch, type Folded, keysOf, memoryKeysOf } from "./ProjectionFold.ts"
export {
  byStream,
  counters,
  eventTypes,
  fingerprint,
  increment,
  inlineProblem,
  make,
  remove,
  streamPartition,
  unchanged,
  upsert
} from "./ProjectionMake.ts"
export { countersWithMemory } from "./ProjectionMemory.ts"
export type { Parked, Partition } from "./ProjectionParking.ts"
export * from "./ProjectionShape.ts"
