/** The inbox in memory is held to the laws of the port, and old entries are forgotten by policy. */
import { assert, describe, it } from "@effect/vitest"
import { layerMemory as storeInMemory } from "@eventfold/event-store"
import { suite } from "@eventfold/testing/InboxContract"
import { pass, settled } from "@eventfold/testing/TestTime"
import { Effect, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, InboxMemory, InboxRetention, MessageBroker, MessageBrokerMemory } from "../src/index.ts"
import { orderPlaced } from "./Messages.ts"

const layer = Layer.fresh(
  InboxMemory.layerMemory.pipe(
    Layer.provideMerge(storeInMemory),
    Layer.provideMerge(MessageBrokerMemory.layerMemory({ deduplicateFor: "1 hour", keepFor: "1 day" }))
  )
)

suite("Inbox in memory", layer)

const message = (id: string) => ({ tenant: "acme", source: "/contexts/ordering", id, type: "ordering.order-placed.v1" })

describe("the retention of the inbox", () => {
  it.effect("forgets what is older than it is kept, in batches, at start and every hour", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const sizes: Array<number> = []
      const counting = Inbox.of({
        ...inbox,
        purge: (before, limit) => Effect.tap(inbox.purge(before, limit), (gone) => Effect.sync(() => sizes.push(gone)))
      })
      for (const id of ["m1", "m2", "m3", "m4", "m5"]) yield* inbox.once("billing", message(id), Effect.void)
      yield* Layer.build(
        InboxRetention.layer({ topics: ["orders"], keepFor: "10 days", batch: 2 }).pipe(
          Layer.provide(Layer.succeed(Inbox, counting))
        )
      )
      yield* settled
      assert.deepStrictEqual(sizes, [0])
      yield* TestClock.adjust("10 days")
      yield* settled
      assert.strictEqual((yield* inbox.list({ limit: 10 })).length, 5)
      yield* TestClock.adjust("73 minutes")
      yield* settled
      assert.strictEqual((yield* inbox.list({ limit: 10 })).length, 0)
      assert.deepStrictEqual(
        sizes.filter((size) => size > 0),
        [2, 2, 1]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps what is known of messages that the broker still keeps, however old they are", () =>
    Effect.gen(function* () {
      const [inbox, broker] = [yield* Inbox, yield* MessageBroker]
      yield* inbox.once("billing", message("m0"), Effect.void)
      yield* TestClock.adjust("2 hours")
      yield* broker.publish("orders", [orderPlaced])
      yield* broker.subscribe({ topic: "orders", group: "gone" })
      yield* inbox.once("billing", message("m1"), Effect.void)
      yield* TestClock.adjust("40 days")
      const known = Effect.map(inbox.list({ limit: 10 }), (entries) => entries.map(({ id }) => id))
      const policy = { topics: ["nothing", "orders"], keepFor: "10 days" } as const
      yield* broker.trim("orders")
      assert.strictEqual(yield* InboxRetention.forget(policy), 1)
      assert.deepStrictEqual(yield* known, ["m1"])
      yield* broker.unsubscribe({ topic: "orders", group: "gone" })
      assert.strictEqual(yield* broker.trim("orders"), 1)
      assert.strictEqual(yield* InboxRetention.forget(policy), 1)
      assert.deepStrictEqual(yield* known, [])
    }).pipe(Effect.provide(layer))
  )

  it.effect("goes on after a call that dies and one that does not end, and tells for how long it is late", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      let trouble: Effect.Effect<never> | undefined = Effect.die(new TypeError("broken"))
      const troubled = Inbox.of({ ...inbox, purge: (...asked) => trouble ?? inbox.purge(...asked) })
      yield* inbox.once("billing", message("m1"), Effect.void)
      const built = yield* Layer.build(
        InboxRetention.layer({ topics: ["orders"], keepFor: "10 days" }).pipe(
          Layer.provide(Layer.succeed(Inbox, troubled))
        )
      )
      const status = Effect.flatMap(InboxRetention.InboxCleaning, (cleaning) => cleaning.status).pipe(
        Effect.provideContext(built)
      )
      yield* settled
      assert.deepInclude(yield* status, { what: "the inbox", problem: "broken", doneAt: undefined, lateMillis: 0 })
      trouble = Effect.never
      yield* pass(120)
      assert.deepInclude(yield* status, { problem: "no answer in time", lateMillis: 120_000 })
      trouble = undefined
      yield* pass(120)
      assert.deepInclude(yield* status, { problem: undefined, lateMillis: 0, removed: 0 })
      yield* TestClock.adjust("11 days")
      yield* settled
      assert.strictEqual((yield* status).removed, 1)
    }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(References.MinimumLogLevel, "None"))
  )

  it("is refused when it would forget what the broker may still deliver", () => {
    assert.throws(() => InboxRetention.forget({ topics: [], keepFor: "6 days" }), /as long as the broker keeps them/u)
    assert.throws(() => InboxRetention.layer({ topics: [], brokerKeepsFor: "31 days" }), /31d/u)
  })
})
