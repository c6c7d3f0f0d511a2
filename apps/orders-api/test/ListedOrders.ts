/** The list of orders driven by hand: what tests of orders that are stuck do and look at. */
import { assert } from "@effect/vitest"
import { layerMemory, type RepairServices } from "@eventfold/event-store"
import { Duration, Effect, Layer, References } from "effect"
import { takeInAll } from "../src/queries/OrderListIntake.ts"
import * as OrderListMemory from "../src/queries/OrderListMemory.ts"
import * as OrderListRetries from "../src/queries/OrderListRetries.ts"
import { OrderListStorage } from "../src/queries/OrderListStorage.ts"
import { append, type Stored, summaryOf } from "./StoredOrders.ts"

/** What the list and its tests need. */
export type Services = OrderListStorage | RepairServices

/** Keeps what is reported out of the output of the tests. */
export const quiet = Layer.succeed(References.MinimumLogLevel, "None")
/** All of it in memory. */
export const memory = Layer.mergeAll(layerMemory, OrderListMemory.layerMemory, quiet)
/** Runs a test on a memory of its own. */
export const fresh = Effect.provide(Layer.fresh(memory))

/** How long anything may take. */
export const limit = Duration.seconds(30)
/** Takes in what is new. */
export const takeIn = takeInAll(limit)
/** Listens to nothing. */
export const heedless = (_outcome: unknown) => Effect.void
/** One turn through all that is stuck. */
export const retry = Effect.suspend(() =>
  Effect.repeat(OrderListRetries.make(limit, heedless), { while: (again) => again })
)

/** Stores events of an order and answers the position of the last one. */
export const order = (id: string, ...events: ReadonlyArray<Stored>) => append("order", id, ...events)
/** The key of an order. */
export const keyOf = (orderId: string) => ({ tenant: "main", orderId })

/** The version that the list tells of an order; undefined when it has no row. */
export const versionOf = Effect.fnUntraced(function* (orderId: string) {
  const [row] = yield* (yield* OrderListStorage).load([keyOf(orderId)])
  return row?.summary.version
})

/** The version at which an order is stuck; undefined when it is not. */
export const stuckAt = Effect.fnUntraced(function* (orderId: string) {
  const [stuck] = yield* (yield* OrderListStorage).stuckOf([keyOf(orderId)])
  return stuck?.version
})

/** Fails unless the row of an order is what all its events make, and nothing is stuck there. */
export const expectWhole = Effect.fnUntraced(function* (orderId: string) {
  const [row] = yield* (yield* OrderListStorage).load([keyOf(orderId)])
  assert.deepStrictEqual(row?.summary, yield* summaryOf(orderId))
  assert.isUndefined(yield* stuckAt(orderId))
})
