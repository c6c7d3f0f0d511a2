/** Appends to one stream that are called for alone take one call at a time: shown on calls that end when the test says so. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { append, failure, idsOf, make, settled, stillLocked } from "./ToldCalls.ts"

describe("appends to a stream that takes long", () => {
  it.effect("appends to a stream whose call takes long wait behind it, and take no call from the others", () =>
    Effect.gen(function* () {
      const { alone, calls, start } = yield* make({ maxEvents: 1 })
      const first = yield* start(append("locked"))
      const gone = yield* start(append("locked"))
      const stays = yield* start(append("locked"))
      const free = yield* start(append("free"))
      while (calls.length < 2) yield* Effect.yieldNow
      assert.deepStrictEqual(idsOf(calls), [["locked"], ["free"]])
      yield* calls[1]?.end() ?? Effect.void
      yield* Fiber.join(free)
      // Its call has not begun: it is taken back.
      yield* Fiber.interrupt(gone)
      yield* calls[0]?.end() ?? Effect.void
      yield* Fiber.join(first)
      assert.strictEqual((yield* Fiber.join(stays)).version, 6)
      assert.deepStrictEqual(alone, ["locked"])
    })
  )

  it.effect("an append whose call fails waits for the one to its stream that is under way, its neighbours do not", () =>
    Effect.gen(function* () {
      const { alone, calls, start } = yield* make()
      const first = yield* start(append("locked"))
      const second = yield* start(append("locked"))
      const free = yield* start(append("free"))
      while (calls.length < 2) yield* Effect.yieldNow
      assert.deepStrictEqual(idsOf(calls), [["locked"], ["locked", "free"]])
      yield* calls[1]?.end(failure) ?? Effect.void
      yield* Fiber.join(free)
      assert.deepStrictEqual(alone, ["free"])
      yield* calls[0]?.end() ?? Effect.void
      yield* Fiber.join(first)
      assert.strictEqual((yield* Fiber.join(second)).version, 6)
      assert.deepStrictEqual(alone, ["free", "locked"])
    })
  )

  it.effect("closing fails those that wait behind a call, which ends", () =>
    Effect.gen(function* () {
      const { alone, calls, close, start } = yield* make({ maxEvents: 1 })
      const first = yield* start(append("locked"))
      const behind = yield* start(append("locked"))
      yield* start(append("free"))
      while (calls.length < 2) yield* Effect.yieldNow
      const closing = yield* Effect.forkChild(close)
      yield* settled
      for (const call of calls) yield* call.end()
      yield* Fiber.join(closing)
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(first)))
      assert.isTrue(Exit.isFailure(yield* Fiber.await(behind)))
      assert.deepStrictEqual(alone, [])
    })
  )

  it.effect("appends to one stream keep their order when each is tried alone", () =>
    Effect.gen(function* () {
      const { alone, calls, start, startAll } = yield* make()
      yield* start(append("first"))
      const fibers = yield* startAll(["a", "poison", "b", "a", "a"])
      yield* calls[0]?.end() ?? Effect.void
      yield* calls[1]?.end(failure) ?? Effect.void
      yield* Effect.forEach(fibers, Fiber.await)
      assert.deepStrictEqual(alone.toSorted(), ["a", "a", "a", "b", "poison"])
      assert.deepStrictEqual(alone.filter((id) => id === "a").length, 3)
    })
  )

  it.effect("a stream that stays locked is waited for once: those behind fail with the first", () =>
    Effect.gen(function* () {
      const { alone, calls, start } = yield* make({ maxEvents: 1 })
      const first = yield* start(append("long"))
      const behind = [yield* start(append("long")), yield* start(append("long")), yield* start(append("long"))]
      const free = yield* start(append("free"))
      while (calls.length < 2) yield* Effect.yieldNow
      yield* calls[1]?.end() ?? Effect.void
      yield* Fiber.join(free)
      yield* calls[0]?.end(stillLocked) ?? Effect.void
      assert.strictEqual(yield* Effect.flip(Fiber.join(first)), stillLocked)
      for (const fiber of behind) assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), stillLocked)
      assert.deepStrictEqual(alone, ["long"])
    })
  )

  it.effect("the same holds for those of one call that failed", () =>
    Effect.gen(function* () {
      const { alone, calls, start, startAll } = yield* make()
      yield* start(append("first"))
      const [free, ...locked] = yield* startAll(["free", "long", "long", "long"])
      yield* calls[0]?.end() ?? Effect.void
      yield* calls[1]?.end(failure) ?? Effect.void
      for (const fiber of locked) assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), stillLocked)
      assert.strictEqual((yield* Fiber.join(free ?? (yield* Effect.die("no fiber")))).version, 4)
      assert.deepStrictEqual(alone.toSorted(), ["free", "long"])
    })
  )
})
