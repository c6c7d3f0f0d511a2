/** What every layer of the port to where the list of orders is kept guarantees of what is stuck, as checks that fail. */
import { assert } from "@effect/vitest"
import { Transaction } from "@eventfold/event-store"
import { Deferred, Effect, Fiber } from "effect"
import { type OrderListKey, OrderListStorage, type StuckOrder } from "../src/queries/OrderListStorage.ts"
import { uuid } from "./Samples.ts"

/** A law of the port. */
export interface StorageLaw {
  /** What holds, as a sentence. */
  readonly name: string
  /** Fails, typed or by a defect, when it does not hold. */
  readonly check: Effect.Effect<void, unknown, OrderListStorage | Transaction>
}

const use = <A, E>(f: (storage: OrderListStorage["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(OrderListStorage, f)

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

let made = 0

/** An order nobody else knows, stuck at a position of its own, of a tenant of its own unless one is given. */
const fresh = (parts: Partial<StuckOrder> = {}): StuckOrder => {
  made += 1
  return { tenant: `tenant-${uuid()}`, orderId: `order_${uuid()}`, version: made + 1, position: 1000 + made, ...parts }
}

const note = (...orders: ReadonlyArray<StuckOrder>) => use((storage) => storage.noteStuck(orders))

const stuckOf = (...keys: ReadonlyArray<OrderListKey>) =>
  Effect.map(
    use((storage) => storage.stuckOf(keys)),
    (orders) => orders.toSorted((one, other) => one.position - other.position)
  )

const all = use((storage) => storage.stuckPage({ after: 0, limit: 10_000 }))

/** The laws of what is stuck. */
export const laws: ReadonlyArray<StorageLaw> = [
  {
    name: "a stuck order is found as it was noted, by tenant and id together, and nothing for keys that are not stuck",
    check: Effect.gen(function* () {
      const [one, other] = [fresh({ version: 2 ** 40, position: 2 ** 52 }), fresh()]
      yield* note(one, other)
      assert.deepStrictEqual(yield* stuckOf(other, fresh(), one), [other, one])
      assert.deepStrictEqual(yield* stuckOf({ tenant: one.tenant, orderId: other.orderId }), [])
      assert.deepStrictEqual(yield* stuckOf(), [])
    })
  },
  {
    name: "an order is stuck at one event, the one noted last",
    check: Effect.gen(function* () {
      const first = fresh()
      const later = { ...first, version: first.version + 5, position: first.position + 0.5e6 }
      const sooner = { ...first, version: 1, position: 1 }
      for (const noted of [first, later, sooner]) {
        yield* note(noted)
        assert.deepStrictEqual(yield* stuckOf(first), [noted])
      }
      assert.strictEqual((yield* all).filter(({ orderId }) => orderId === first.orderId).length, 1)
    })
  },
  {
    name: "an order that is released is stuck no more, and others still are",
    check: Effect.gen(function* () {
      const one = fresh()
      const [same, other] = [fresh({ tenant: one.tenant }), fresh({ orderId: one.orderId })]
      yield* note(one, same, other)
      yield* use((storage) => storage.release(one))
      assert.deepStrictEqual(yield* stuckOf(one, same, other), [same, other])
      yield* use((storage) => storage.release(one))
    })
  },
  {
    name: "stuck orders are listed by position, those after one and so many at a time",
    check: Effect.gen(function* () {
      const tenant = `tenant-${uuid()}`
      const [one, two, three] = [fresh({ tenant }), fresh({ tenant }), fresh({ tenant })]
      // Neither in the order in which they are noted nor in that of their ids.
      yield* note(three, { ...one, orderId: "z" }, two)
      const page = (after: number, limit: number) =>
        Effect.map(
          use((storage) => storage.stuckPage({ tenant, after, limit })),
          (orders) => orders.map(({ position }) => position)
        )
      assert.deepStrictEqual(yield* page(0, 100), [one.position, two.position, three.position])
      assert.deepStrictEqual(yield* page(0, 2), [one.position, two.position])
      assert.deepStrictEqual(yield* page(one.position, 1), [two.position])
      assert.deepStrictEqual(yield* page(three.position, 100), [])
    })
  },
  {
    name: "stuck orders are listed of one tenant, or of all",
    check: Effect.gen(function* () {
      const [one, other] = [fresh(), fresh()]
      yield* note(one, other)
      const ofOne = yield* use((storage) => storage.stuckPage({ tenant: one.tenant, after: 0, limit: 100 }))
      assert.deepStrictEqual(ofOne, [one])
      const ids = (yield* all).map(({ orderId }) => orderId)
      assert.includeMembers(ids, [one.orderId, other.orderId])
    })
  },
  {
    name: "what is noted and released in a transaction that fails is taken back with it",
    check: Effect.gen(function* () {
      const [before, added] = [fresh(), fresh()]
      yield* note(before)
      const failing = Effect.gen(function* () {
        yield* note(added, { ...before, version: 77 })
        yield* use((storage) => storage.release(before))
        return yield* Effect.fail("no")
      })
      yield* Effect.exit(run(failing))
      assert.deepStrictEqual(yield* stuckOf(before, added), [before])
    })
  },
  {
    name: "nobody moves the checkpoint while a transaction holds it",
    check: Effect.gen(function* () {
      const storage = yield* OrderListStorage
      const from = yield* storage.checkpoint
      const held = yield* Deferred.make<void>()
      let moved = false
      const mover = Deferred.await(held).pipe(
        Effect.andThen(run(storage.advance(from, from + 1))),
        Effect.andThen(Effect.sync(() => (moved = true)))
      )
      const moving = yield* Effect.forkChild(mover, { startImmediately: true })
      const [before, after] = yield* run(
        Effect.gen(function* () {
          yield* storage.hold
          const before = moved
          yield* Deferred.succeed(held, undefined)
          // Time for the mover to get through, if nothing keeps it.
          for (let count = 0; count < 50; count++) yield* Effect.andThen(Effect.yieldNow, storage.stuckOf([fresh()]))
          return [before, moved]
        })
      )
      assert.strictEqual(after, before)
      yield* Fiber.join(moving)
      assert.strictEqual(yield* storage.checkpoint, from + 1)
    })
  }
]
