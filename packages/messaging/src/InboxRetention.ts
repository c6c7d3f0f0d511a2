/**
 * Forgets what the inbox knows of old messages, so that it does not grow for ever.
 *
 * Guarantees: nothing is forgotten while the broker may still deliver the message again, be it that it is kept for so long, or that a
 * group has not done with it or with an older one; each call to the store removes a
 * bounded number of entries, and what is left is removed by the next one. A call that fails, dies or does not answer in time is
 * logged when it is news, shows in the status, and is tried again within a minute.
 */
import { Context, DateTime, Duration, Effect, Layer } from "effect"
import { type CleaningStatus, run } from "./Cleaning.ts"
import { Inbox } from "./Inbox.ts"
import { MessageBroker } from "./MessageBroker.ts"

/** For how long entries are kept. */
export interface RetentionPolicy {
  /** The topics messages come from: what the broker keeps of them, for whatever reason, is not forgotten. */
  readonly topics: ReadonlyArray<string>
  /** Entries that have not changed for so long are forgotten. Default: 30 days. */
  readonly keepFor?: Duration.Input
  /** For how long the broker keeps messages, and may deliver them again (`BrokerOptions.keepFor`). Default: 7 days. */
  readonly brokerKeepsFor?: Duration.Input
  /** How often it is looked for them, a fifth more or less. Default: every hour. */
  readonly every?: Duration.Input
  /** How many one call removes at the most: 1 to 10,000. Default: 5,000. */
  readonly batch?: number
}

/** How far clocks of processes may be apart. */
const clocks = Duration.hours(1)

/** Says how forgetting goes. */
export class InboxCleaning extends Context.Service<InboxCleaning, { readonly status: Effect.Effect<CleaningStatus> }>()(
  "@eventfold/messaging/InboxCleaning"
) {}

/** Forgets a batch of what is old. */
const part = (policy: RetentionPolicy) => {
  const { batch, keepFor } = bounds(policy)
  return Effect.gen(function* () {
    const [inbox, broker] = [yield* Inbox, yield* MessageBroker]
    const oldest = yield* Effect.forEach(policy.topics, (topic) =>
      broker.browse(topic, { from: "beginning", limit: 1 })
    )
    // A message is dealt with after it is published, as far as clocks agree.
    const kept = oldest.flat().map(({ publishedAt }) => DateTime.subtractDuration(publishedAt, clocks))
    const before = kept.reduce(DateTime.min, DateTime.subtractDuration(yield* DateTime.now, keepFor))
    const removed = yield* inbox.purge(before, batch)
    return { removed, more: removed >= batch }
  })
}

/**
 * Forgets what is old, all of it, in bounded batches; answers how many entries that were.
 *
 * @throws RangeError when entries would be forgotten that the broker may still deliver: a mistake of the program, found at start.
 */
export const forget = (policy: RetentionPolicy) => {
  const one = part(policy)
  return Effect.gen(function* () {
    let forgotten = 0
    for (;;) {
      const { more, removed } = yield* one
      forgotten += removed
      if (!more) return forgotten
    }
  })
}

/**
 * Forgets once at start and then at intervals, while the layer lives.
 *
 * @throws RangeError as {@link forget} does.
 */
export const layer = (policy: RetentionPolicy): Layer.Layer<InboxCleaning, never, Inbox | MessageBroker> => {
  const one = part(policy)
  return Layer.effect(
    InboxCleaning,
    Effect.gen(function* () {
      const context = yield* Effect.context<Inbox | MessageBroker>()
      const status = yield* run({
        what: "the inbox",
        call: Effect.provideContext(one, context),
        mostCalls: Number.POSITIVE_INFINITY,
        every: policy.every ?? "1 hour",
        told: (forgotten) => Effect.logInfo(`forgot ${forgotten} entries of the inbox that were old`)
      })
      return { status }
    })
  )
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
