/**
 * Runs the event handlers of a program, on every node: for each handler one node works at a time, and another takes over
 * when that one ends or dies.
 *
 * Guarantees: a handler that cannot be run disturbs no other. `stop` and `start` are stored, and all nodes obey.
 */
import { type EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Context, type Duration, Effect, Layer, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import type { PoolServices } from "./ConsumerPool.ts"
import * as ConsumerPool from "./ConsumerPool.ts"
import * as ConsumerReport from "./ConsumerReport.ts"
import { Consumers } from "./Consumers.ts"
import type { ManagedHandler } from "./EventHandler.ts"
import * as HandlerWork from "./HandlerWork.ts"
import * as LeaseKeeper from "./LeaseKeeper.ts"
import { NodePlacement } from "./NodePlacement.ts"
import type { ConsumerStatus } from "./ProjectionStatus.ts"

/** How handlers are run. */
export interface HandlerRunnerOptions {
  /** One text per process that competes for handlers. Default: that of `NodePlacement`, else a new one each time. */
  readonly owner?: string
  /** After this time a process that is not heard of any more is replaced. Default: 3 s. */
  readonly leaseTime?: Duration.Input
}

/** There is no such event handler in this program. */
export class UnknownHandler extends Schema.TaggedError<UnknownHandler>()("UnknownHandler", { handler: Schema.String }) {
  override get message() {
    return `there is no event handler ${this.handler} in this program`
  }
}

/** How a handler is doing. */
export interface HandlerStatus extends ConsumerStatus {
  readonly handler: string
  readonly delivery: ManagedHandler["delivery"]
}

/** Runs event handlers. */
export class HandlerRunner extends Context.Service<
  HandlerRunner,
  {
    /** How the handlers are doing, by name. It always answers; what the store does not tell is left out. */
    readonly statuses: Effect.Effect<ReadonlyArray<HandlerStatus>>
    /** Nobody runs the handler any more, on any node, until it is started. */
    stop(handler: string): Effect.Effect<void, UnknownHandler | EventStoreFailure>
    /** Lets the nodes run the handler again, from where it was stopped. */
    start(handler: string): Effect.Effect<void, UnknownHandler | EventStoreFailure>
  }
>()("@eventfold/subscriptions/HandlerRunner") {
  /** Runs these handlers, as `EventHandler.make` answers them, for as long as the layer lives. */
  static readonly layer = <R = never>(
    handlers: ReadonlyArray<Effect.Effect<ManagedHandler, never, R>>,
    options: HandlerRunnerOptions = {}
  ): Layer.Layer<HandlerRunner, never, PoolServices | R> =>
    Layer.effect(
      HandlerRunner,
      Effect.flatMap(Effect.all(handlers), (made) => run(made, options))
    )
}

const backOff = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

const run = Effect.fnUntraced(function* (handlers: ReadonlyArray<ManagedHandler>, options: HandlerRunnerOptions) {
  const owner = options.owner ?? (yield* NodePlacement).node ?? SecureRandom.uuidV7Unsafe()
  const { leaseTime = LeaseKeeper.usualTime } = options
  const [consumers, transaction] = [yield* Consumers, yield* Transaction]
  const context = yield* Effect.context<PoolServices>()
  const pool = yield* ConsumerPool.make({ owner, leaseTime, onEnd: Effect.void })
  const twice = handlers.find(({ name }, place) => handlers.findIndex((one) => one.name === name) < place)
  if (twice !== undefined) return yield* Effect.die(new Error(`two event handlers are called ${twice.name}`))

  // The consumers are there before anybody works for them; until the store answers, nobody can.
  yield* Effect.forEach(
    handlers,
    ({ consumer, options: { startAfter } }) => consumers.register(consumer, 1, startAfter),
    {
      discard: true
    }
  ).pipe(
    Effect.tapError((failure) => Effect.logWarning(`event handlers cannot be run yet: ${failure.message}`)),
    Effect.retry(backOff),
    Effect.andThen(pool.keep(handlers.map((handler) => HandlerWork.of(handler, transaction)))),
    Effect.forkScoped
  )
  yield* Effect.suspend(() =>
    Effect.forEach(
      pool.running().flatMap(({ workers }) => workers),
      ({ recorder }) => recorder.measure,
      { discard: true }
    )
  ).pipe(Effect.repeat(Schedule.spaced("1 second")), Effect.forkScoped)

  const setStopped = Effect.fnUntraced(function* (name: string, stopped: boolean) {
    const found = handlers.find((handler) => handler.name === name)
    if (found === undefined) return yield* new UnknownHandler({ handler: name })
    yield* consumers.setStopped(found.consumer, stopped)
    yield* pool.nudge(found.consumer)
  })

  const statuses = Effect.map(
    Effect.suspend(() => ConsumerReport.of(pool.running())),
    (reports): ReadonlyArray<HandlerStatus> =>
      reports
        .flatMap((report) =>
          handlers
            .filter(({ consumer }) => consumer === report.consumer)
            .map(({ delivery, name }) => ({ ...report, handler: name, delivery }))
        )
        .toSorted((a, b) => (a.handler < b.handler ? -1 : 1))
  )
  return {
    statuses: Effect.provideContext(statuses, context),
    stop: (name: string) => setStopped(name, true),
    start: (name: string) => setStopped(name, false)
  }
})
