/**
 * Nodes that run the order process of the examples, and the shop around them: what the shop does for a command is an
 * event in the stream of the order, so everybody can see how often it was done.
 */
import { CommandBus, EventStore, EventStoreFailure, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor } from "@eventfold/processes"
import { ConsumerProgress, ConsumerRegistry, Subscriptions } from "@eventfold/subscriptions"
import { Context, DateTime, type Duration, Effect, Exit, Layer, Scope, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import {
  cancelOrder,
  type Limits,
  notifyCustomer,
  type OrderEvent,
  orderProcess,
  reserveStock,
  ship,
  takePayment
} from "./OrderProcess.ts"

/** How the provider of payments behaves. It can be changed while nodes run. */
export interface Provider {
  /** What it answers, after how long. */
  does: "pays" | "is down" | "is silent"
  after: Duration.Input
}

const streamOf = (order: string) => StreamId.make("main", "example-process-order", order)

/** Appends to the stream of an order. */
const append = Effect.fnUntraced(function* (order: string, type: string, id: string) {
  const occurredAt = yield* DateTime.now
  const event = { id, type, schemaVersion: 1, occurredAt, data: { order }, metadata: {} }
  yield* (yield* EventStore).append(streamOf(order), ExpectedVersion.Any, [event])
})

/** Something happens to an order. */
export const happens = (order: string, tag: OrderEvent["_tag"]) => append(order, tag, SecureRandom.uuidV7Unsafe())

/** What the shop has done for an order, in order. */
export const done = Effect.fnUntraced(function* (order: string) {
  const events = yield* Stream.runCollect((yield* EventStore).read(streamOf(order)))
  return events.flatMap(({ type }) => (type.startsWith("Example") ? [] : [type]))
})

/** What the shop does for a command. */
const shop = (provider: Provider) => [
  CommandBus.outside(reserveStock, ({ id, payload: { order } }) =>
    provider.does === "is silent" ? Effect.never : Effect.as(append(order, "StockReserved", id), {})
  ),
  CommandBus.outside(
    takePayment,
    Effect.fnUntraced(function* ({ payload: { order } }) {
      yield* Effect.sleep(provider.after)
      if (provider.does === "is down") return yield* down
      // Asked again for the same order, also by another attempt, it takes the money once.
      yield* append(order, "Paid", order)
      return {}
    })
  ),
  CommandBus.handler(ship, ({ id, payload: { order } }) => Effect.as(append(order, "Shipped", id), {})),
  CommandBus.handler(notifyCustomer, ({ id, payload: { order } }) =>
    Effect.as(append(order, "CustomerNotified", id), {})
  ),
  CommandBus.handler(cancelOrder, ({ id, payload: { order } }) => Effect.as(append(order, "Cancelled", id), {}))
]

const down = new EventStoreFailure({ operation: "the provider", retryable: false, cause: "down" })

// #region start
/** A node that runs until it is stopped. */
export const start = Effect.fnUntraced(function* (name: string, limits: Limits, provider: Provider) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  // Orders of earlier runs are none of this one's business.
  const startAfter = yield* (yield* EventStore).end
  const definition = ProcessManagerRunner.run(orderProcess(name, limits), {
    startAfter,
    sending: { retries: 0, timeLimit: "2 seconds" }
  })
  const built = yield* Layer.fresh(
    ProcessMonitor.layer().pipe(
      Layer.provideMerge(ProcessManagerRunner.layer([definition], { leaseTime: "2 seconds" })),
      Layer.provide(CommandSender.layer.pipe(Layer.provide(CommandBus.layer(shop(provider))))),
      Layer.provide(Breakers.layer()),
      Layer.provide(Layer.mergeAll(ConsumerProgress.layer, ConsumerRegistry.layer, Subscriptions.layer))
    )
  ).pipe(Layer.buildWithScope(scope))
  return { runner: Context.get(built, ProcessManagerRunner), stop: Scope.close(scope, Exit.void) }
})
// #endregion start
