/**
 * Removes from a message broker what nobody needs any more, at intervals: without it topics grow for ever.
 *
 * Guarantees: each call removes a bounded number of messages, and none that a group may still be given; what is left is
 * removed by the next call, and the rest the next time. Several processes may run it: they take turns at a topic for as long
 * as one call takes, and their intervals vary by a fifth. A failure is logged when it is news, shows in the status, and is tried
 * again at the next time.
 */
import { Clock, Context, DateTime, type Duration, Effect, Layer, Schedule } from "effect"
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
export interface JanitorStatus {
  readonly topic: string
  /** How many messages it has removed since it began. */
  readonly removed: number
  /** When it was last done with the topic; undefined when it never was. */
  readonly doneAt: DateTime.Utc | undefined
  /** Why it was not the last time. */
  readonly problem: string | undefined
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
        const statuses = new Map(
          topics.map((topic): [string, JanitorStatus] => [
            topic,
            { topic, removed: 0, doneAt: undefined, problem: undefined }
          ])
        )
        const clean = Effect.fnUntraced(function* (status: JanitorStatus) {
          const { topic } = status
          let { removed } = status
          const sweep = Effect.gen(function* () {
            for (let call = 0; call < mostCalls; call += 1) {
              const gone = yield* broker.trim(topic)
              removed += gone
              if (gone === 0) return
            }
          })
          const outcome = yield* Effect.result(sweep)
          if (outcome._tag === "Success") {
            const doneAt = DateTime.makeUnsafe(yield* Clock.currentTimeMillis)
            statuses.set(topic, { topic, removed, doneAt, problem: undefined })
            return
          }
          const problem = outcome.failure.message
          if (status.problem === undefined) yield* Effect.logWarning(`the topic ${topic} is not cleaned: ${problem}`)
          statuses.set(topic, { ...status, removed, problem })
        })
        const round = Effect.suspend(() => Effect.forEach(Array.from(statuses.values()), clean, { discard: true }))
        yield* Effect.forkScoped(Effect.repeat(round, Schedule.jittered(Schedule.spaced(every))))
        return { statuses: Effect.sync(() => Array.from(statuses.values())) }
      })
    )
}
