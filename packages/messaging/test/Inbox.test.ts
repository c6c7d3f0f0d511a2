/** The inbox in memory is held to the laws of the port, and old entries are forgotten by policy. */
import { assert, describe, it } from "@effect/vitest"
import { layerMemory as storeInMemory } from "@eventfold/event-store"
import { suite } from "@eventfold/testing/InboxContract"
import { settled } from "@eventfold/testing/TestTime"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, InboxMemory, InboxRetention } from "../src/index.ts"

const layer = Layer.fresh(Layer.provideMerge(InboxMemory.layerMemory, storeInMemory))

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
        InboxRetention.layer({ keepFor: "10 days", batch: 2 }).pipe(Layer.provide(Layer.succeed(Inbox, counting)))
      )
      yield* settled
      assert.deepStrictEqual(sizes, [0])
      yield* TestClock.adjust("10 days")
      yield* settled
      assert.strictEqual((yield* inbox.list({ limit: 10 })).length, 5)
      yield* TestClock.adjust("1 hour")
      yield* settled
      assert.strictEqual((yield* inbox.list({ limit: 10 })).length, 0)
      assert.deepStrictEqual(
        sizes.filter((size) => size > 0),
        [2, 2, 1]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it("is refused when it would forget what the broker may still deliver", () => {
    assert.throws(() => InboxRetention.forget({ keepFor: "6 days" }), /as long as the broker keeps them/u)
    assert.throws(() => InboxRetention.layer({ brokerKeepsFor: "31 days" }), /31d/u)
  })
})
