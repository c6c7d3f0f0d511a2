/**
 * Removes from a message broker what nobody needs any more, at intervals: without it topics grow for ever.
 *
 * Guarantees: each call removes a bounded number of messages, and none that a group may still be given; what is left is
 * removed by the next call, and the rest the next time. Several processes may run it: they take turns at a topic for as long
 * as one call takes, and their intervals vary by a fifth. A call that fails, dies or does not answer in time is logged when it is
 * news, shows in the status, holds no other topic back for longer than that, and is tried again within a minute.
 */
import { Context, type Duration, Effect, Layer } from "effect"
import { type CleaningStatus, run } from "./Cleaning.ts"
import { MessageBroker } from "./MessageBroker.ts"

/** What is cleaned, and how often. */
export interface JanitorOptions {
  readonly topics: ReadonlyArray<string>
  /** Default: every minute. */
  readonly every?: Duration.Input
  /** How many calls are made for one topic each time, at the most. Default: 100, which is 100,000 messages. */
  readonly mostCalls?: number
}

/** How the janitor is doing with a topic. */
export interface JanitorStatus extends CleaningStatus {
  readonly topic: string
}

/** Says how cleaning goes. */
export class BrokerJanitor extends Context.Service<
  BrokerJanitor,
  { readonly statuses: Effect.Effect<ReadonlyArray<JanitorStatus>> }
>()("@eventfold/messaging/BrokerJanitor") {
  /** Cleans once at start and then at intervals, while the layer lives. */
  static readonly layer = ({
    every = "1 minute",
    mostCalls = 100,
    topics
  }: JanitorOptions): Layer.Layer<BrokerJanitor, never, MessageBroker> =>
    Layer.effect(
      BrokerJanitor,
      Effect.gen(function* () {
        const broker = yield* MessageBroker
        const statuses = yield* Effect.forEach(topics, (topic) => {
          const call = Effect.map(
            Effect.suspend(() => broker.trim(topic)),
            (removed) => ({ removed, more: removed > 0 })
          )
          return Effect.map(run({ what: topic, call, mostCalls, every }), (status) =>
            Effect.map(status, (told): JanitorStatus => ({ ...told, topic }))
          )
        })
        return { statuses: Effect.all(statuses) }
      })
    )
}
