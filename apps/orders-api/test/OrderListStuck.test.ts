/** The list of orders goes on past an event that cannot be decoded, and takes its order in when it can be. */
import { assert, describe, it } from "@effect/vitest"
import { EventStore, Transaction } from "@eventfold/event-store"
import { Effect, Exit } from "effect"
import * as OrderListRetries from "../src/queries/OrderListRetries.ts"
import { OrderListStorage } from "../src/queries/OrderListStorage.ts"
import {
  expectWhole,
  fresh,
  keyOf,
  limit,
  order,
  retry,
  type Services,
  stuckAt,
  takeIn,
  versionOf
} from "./ListedOrders.ts"
import { added, drafted, newOrderId, repair, type Stored, unknown } from "./StoredOrders.ts"

const cancelled = (orderId: string): Stored => [
  "OrderCancelled",
  { orderId, cancelledBy: "admin", reason: "twice", refundDue: false, previousStatus: "draft" }
]

/** Has `meanwhile` happen once, after a stream has been read and decoded, and before anything is made of it. */
const onceAfterReading = Effect.fnUntraced(function* <E, R>(
  effect: Effect.Effect<unknown, E, R>,
  meanwhile: Effect.Effect<void, unknown, Services>
) {
  const transaction = yield* Transaction
  const context = yield* Effect.context<Services>()
  let happened = false
  const first = Effect.suspend(() => {
    if (happened) return Effect.void
    happened = true
    return Effect.orDie(Effect.provideContext(meanwhile, context))
  })
  yield* Effect.provideService(effect, Transaction, { run: (body) => Effect.andThen(first, transaction.run(body)) })
  assert.isTrue(happened)
})

describe("an order with an event that cannot be decoded", () => {
  it.effect("keeps the row it had, and so do its later events; other orders go on", () =>
    Effect.gen(function* () {
      const [stuck, other] = [newOrderId(), newOrderId()]
      yield* order(stuck, drafted(stuck), added(stuck, 1))
      const position = yield* order(stuck, unknown)
      yield* order(other, drafted(other))
      yield* takeIn
      yield* order(stuck, added(stuck, 2), unknown)
      const end = yield* order(other, added(other, 1))
      yield* takeIn
      assert.deepStrictEqual([yield* versionOf(stuck), yield* versionOf(other)], [2, 2])
      const storage = yield* OrderListStorage
      assert.deepStrictEqual(yield* storage.stuckOf([keyOf(stuck)]), [{ ...keyOf(stuck), version: 3, position }])
      assert.strictEqual(yield* storage.checkpoint, end)
      yield* retry
      assert.deepStrictEqual([yield* versionOf(stuck), yield* stuckAt(stuck)], [2, 3])
    }).pipe(fresh)
  )

  it.effect("is taken in up to its end when it is repaired, or to the next such event", () =>
    Effect.gen(function* () {
      const id = newOrderId()
      yield* order(id, drafted(id), unknown, added(id, 2), unknown, added(id, 4))
      yield* takeIn
      yield* repair(id, 2, added(id, 1))
      yield* retry
      assert.deepStrictEqual([yield* versionOf(id), yield* stuckAt(id)], [3, 4])
      yield* repair(id, 4, added(id, 3))
      yield* retry
      yield* expectWhole(id)
      yield* order(id, added(id, 5))
      yield* takeIn
      assert.strictEqual(yield* versionOf(id), 6)
    }).pipe(fresh)
  )

  it.effect("has its place by its first event, also when that is the one that was repaired", () =>
    Effect.gen(function* () {
      const [first, second] = [newOrderId(), newOrderId()]
      yield* order(first, unknown, added(first, 1))
      yield* order(second, drafted(second))
      yield* takeIn
      assert.isUndefined(yield* versionOf(first))
      yield* repair(first, 1, drafted(first))
      yield* retry
      yield* expectWhole(first)
      const rows = yield* (yield* OrderListStorage).page({ _tag: "FindOrders", tenant: "main", limit: 10 })
      assert.deepStrictEqual(
        rows.map(({ summary }) => String(summary.orderId)),
        [second, first]
      )
    }).pipe(fresh)
  )

  it.effect("misses nothing that is stored between the reading of its stream and its release", () =>
    Effect.gen(function* () {
      const id = newOrderId()
      yield* order(id, drafted(id), unknown)
      yield* takeIn
      yield* repair(id, 2, added(id, 1))
      const store = yield* EventStore
      const context = yield* Effect.context<Services>()
      let late = 1
      // Passed over by the list, which knows the order as stuck.
      const another = Effect.suspend(() => Effect.andThen(order(id, added(id, (late += 1))), takeIn))
      const readPage: typeof store.readPage = (stream, page) =>
        Effect.tap(store.readPage(stream, page), () =>
          page.limit === 1 ? Effect.void : Effect.orDie(Effect.provideContext(another, context))
        )
      yield* Effect.provideService(retry, EventStore, { ...store, readPage })
      // It is left for another turn, for want of an end.
      assert.deepStrictEqual([late, yield* versionOf(id), yield* stuckAt(id)], [4, 1, 2])
      yield* retry
      assert.strictEqual(yield* versionOf(id), 5)
      yield* expectWhole(id)
    }).pipe(fresh)
  )

  it.effect("is left alone when another process has taken it further meanwhile", () =>
    Effect.gen(function* () {
      const id = newOrderId()
      yield* order(id, drafted(id), unknown, added(id, 2), unknown, added(id, 4))
      yield* takeIn
      yield* repair(id, 2, added(id, 1))
      yield* onceAfterReading(
        retry,
        Effect.gen(function* () {
          yield* repair(id, 4, added(id, 3))
          yield* retry
          yield* order(id, unknown)
          yield* takeIn
        })
      )
      assert.deepStrictEqual([yield* versionOf(id), yield* stuckAt(id)], [5, 6])
    }).pipe(fresh)
  )

  it.effect("is not noted once more when nothing comes of trying it", () =>
    Effect.gen(function* () {
      const id = newOrderId()
      yield* order(id, drafted(id), unknown)
      yield* takeIn
      yield* repair(id, 2, added(id, 1))
      const [store, storage] = [yield* EventStore, yield* OrderListStorage]
      // It can be decoded at the first look, and then it cannot: its repair is one of another event.
      const readPage: typeof store.readPage = (stream, page) =>
        Effect.map(store.readPage(stream, page), (events) =>
          page.limit === 1 ? events : events.map((event) => ({ ...event, id: newOrderId() }))
        )
      const noteStuck = () => Effect.die("not expected to be called")
      const heard: Array<boolean> = []
      yield* OrderListRetries.make(limit, (outcome) => Effect.sync(() => heard.push(Exit.isSuccess(outcome)))).pipe(
        Effect.provideService(EventStore, { ...store, readPage }),
        Effect.provideService(OrderListStorage, { ...storage, noteStuck })
      )
      assert.deepStrictEqual([yield* versionOf(id), yield* stuckAt(id), heard], [1, 2, [true]])
    }).pipe(fresh)
  )

  it.effect(
    "is not held back at what its row tells already, taken from its stream by a program that can decode it",
    () =>
      Effect.gen(function* () {
        const id = newOrderId()
        yield* order(id, drafted(id))
        yield* takeIn
        yield* order(id, unknown, added(id, 2), unknown)
        const storage = yield* OrderListStorage
        const rows = yield* storage.load([keyOf(id)])
        yield* storage.save(rows.map((row) => ({ ...row, summary: { ...row.summary, version: 3 } })))
        yield* takeIn
        assert.deepStrictEqual([yield* versionOf(id), yield* stuckAt(id)], [3, 4])
      }).pipe(fresh)
  )

  it.effect("is told up to that event when the list is built anew, and whole when it can be decoded", () =>
    Effect.gen(function* () {
      const [still, repaired] = [newOrderId(), newOrderId()]
      const storage = yield* OrderListStorage
      for (const id of [still, repaired]) {
        const position = yield* order(id, drafted(id), added(id, 1), unknown)
        yield* order(id, added(id, 3))
        // As it was noted before the list was emptied.
        yield* storage.noteStuck([{ ...keyOf(id), version: 3, position }])
      }
      yield* repair(repaired, 3, added(repaired, 2))
      // Before and after the events come round.
      for (const step of [retry, takeIn, retry]) yield* step
      assert.deepStrictEqual([yield* versionOf(still), yield* stuckAt(still)], [2, 3])
      yield* expectWhole(repaired)
    }).pipe(fresh)
  )

  it.effect("is read from where its row ends, wherever it was stuck", () =>
    Effect.gen(function* () {
      const [whole, sooner] = [newOrderId(), newOrderId()]
      const storage = yield* OrderListStorage
      yield* order(whole, drafted(whole))
      yield* takeIn
      const third = yield* order(whole, cancelled(whole), unknown)
      const last = yield* order(sooner, drafted(sooner), unknown, added(sooner, 2), unknown)
      yield* storage.noteStuck([
        { ...keyOf(whole), version: 3, position: third },
        { ...keyOf(sooner), version: 4, position: last }
      ])
      yield* repair(whole, 3, added(whole, 1))
      yield* repair(sooner, 4, added(sooner, 3))
      yield* retry
      yield* expectWhole(whole)
      assert.deepStrictEqual([yield* versionOf(sooner), yield* stuckAt(sooner)], [1, 2])
    }).pipe(fresh)
  )
})
