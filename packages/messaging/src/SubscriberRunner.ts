/**
 * Runs the subscribers of a program, on every node: all nodes share the messages of a subscriber.
 *
 * Guarantees: a subscriber that fails disturbs no other. When the layer ends, what is under way is given the time of `grace`,
 * and what has not ended by then is put back, so that others take it.
 */
import { inTime } from "@eventfold/subscriptions/InTime"
import { Cause, Context, Duration, Effect, Layer, Result, Schema } from "effect"
import { Inbox } from "./Inbox.ts"
import { MessageBroker } from "./MessageBroker.ts"
import { troubleOf } from "./Reason.ts"
import type { Services, Subscriber } from "./Subscriber.ts"
import * as SubscriberLoop from "./SubscriberLoop.ts"
import { SubscriberNotUsable } from "./SubscriberOptions.ts"
import * as SubscriberStatus from "./SubscriberStatus.ts"
import * as SubscriberWork from "./SubscriberWork.ts"

/** How subscribers are run. */
export interface SubscriberRunnerOptions {
  /** How long messages that are being handled may take when the program stops. Default: 5 s. */
  readonly grace?: Duration.Input
}

/** There is no such subscriber in this program, or it does not listen to the topic. */
export class UnknownSubscriber extends Schema.TaggedError<UnknownSubscriber>()("UnknownSubscriber", {
  subscriber: Schema.String,
  topic: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return this.topic === undefined
      ? `there is no subscriber ${this.subscriber} in this program`
      : `the subscriber ${this.subscriber} does not listen to ${this.topic}`
  }
}

/** Runs subscribers. */
export class SubscriberRunner extends Context.Service<
  SubscriberRunner,
  {
    /** Those that are run, by name. */
    readonly subscribers: ReadonlyArray<Pick<Subscriber<never>, "name" | "topics" | "options">>
    /** How they are doing, by name. It always answers; what the broker does not tell is left out. */
    readonly statuses: Effect.Effect<ReadonlyArray<SubscriberStatus.SubscriberStatus>>
  }
>()("@eventfold/messaging/SubscriberRunner") {
  /**
   * Runs these subscribers for as long as the layer lives.
   *
   * @throws SubscriberNotUsable when two have the same name.
   */
  static readonly layer = <const Subscribers extends ReadonlyArray<Subscriber<any>>>(
    subscribers: Subscribers,
    options: SubscriberRunnerOptions = {}
  ): Layer.Layer<SubscriberRunner, never, Inbox | MessageBroker | Services<Subscribers[number]>> => {
    const all: ReadonlyArray<Subscriber<Services<Subscribers[number]>>> = subscribers
    const names = all.map(({ name }) => name)
    const twice = names.find((name, place) => names.indexOf(name) < place)
    if (twice !== undefined) {
      throw new SubscriberNotUsable({ subscriber: twice, field: "name", rule: "must be one of its own in the program" })
    }
    return Layer.effect(SubscriberRunner, start(all, options))
  }
}

/** How long the broker is given to tell how a group stands: less than who asks for the health of a service has. */
const patience = Duration.seconds(1)

/** How often the lag of subscribers is measured for their metrics. */
const measured = Duration.seconds(15)

const start = Effect.fnUntraced(function* <R>(
  subscribers: ReadonlyArray<Subscriber<R>>,
  { grace = "5 seconds" }: SubscriberRunnerOptions
) {
  const [broker, inbox] = [yield* MessageBroker, yield* Inbox]
  const context = yield* Effect.context<R>()
  const running = yield* Effect.forEach(
    subscribers.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    Effect.fnUntraced(function* (subscriber) {
      const topics = yield* Effect.forEach(
        subscriber.topics,
        Effect.fnUntraced(function* (topic) {
          const recorder = SubscriberStatus.make(subscriber.name, topic)
          const work = SubscriberWork.make(subscriber, topic, inbox, context)
          yield* SubscriberLoop.run({ subscriber, topic, broker, inbox, recorder, work, grace })
          return { topic, recorder }
        })
      )
      return { subscriber, topics }
    })
  )
  const statuses = Effect.forEach(
    running,
    ({ subscriber: { name }, topics }) =>
      Effect.map(
        Effect.forEach(
          topics,
          ({ recorder, topic }) =>
            Effect.flatMap(Effect.result(inTime(broker.state({ topic, group: name }), patience)), (result) =>
              Result.isSuccess(result)
                ? recorder.statusOf(result.success, undefined)
                : recorder.statusOf(undefined, troubleOf(result.failure))
            ),
          { concurrency: "unbounded" }
        ),
        (topics): SubscriberStatus.SubscriberStatus => ({ subscriber: name, topics })
      ),
    { concurrency: "unbounded" }
  )
  // Whoever reads the metrics need not ask for statuses.
  yield* statuses.pipe(
    Effect.catchCause((cause) =>
      Effect.logWarning(`the lag of subscribers is not measured: ${troubleOf(Cause.squash(cause))}`)
    ),
    Effect.delay(measured),
    Effect.forever,
    Effect.forkScoped
  )
  return {
    subscribers: running.map(({ subscriber: { name, options, topics } }) => ({ name, options, topics })),
    statuses
  }
})
