/**
 * Follows the log: everything after a position, in position order, first what is there, then what comes.
 *
 * Guarantees (`SubscriptionContract` in `@eventfold/testing` holds it to them): every wanted event is handed over once per
 * subscription, in position order, and none ever appears at or below a position it has passed, whatever many writers do at
 * the same time; stretches in which nothing was wanted are handed over too, so that a checkpoint can move; a new event is
 * handed over as soon as it is stored when it is stored by this process, and after at most `pollEvery.idle` otherwise.
 * A store that fails for a while is tried again for ever, and nothing is lost or repeated.
 *
 * Gotchas: at most one batch is read ahead of the consumer, so one that is slow holds nothing but that in memory. A
 * subscription keeps its place in memory only: for a consumer that must not repeat its work after a restart, store
 * `batch.position` in the transaction of that work, and begin `after` it.
 */
import { AppendSignal, EventStore, type EventStoreFailure, type LogFilter } from "@eventfold/event-store"
import { Clock, Context, Duration, Effect, Fiber, Layer, Schedule, Stream } from "effect"
import * as Follower from "./Follower.ts"
import type { LogBatch } from "./LogBatch.ts"
import { inMillis, type Pace } from "./Pace.ts"
import * as SubscriptionStatus from "./SubscriptionStatus.ts"

/** What to follow, and how. */
export interface SubscriptionOptions {
  /** Names it in logs and metrics, and in its status: one of its own for each subscription. */
  readonly name: string
  /** Events with a greater position only. Default 0: from the beginning. */
  readonly after?: number
  /** Only these events. Default: all. */
  readonly filter?: LogFilter
  /** The most events in a batch. Default: 256. */
  readonly batchSize?: number
  /** How often to look at the log while waiting at its end. */
  readonly pollEvery?: Partial<Pace>
  /** The shortest time between a batch and one without events after it: moving a checkpoint costs a write. Default: 1 s. */
  readonly passEvery?: Duration.Input
  /** How long one read may take before it counts as failed. Default: 30 s. */
  readonly readWithin?: Duration.Input
}

/** Follows the log. */
export class Subscriptions extends Context.Service<
  Subscriptions,
  {
    /**
     * Everything after a position, as batches, without end. Each run of the stream is a subscription of its own. Fails
     * when the store fails in a way that trying again cannot help.
     */
    stream(options: SubscriptionOptions): Stream.Stream<LogBatch, EventStoreFailure>
    /** How the subscriptions that run in this process are doing. */
    readonly statuses: Effect.Effect<ReadonlyArray<SubscriptionStatus.SubscriptionStatus>>
  }
>()("@eventfold/subscriptions/Subscriptions") {
  /** The same as the service's `stream`. */
  static stream(options: SubscriptionOptions): Stream.Stream<LogBatch, EventStoreFailure, Subscriptions> {
    return Stream.unwrap(Effect.map(Subscriptions, (subscriptions) => subscriptions.stream(options)))
  }

  /** Subscriptions to the event store, woken by its signal. */
  static readonly layer: Layer.Layer<Subscriptions, never, EventStore | AppendSignal> = Layer.effect(
    Subscriptions,
    Effect.gen(function* () {
      const store = yield* EventStore
      const signal = yield* AppendSignal
      const running = new Set<SubscriptionStatus.StatusRecorder>()

      yield* Clock.currentTimeMillis.pipe(
        Effect.flatMap((now) => Effect.forEach(running, ({ measure }) => measure(now), { discard: true })),
        Effect.repeat(Schedule.spaced("1 second")),
        Effect.forkScoped
      )

      const open = Effect.fnUntraced(function* (given: SubscriptionOptions) {
        const options = complete(given)
        const scope = yield* Effect.scope
        const recorder = SubscriptionStatus.make(options.name, options.after, yield* Clock.currentTimeMillis)
        yield* Effect.acquireRelease(
          Effect.sync(() => running.add(recorder)),
          () => Effect.sync(() => running.delete(recorder))
        )
        const next = Follower.make(store, signal, options, recorder, scope)
        let ahead: Fiber.Fiber<Follower.Found, EventStoreFailure> | undefined
        const pull = Effect.gen(function* () {
          ahead ??= yield* Effect.forkIn(next, scope)
          const { batch, looked } = yield* Fiber.join(ahead)
          yield* recorder.handed(batch, looked)
          ahead = yield* Effect.forkIn(next, scope)
          return [batch] as const
        })
        return Stream.fromPull(Effect.succeed(pull))
      })

      return {
        stream: (options) => Stream.unwrap(open(options)),
        statuses: Effect.map(Clock.currentTimeMillis, (now) => Array.from(running, ({ status }) => status(now)))
      }
    })
  )
}

const complete = (options: SubscriptionOptions): Follower.FollowerOptions => ({
  name: options.name,
  after: Math.max(0, options.after ?? 0),
  filter: options.filter,
  batchSize: Math.max(1, Math.trunc(options.batchSize ?? 256)),
  pace: inMillis(options.pollEvery),
  passEvery: Math.max(0, Duration.toMillis(options.passEvery ?? "1 second")),
  readWithin: Duration.fromInputUnsafe(options.readWithin ?? "30 seconds")
})
