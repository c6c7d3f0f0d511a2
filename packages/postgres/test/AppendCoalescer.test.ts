/** Appends that wait share a call: shown on calls that end when the test says so. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { append, failure, idsOf, make, numbered, settled } from "./ToldCalls.ts"

describe("coalesced appends", () => {
  it.effect("a lone append is called for at once", () =>
    Effect.gen(function* () {
      const { calls, start } = yield* make()
      const fiber = yield* start(append("only"))
      assert.deepStrictEqual(idsOf(calls), [["only"]])
      yield* calls[0]?.end() ?? Effect.void
      assert.deepStrictEqual(yield* Fiber.join(fiber), { version: 4, position: 1 })
    })
  )

  it.effect("those that come while a call is under way share the next one, in their order", () =>
    Effect.gen(function* () {
      const { calls, start, startAll } = yield* make()
      yield* start(append("first"))
      yield* startAll(["b", "c", "a"])
      assert.deepStrictEqual(idsOf(calls), [["first"]])
      yield* calls[0]?.end() ?? Effect.void
      assert.deepStrictEqual(idsOf(calls), [["first"], ["b", "c", "a"]])
    })
  )

  it.effect("each caller gets the answer to its own append", () =>
    Effect.gen(function* () {
      const { calls, endAll, start, startAll } = yield* make()
      yield* start(append("first"))
      const [one, two, three] = yield* startAll(["a", "conflict", "ccc"])
      yield* endAll
      assert.strictEqual(calls.length, 2)
      assert.strictEqual((yield* Fiber.join(one ?? (yield* Effect.die("no fiber")))).version, 1)
      assert.strictEqual(
        (yield* Effect.flip(Fiber.join(two ?? (yield* Effect.die("no fiber")))))._tag,
        "VersionConflict"
      )
      assert.strictEqual((yield* Fiber.join(three ?? (yield* Effect.die("no fiber")))).version, 3)
    })
  )

  it.effect("a second call starts beside the first when enough waits for it", () =>
    Effect.gen(function* () {
      const { calls, start, startAll } = yield* make()
      yield* start(append("first"))
      yield* startAll(numbered(15))
      assert.strictEqual(calls.length, 1)
      yield* start(append("one more"))
      assert.deepStrictEqual(idsOf(calls), [["first"], [...numbered(15), "one more"]])
    })
  )

  it.effect("two calls share what is there, so that they take turns", () =>
    Effect.gen(function* () {
      const { calls, start, startAll } = yield* make()
      yield* start(append("first"))
      yield* startAll(numbered(60))
      const ids = numbered(60)
      assert.deepStrictEqual(idsOf(calls), [["first"], ids.slice(0, 30)])
      yield* calls[0]?.end() ?? Effect.void
      assert.deepStrictEqual(idsOf(calls), [["first"], ids.slice(0, 30), ids.slice(30)])
    })
  )

  it.effect("a call holds no more appends and no more data than it may", () =>
    Effect.gen(function* () {
      const { calls, endAll, start } = yield* make({ workers: 1, maxEvents: 3, maxSize: 10 })
      yield* start(append("first"))
      for (const id of ["a", "b", "c", "d"]) yield* start(append(id))
      for (const id of ["large", "larger"]) yield* start(append(id, 8))
      yield* start(append("huge", 100))
      yield* endAll
      assert.deepStrictEqual(idsOf(calls), [["first"], ["a", "b", "c"], ["d", "large"], ["larger"], ["huge"]])
    })
  )

  it.effect("whoever finds the queue full waits in front of it, and nobody overtakes", () =>
    Effect.gen(function* () {
      const { calls, endAll, start, startAll } = yield* make({ workers: 1, capacity: 2, maxEvents: 2 })
      yield* start(append("first"))
      yield* startAll(numbered(5))
      yield* endAll
      assert.deepStrictEqual(idsOf(calls), [["first"], ["s1", "s2"], ["s3", "s4"], ["s5"]])
    })
  )

  it.effect("an append that makes the call fail is tried alone, and its neighbours succeed", () =>
    Effect.gen(function* () {
      const { alone, calls, start, startAll } = yield* make()
      yield* start(append("first"))
      const fibers = yield* startAll(["a", "poison", "b"])
      yield* calls[0]?.end() ?? Effect.void
      yield* calls[1]?.end(failure) ?? Effect.void
      const exits = yield* Effect.forEach(fibers, Fiber.await)
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, false, true])
      assert.deepStrictEqual(alone.toSorted(), ["a", "b", "poison"])
    })
  )

  it.effect("a lone append whose call fails is tried once more, with care", () =>
    Effect.gen(function* () {
      const { alone, calls, start } = yield* make()
      const fiber = yield* start(append("repeated"))
      yield* calls[0]?.end(failure) ?? Effect.void
      assert.strictEqual((yield* Fiber.join(fiber)).version, 8)
      assert.deepStrictEqual(alone, ["repeated"])
    })
  )

  it.effect("an unreachable database fails the whole call at once", () =>
    Effect.gen(function* () {
      const { alone, calls, start, startAll } = yield* make({}, false)
      const first = yield* start(append("first"))
      const fibers = yield* startAll(["a", "b"])
      yield* calls[0]?.end(failure) ?? Effect.void
      yield* calls[1]?.end(failure) ?? Effect.void
      const exits = yield* Effect.forEach([first, ...fibers], Fiber.await)
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [false, false, false])
      assert.deepStrictEqual(alone, [])
    })
  )

  it.effect("a caller that is interrupted while it waits takes its append back", () =>
    Effect.gen(function* () {
      const { calls, endAll, start } = yield* make()
      yield* start(append("first"))
      const waiting = yield* start(append("taken back"))
      yield* start(append("kept"))
      yield* Fiber.interrupt(waiting)
      yield* endAll
      assert.deepStrictEqual(idsOf(calls), [["first"], ["kept"]])
    })
  )

  it.effect("a caller that is interrupted during its call leaves the others their answers", () =>
    Effect.gen(function* () {
      const { calls, endAll, start } = yield* make()
      yield* start(append("first"))
      const gone = yield* start(append("gone"))
      const stays = yield* start(append("stays"))
      yield* calls[0]?.end() ?? Effect.void
      yield* Effect.forkChild(Fiber.interrupt(gone))
      yield* settled
      yield* endAll
      assert.deepStrictEqual(idsOf(calls), [["first"], ["gone", "stays"]])
      assert.strictEqual((yield* Fiber.join(stays)).version, 5)
    })
  )

  it.effect("a call that takes long does not keep the others waiting", () =>
    Effect.gen(function* () {
      const { calls, start } = yield* make()
      yield* start(append("locked"))
      const free = yield* start(append("free"))
      // On the real clock: the coalescer waits a moment before it thinks of a call as long.
      while (calls.length < 2) yield* Effect.yieldNow
      yield* calls[1]?.end() ?? Effect.void
      assert.strictEqual((yield* Fiber.join(free)).version, 4)
      assert.deepStrictEqual(idsOf(calls), [["locked"], ["free"]])
    })
  )

  it.effect("those in front of a full queue are let in when somebody inside gives up", () =>
    Effect.gen(function* () {
      const { calls, endAll, start } = yield* make({ workers: 1, capacity: 1 })
      yield* start(append("first"))
      const gone = yield* start(append("gone"))
      const outside = yield* start(append("outside"))
      yield* Fiber.interrupt(gone)
      yield* endAll
      assert.strictEqual((yield* Fiber.join(outside)).version, 7)
      assert.deepStrictEqual(idsOf(calls), [["first"], ["outside"]])
    })
  )

  it.effect("an interruption at any moment leaves the next append its call", () =>
    Effect.gen(function* () {
      // The steps before it decide where in the append the fiber is made to give way, and is interrupted.
      for (let steps = 1000; steps < 1060; steps += 1) {
        const { calls, endAll, submit } = yield* make()
        const busy = Effect.forEach(Array.from({ length: steps }), () => Effect.void, { discard: true })
        const gone = yield* Effect.forkChild(Effect.andThen(busy, submit(append("gone"))))
        yield* Effect.yieldNow
        const interrupted = yield* Effect.forkChild(Fiber.interrupt(gone))
        const next = yield* Effect.forkChild(submit(append("next")))
        while (next.pollUnsafe() === undefined) {
          yield* Effect.yieldNow
          yield* endAll
        }
        yield* Fiber.join(interrupted)
        assert.isAtLeast(calls.length, 1)
      }
    })
  )

  it.effect("closing waits for a lone caller's call", () =>
    Effect.gen(function* () {
      const { calls, close, start } = yield* make()
      const lone = yield* start(append("lone"))
      const closing = yield* Effect.forkChild(close)
      yield* settled
      assert.isUndefined(closing.pollUnsafe())
      yield* calls[0]?.end() ?? Effect.void
      yield* Fiber.join(closing)
      assert.strictEqual((yield* Fiber.join(lone)).version, 4)
    })
  )

  it.effect("closing lets the call under way end and fails those that wait", () =>
    Effect.gen(function* () {
      const { calls, close, start, startAll } = yield* make()
      yield* start(append("first"))
      const [under] = yield* startAll(["under way"])
      yield* calls[0]?.end() ?? Effect.void
      const [waiting] = yield* startAll(["waiting"])
      const closing = yield* Effect.forkChild(close)
      yield* settled
      yield* calls[1]?.end() ?? Effect.void
      yield* Fiber.join(closing)
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(under ?? (yield* Effect.die("no fiber")))))
      const exit = yield* Fiber.await(waiting ?? (yield* Effect.die("no fiber")))
      assert.isTrue(Exit.isFailure(exit))
      const late = yield* start(append("late"))
      assert.isTrue(Exit.isFailure(yield* Fiber.await(late)))
      assert.strictEqual(calls.length, 2)
    })
  )
})
