import { assert, describe, it } from "@effect/vitest"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Exit, Fiber, Metric, References } from "effect"
import { TestClock } from "effect/testing"
import { Subscriptions } from "../src/index.ts"
import { append, failure, follow, layer, Reads, settled } from "./ObservedStore.ts"

const statusOf = Effect.gen(function* () {
  const [status] = yield* (yield* Subscriptions).statuses
  return status
})

/** What runs inside says little: the warnings are expected. */
const quiet = Effect.provideService(References.MinimumLogLevel, "None")

describe("a subscription whose store fails", () => {
  it.effect("tries again, at five seconds' distance at the most, and loses and repeats nothing", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const { positions } = yield* follow()
      const first = yield* append()
      yield* TestClock.adjust("1 second")
      yield* settled
      reads.before = failure(true)
      const [second, third] = [yield* append(), yield* append()]
      yield* TestClock.adjust("10 minutes")
      yield* settled
      assert.deepStrictEqual(positions(), [first])
      // Jitter takes a fifth off or adds it.
      assert.isAtLeast(reads.count, 600 / 6)
      reads.before = Effect.void
      yield* TestClock.adjust("6 seconds")
      yield* settled
      assert.deepStrictEqual(positions(), [first, second, third])
    }).pipe(quiet, Effect.provide(layer))
  )

  it.effect("says so in its status and its metrics until the store answers", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      yield* follow({ name: "unlucky" })
      const position = yield* append()
      yield* TestClock.adjust("1 second")
      yield* settled
      const live = { name: "unlucky", state: "live", position, lagMillis: 0, failures: 0, problem: undefined }
      assert.deepStrictEqual<unknown>(yield* statusOf, live)

      reads.before = failure(true)
      yield* append()
      yield* TestClock.adjust("1 minute")
      yield* settled
      const failing = yield* statusOf
      assert.strictEqual(failing?.state, "retrying")
      assert.include(failing?.problem, "out of order")
      assert.isAtLeast(failing?.failures ?? 0, 10)
      assert.isAtLeast(failing?.lagMillis ?? 0, 60_000)
      const metrics = yield* Metric.snapshot
      const of = (id: string) =>
        metrics.find((metric) => metric.id === id && metric.attributes?.["subscription"] === "unlucky")?.state
      assert.deepInclude(Object(of("eventfold_subscription_failures_total")), { count: failing?.failures })
      assert.deepInclude(Object(of("eventfold_subscription_events_total")), { count: 1 })
      assert.deepInclude(Object(of("eventfold_subscription_position")), { value: position })
      assert.isAtLeast(Number(new Map(Object.entries(of("eventfold_subscription_lag_seconds") ?? {})).get("value")), 59)

      reads.before = Effect.void
      yield* TestClock.adjust("6 seconds")
      yield* settled
      assert.deepStrictEqual<unknown>(yield* statusOf, { ...live, position: position + 1 })
    }).pipe(quiet, Effect.provide(layer), Effect.provideService(Metric.MetricRegistry, new Map()))
  )

  it.effect("fails when trying again cannot help, with what the store failed with", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      reads.before = failure(false)
      const { fiber } = yield* follow()
      const exit: Exit.Exit<void, EventStoreFailure> = yield* Fiber.await(fiber)
      assert.deepStrictEqual(exit, Exit.fail(failure(false)))
      assert.strictEqual(reads.count, 1)
      assert.deepStrictEqual(yield* (yield* Subscriptions).statuses, [])
    }).pipe(Effect.provide(layer))
  )

  it.effect("does not wait for ever for one that is silent, even when it cannot be interrupted", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const position = yield* append()
      reads.before = Effect.uninterruptible(Effect.sleep("1 minute"))
      const { positions } = yield* follow({ readWithin: "10 seconds" })
      yield* TestClock.adjust("10 seconds")
      yield* settled
      assert.include((yield* statusOf)?.problem, "no answer within 10s")
      reads.before = Effect.void
      yield* TestClock.adjust("1 second")
      yield* settled
      assert.deepStrictEqual(positions(), [position])
      yield* TestClock.adjust("1 minute")
    }).pipe(quiet, Effect.provide(layer))
  )
})
