import { assert, describe, it } from "@effect/vitest"
import { AppendSignal } from "@eventfold/event-store"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { append, follow, layer, Reads, settled } from "./ObservedStore.ts"

describe("a subscription at the end of the log", () => {
  it.effect("looks after 50 ms, then after waits that double up to a second", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      yield* follow()
      const times: Array<number> = []
      let before = reads.count
      for (let time = 10; time <= 6_000; time += 10) {
        yield* TestClock.adjust("10 millis")
        yield* settled
        if (reads.count > before) times.push(time)
        before = reads.count
      }
      assert.deepStrictEqual(times, [50, 150, 350, 750, 1550, 2550, 3550, 4550, 5550])
    }).pipe(Effect.provide(layer))
  )

  it.effect("keeps to another pace when it is told to, and never to none", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      yield* follow({ pollEvery: { ringing: 0, busy: 0, idle: 0 } })
      assert.strictEqual(reads.count, 1)
      for (let millis = 1; millis <= 5; millis++) {
        yield* TestClock.adjust("1 millis")
        yield* settled
      }
      assert.strictEqual(reads.count, 6)
    }).pipe(Effect.provide(layer))
  )

  it.effect("hands an append over at once when it rings, and looks again soon", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const { positions } = yield* follow()
      yield* TestClock.adjust("1 minute")
      const position = yield* append()
      yield* settled
      assert.deepStrictEqual(positions(), [position])
      const before = reads.count
      yield* TestClock.adjust("50 millis")
      yield* settled
      assert.strictEqual(reads.count, before + 1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("looks once in ten milliseconds at the most, however often it rings", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const signal = yield* AppendSignal
      yield* follow()
      yield* TestClock.adjust("1 minute")
      yield* settled
      const before = reads.count
      for (let time = 0; time < 100; time++) {
        yield* signal.ring
        yield* TestClock.adjust("1 millis")
        yield* settled
      }
      assert.isAtMost(reads.count - before, 11)
      assert.isAtLeast(reads.count - before, 9)
    }).pipe(Effect.provide(layer))
  )

  it.effect("takes appends together that come close to each other", () =>
    Effect.gen(function* () {
      const { batches, positions } = yield* follow()
      yield* TestClock.adjust("1 minute")
      const first = yield* append()
      yield* settled
      const [second, third] = [yield* append(), yield* append()]
      yield* settled
      assert.deepStrictEqual(positions(), [first])
      yield* TestClock.adjust("10 millis")
      yield* settled
      assert.deepStrictEqual(positions(), [first, second, third])
      assert.strictEqual(batches.length, 2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("says that it has passed what it does not want, at first at once and then once a second", () =>
    Effect.gen(function* () {
      const { batches } = yield* follow({ filter: { categories: ["order"] } })
      const first = yield* append(1, "other")
      yield* TestClock.adjust("10 millis")
      yield* settled
      assert.deepStrictEqual(batches, [{ after: 0, position: first, events: [], end: true }])
      let last = first
      for (let time = 0; time < 9; time++) {
        last = yield* append(1, "other")
        yield* TestClock.adjust("100 millis")
        yield* settled
      }
      assert.strictEqual(batches.length, 1)
      yield* TestClock.adjust("100 millis")
      yield* settled
      assert.deepStrictEqual(batches.slice(1), [{ after: first, position: last, events: [], end: true }])
      yield* TestClock.adjust("1 minute")
      yield* settled
      assert.strictEqual(batches.length, 2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("stops looking when nobody follows any more", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const { stop } = yield* follow()
      yield* stop
      const before = reads.count
      yield* append()
      yield* TestClock.adjust("1 minute")
      yield* settled
      assert.strictEqual(reads.count, before)
    }).pipe(Effect.provide(layer))
  )
})
