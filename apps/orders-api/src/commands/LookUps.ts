/** What a command fails with when something that it needs of another context could not be looked up: it is no refusal. */
import { EventStoreFailure, OutsideFailure, ReadModelFailure } from "@eventfold/event-store"

/** Why something could not be looked up, as the ports say it. */
export interface NotLookedUp {
  readonly reason: string
  readonly retryable: boolean
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/**
 * The failure of a command that could not look something up in a context. Where both are in one program and have one store,
 * it is that of the store.
 */
export const failed =
  (context: string) =>
  ({ cause, reason, retryable, retryAfter }: NotLookedUp): EventStoreFailure | OutsideFailure =>
    cause instanceof ReadModelFailure && cause.cause instanceof EventStoreFailure
      ? cause.cause
      : new OutsideFailure({
          system: context,
          retryable,
          detail: reason,
          ...(retryAfter === undefined ? {} : { retryAfter })
        })
