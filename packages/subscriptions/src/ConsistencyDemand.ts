/**
 * What a reader demands of the read models it asks: that they have come as far as a consistency token says.
 *
 * It travels with the effect that reads, so that handlers of queries need no parameter for it. Without one nothing is
 * waited for.
 */
import type { ConsistencyToken } from "@eventfold/event-store"
import { Context, Duration, Effect } from "effect"

/** What a reader demands. */
export interface ConsistencyDemand {
  readonly token: ConsistencyToken.ConsistencyToken
  /** How long each read may wait for it; {@link longestWait} at most. */
  readonly wait: Duration.Duration
}

/** How long a read can be made to wait. */
export const longestWait = Duration.seconds(5)

/** The demand of the reader; undefined when it takes what there is. */
export const Current = Context.Reference<ConsistencyDemand | undefined>("@eventfold/subscriptions/ConsistencyDemand", {
  defaultValue: () => undefined
})

/**
 * Makes the reads of an effect wait until they see what a token stands for. `wait` is 5 s when left out, and at the most;
 * with 0 a read model that is behind is refused at once.
 */
export const demand =
  (token: ConsistencyToken.ConsistencyToken, wait: Duration.Input = longestWait) =>
  <A, E, R>(reading: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(reading, Current, {
      token,
      wait: Duration.min(Duration.fromInputUnsafe(wait), longestWait)
    })
