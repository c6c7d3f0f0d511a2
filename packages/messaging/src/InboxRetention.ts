/**
 * Forgets what the inbox knows of old messages, so that it does not grow for ever.
 *
 * Guarantees: nothing is forgotten while the broker may still deliver the message again; each call to the store removes a
 * bounded number of entries, and what is left is removed by the next one. A failure is logged, and tried again at the next time.
 */
import { DateTime, Duration, Effect, Layer, Schedule } from "effect"
import { Inbox } from "./Inbox.ts"

/** For how long entries are kept. */
export interface RetentionPolicy {
  /** Entries that have not changed for so long are forgotten. Default: 30 days. */
  readonly keepFor?: Duration.Input
  /** For how long the broker keeps messages, and may deliver them again (`BrokerOptions.keepFor`). Default: 7 days. */
  readonly brokerKeepsFor?: Duration.Input
  /** How often it is looked for them. Default: every hour. */
  readonly every?: Duration.Input
  /** How many one call removes at the most: 1 to 10,000. Default: 5,000. */
  readonly batch?: number
}

/**
 * Forgets what is old, all of it, in bounded batches; answers how many entries that were.
 *
 * @throws RangeError when entries would be forgotten that the broker may still deliver: a mistake of the program, found at start.
 */
export const forget = (policy: RetentionPolicy = {}) => {
  const { batch, keepFor } = bounds(policy)
  return Effect.gen(function* () {
    const inbox = yield* Inbox
    const before = DateTime.subtractDuration(yield* DateTime.now, keepFor)
    let forgotten = 0
    for (;;) {
      const gone = yield* inbox.purge(before, batch)
      forgotten += gone
      if (gone < batch) return forgotten
    }
  })
}

/**
 * Forgets once at start and then at intervals, while the layer lives.
 *
 * @throws RangeError as {@link forget} does.
 */
export const layer = (policy: RetentionPolicy = {}): Layer.Layer<never, never, Inbox> => {
  const work = forget(policy).pipe(
    Effect.flatMap((forgotten) =>
      forgotten > 0 ? Effect.logInfo(`forgot ${forgotten} entries of the inbox that were old`) : Effect.void
    ),
    Effect.catch((failure) => Effect.logWarning(`could not forget old entries of the inbox: ${failure.message}`))
  )
  return Layer.effectDiscard(Effect.forkScoped(Effect.repeat(work, Schedule.spaced(policy.every ?? "1 hour"))))
}

const bounds = ({ batch = 5000, brokerKeepsFor = "7 days", keepFor = "30 days" }: RetentionPolicy) => {
  const [kept, horizon] = [Duration.fromInputUnsafe(keepFor), Duration.fromInputUnsafe(brokerKeepsFor)]
  if (!Duration.isGreaterThanOrEqualTo(kept, horizon)) {
    throw new RangeError(
      `an inbox must remember messages for as long as the broker keeps them: ${Duration.format(kept)} is less than ${Duration.format(horizon)}`
    )
  }
  return { keepFor: kept, batch }
}
