import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Subscriptions } from "../src/index.ts"
import { append, follow, layer, Reads, settled } from "./ObservedStore.ts"

describe("a subscription with a slow consumer", () => {
  it.effect("reads one batch ahead and no more", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      yield* append(100)
      const go = yield* Deferred.make<void>()
      const { batches } = yield* follow({ batchSize: 10 }, () => Deferred.await(go))
      yield* TestClock.adjust("1 minute")
      yield* settled
      assert.strictEqual(batches.length, 1)
      assert.strictEqual(reads.count, 2)
      yield* Deferred.succeed(go, undefined)
      yield* settled
      assert.strictEqual(batches.length, 10)
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells how far it has handed over, and since when it is behind", () =>
    Effect.gen(function* () {
      const subscriptions = yield* Subscriptions
      yield* TestClock.setTime(1_000_000)
      yield* append(20)
      const go = yield* Deferred.make<void>()
      yield* TestClock.adjust("10 seconds")
      yield* follow({ batchSize: 10 }, () => Deferred.await(go))
      yield* TestClock.adjust("5 seconds")
      const behind = { name: "test", state: "catching-up", position: 10, lagMillis: 15_000, failures: 0 }
      assert.deepStrictEqual<unknown>(yield* subscriptions.statuses, [{ ...behind, problem: undefined }])
      yield* Deferred.succeed(go, undefined)
      yield* settled
      const live = { ...behind, state: "live", position: 20, lagMillis: 0, problem: undefined }
      assert.deepStrictEqual<unknown>(yield* subscriptions.statuses, [live])
    }).pipe(Effect.provide(layer))
  )
})
