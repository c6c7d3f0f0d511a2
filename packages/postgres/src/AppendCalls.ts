/** The calls that appends are put into: what the coalescer knows of the database. */
import type { Appended, AppendError, EventStoreFailure, PreparedAppend } from "@eventfold/event-store"
import type { Effect, Exit } from "effect"

/** The answer to one append. */
export type AppendExit = Exit.Exit<Appended, AppendError>

/** What the appends are put into. */
export interface AppendCalls {
  /** One call for all: an exit for each, in their order. A failure means that nothing of the call has been stored. */
  readonly together: (
    appends: ReadonlyArray<PreparedAppend>
  ) => Effect.Effect<ReadonlyArray<AppendExit>, EventStoreFailure>
  /** One call for one, after it failed together with others or may have been stored already. */
  readonly alone: (append: PreparedAppend) => Effect.Effect<Appended, AppendError>
  /** Whether a call with this append takes several round trips: then few large calls are better than many small ones. */
  readonly isLong: (append: PreparedAppend) => boolean
  /** Whether trying each alone can help after a call has failed like this. */
  readonly isOfOne: (failure: EventStoreFailure) => boolean
  /**
   * Whether a call for one append has failed like this because its stream is locked for too long: trying it at once again
   * does not help, and neither does it help those who wait for the same stream.
   */
  readonly isOfStream: (failure: EventStoreFailure) => boolean
}
