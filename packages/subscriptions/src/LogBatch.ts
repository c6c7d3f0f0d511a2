/** A stretch of the log as a subscription hands it over. */
import type { RecordedEvent } from "@eventfold/event-store"

/**
 * A stretch of the log: everything wanted above `after`, up to `position`.
 *
 * Batches join without gap or overlap: the `after` of each is the `position` of the one before. Whoever keeps a
 * checkpoint moves it from `after` to `position` in the transaction of the work it does for the events; a checkpoint that
 * is found elsewhere says that somebody else has done this work.
 */
export interface LogBatch {
  /** Where the subscription stood before. */
  readonly after: number
  /** Where it stands now: no event will ever appear at or below it that it has not been handed. */
  readonly position: number
  /** The events wanted, in position order. Empty for a stretch in which nothing was wanted. */
  readonly events: ReadonlyArray<RecordedEvent>
  /** Whether this was the end of the log at that moment. */
  readonly end: boolean
}
