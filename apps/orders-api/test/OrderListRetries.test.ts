/** Many stuck orders, and many who write, repair, take in and try at once. */
import { assert, describe, it, layer } from "@effect/vitest"
import { EventStore, EventStoreFailure } from "@eventfold/event-store"
import { Deferred, Effect, Exit, Fiber, Layer, Random } from "effect"
import * as OrderListRetries from "../src/queries/OrderListRetries.ts"
import { OrderListStorage } from "../src/queries/OrderListStorage.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import {
  expectWhole,
  fresh,
  heedless,
  limit,
  memory,
  order,
  quiet,
  retry,
  type Services,
  stuckAt,
  takeIn,
  versionOf
} from "./ListedOrders.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { added, drafted, newOrderId, repair, unknown } from "./StoredOrders.ts"

/** Many orders, each stuck at its second event. */
const stuckOrders = Effect.fnUntraced(function* (count: number) {
  const ids = Array.from({ length: count }, newOrderId)
  for (const id of ids) yield* order(id, drafted(id), unknown)
  yield* takeIn
  return ids
})

describe("many stuck orders", () => {
  it.effect("are tried so many at a time, one after another, and taken in without a pause once that helps", () =>
    Effect.gen(function* () {
      const ids = yield* stuckOrders(OrderListRetries.triedAtOnce * 2 + 6)
      const store = yield* EventStore
      let reads = 0
      const readPage: typeof store.readPage = (stream, page) => {
        reads += 1
        return store.readPage(stream, page)
      }
      const round = OrderListRetries.make(limit, heedless)
      const counted = Effect.gen(function* () {
        const before = reads
        const again = yield* Effect.provideService(round, EventStore, { ...store, readPage })
        return [reads - before, again] as const
      })
      const { triedAtOnce } = OrderListRetries
      assert.deepStrictEqual(
        [yield* counted, yield* counted, yield* counted, yield* counted],
        [
          [triedAtOnce, false],
          [triedAtOnce, false],
          [6, false],
          [triedAtOnce, false]
        ]
      )
      for (const id of ids) yield* repair(id, 2, added(id, 1))
      // The turn that has begun goes on, and the next one takes what it had tried in vain.
      yield* Effect.repeat(round, { while: (again) => again })
      yield* Effect.repeat(round, { while: (again) => again })
      for (const id of ids) yield* expectWhole(id)
    }).pipe(fresh)
  )

  it.effect("do not mind one whose stream cannot be read; that is told once a turn, and over with it", () =>
    Effect.gen(function* () {
      const ids = yield* stuckOrders(OrderListRetries.triedAtOnce + 2)
      const [damaged, ...others] = ids
      for (const id of ids) yield* repair(id, 2, added(id, 1))
      const store = yield* EventStore
      const failure = new EventStoreFailure({ operation: "test", retryable: false, cause: "the file is damaged" })
      const failing: typeof store.readPage = (stream, page) =>
        stream.id === damaged ? Effect.fail(failure) : store.readPage(stream, page)
      const heard: Array<boolean> = []
      const round = OrderListRetries.make(limit, (outcome) => Effect.sync(() => heard.push(Exit.isSuccess(outcome))))
      const turn = Effect.repeat(round, { while: (again) => again })
      yield* Effect.provideService(turn, EventStore, { ...store, readPage: failing })
      for (const id of others) yield* expectWhole(id)
      assert.strictEqual(yield* stuckAt(damaged ?? ""), 2)
      assert.deepStrictEqual(heard, [false])
      yield* turn
      assert.deepStrictEqual(heard, [false, true])
      yield* expectWhole(damaged ?? "")
    }).pipe(fresh)
  )

  it.effect("do not mind one that makes the program throw", () =>
    Effect.gen(function* () {
      const ids = yield* stuckOrders(2)
      const [wrong = "", right = ""] = ids
      for (const id of ids) yield* repair(id, 2, added(id, 1))
      const storage = yield* OrderListStorage
      const load: typeof storage.load = (keys) =>
        keys.some(({ orderId }) => orderId === wrong) ? Effect.die(new Error("a bug")) : storage.load(keys)
      const heard: Array<boolean> = []
      const round = OrderListRetries.make(limit, (outcome) => Effect.sync(() => heard.push(Exit.isSuccess(outcome))))
      yield* Effect.provideService(round, OrderListStorage, { ...storage, load })
      yield* expectWhole(right)
      assert.deepStrictEqual([yield* stuckAt(wrong), heard], [2, [false]])
    }).pipe(fresh)
  )
})

/** Orders of 12 events, some of which cannot be decoded until they are repaired. */
const orderToWrite = Effect.gen(function* () {
  const id = newOrderId()
  const wrong = new Set<number>()
  for (let version = 1; version <= 12; version++) if ((yield* Random.nextIntBetween(0, 5)) === 0) wrong.add(version)
  return {
    id,
    wrong,
    meant: (version: number) =>
      version === 1 ? drafted(id, "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55") : added(id, version - 1)
  }
})

const races = <E>(name: string, ports: Layer.Layer<Services, E>) =>
  layer(Layer.merge(ports, quiet), { excludeTestServices: true, timeout: 60_000 })(`stuck orders ${name}`, (it) => {
    it.effect("are not released while events are passed over", () =>
      Effect.gen(function* () {
        const id = newOrderId()
        yield* order(id, drafted(id), unknown)
        yield* takeIn
        yield* repair(id, 2, added(id, 1))
        const storage = yield* OrderListStorage
        const released = yield* Deferred.make<void>()
        const late = Deferred.await(released).pipe(Effect.andThen(order(id, added(id, 2))), Effect.andThen(takeIn))
        const other = yield* Effect.forkChild(late, { startImmediately: true })
        const release: typeof storage.release = Effect.fnUntraced(function* (key) {
          yield* Deferred.succeed(released, undefined)
          // Time for the other process to take in the late event, if nothing keeps it.
          for (let count = 0; count < 200; count++) yield* Effect.andThen(Effect.yieldNow, storage.stuckOf([]))
          yield* storage.release(key)
        })
        yield* Effect.provideService(retry, OrderListStorage, { ...storage, release })
        yield* Fiber.join(other)
        assert.strictEqual(yield* versionOf(id), 3)
        yield* expectWhole(id)
      })
    )

    it.effect("end up as all their events make them, whoever takes in, tries, writes and repairs at once", () =>
      Effect.gen(function* () {
        const orders = yield* Effect.all(Array.from({ length: 12 }, () => orderToWrite))
        const writing = Effect.forEach(
          orders,
          Effect.fnUntraced(function* ({ id, meant, wrong }) {
            for (let version = 1; version <= 12; version++) {
              yield* order(id, wrong.has(version) ? unknown : meant(version))
              // Some are repaired soon, so that the next ones are stored while the order is being released.
              const ripe = Array.from(wrong).find((one) => one < version - 1)
              if (ripe === undefined) continue
              yield* repair(id, ripe, meant(ripe))
              wrong.delete(ripe)
            }
            for (const version of wrong) yield* repair(id, version, meant(version))
          }),
          { concurrency: 4, discard: true }
        )
        const processes = [takeIn, takeIn, retry, retry].map((work) =>
          Effect.forever(Effect.andThen(work, Effect.yieldNow))
        )
        yield* Effect.raceFirst(writing, Effect.all(processes, { concurrency: "unbounded", discard: true }))
        yield* takeIn
        yield* retry
        // A turn can find nothing more to do only after one that has done something.
        yield* retry
        for (const { id } of orders) yield* expectWhole(id)
        for (const { id } of orders) assert.strictEqual(yield* versionOf(id), 12)
        assert.deepStrictEqual(yield* (yield* OrderListStorage).stuckPage({ after: 0, limit: 100 }), [])
      })
    )
  })

races("in memory", Layer.fresh(memory))
races("in an embedded database", EmbeddedPorts.layer)
races("on a PostgreSQL server", ServerPorts.layer)
