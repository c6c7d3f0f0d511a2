/** A circuit breaker: when it opens, what callers are told meanwhile, and what can be seen of it. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, References } from "effect"
import { TestClock } from "effect/testing"
import { BreakerOpen, Breakers } from "../src/index.ts"

const call = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.flatMap(Breakers, (breakers) => breakers.guard("hotels", effect))
const lost = call(Effect.fail("no answer"))
const does = call(Effect.succeed("done"))
const state = Effect.flatMap(Breakers, ({ states }) => Effect.map(states, ([hotels]) => hotels))
const open = (state: "open" | "half-open", retryAfter: number) =>
  new BreakerOpen({ breaker: "hotels", state, retryAfter })
const fails = (times: number) => Effect.repeat(Effect.flip(lost), { times: times - 1 })
const begun = DateTime.makeUnsafe(0)

const closedAtFirst = <A, E>(effect: Effect.Effect<A, E, Breakers>) =>
  effect.pipe(Effect.provide(Breakers.layer()), Effect.provideService(References.MinimumLogLevel, "None"))

describe("a breaker", () => {
  it.effect("is closed until five calls in a row have failed; then calls fail at once, and are told until when", () =>
    Effect.gen(function* () {
      yield* fails(4)
      yield* does
      yield* fails(4)
      assert.deepStrictEqual(yield* state, { breaker: "hotels", state: "closed", retryAfter: 0, since: undefined })
      yield* TestClock.adjust("10 seconds")
      yield* fails(1)
      yield* TestClock.adjust("15 seconds")
      assert.deepStrictEqual(yield* Effect.flip(does), open("open", 45_000))
      const since = DateTime.makeUnsafe(10_000)
      assert.deepStrictEqual(yield* state, { breaker: "hotels", state: "open", retryAfter: 45_000, since })
    }).pipe(closedAtFirst)
  )

  it.effect("lets one call try after 60 s, and the others come back when it has taken as long again", () =>
    Effect.gen(function* () {
      yield* fails(5)
      yield* TestClock.adjust("60 seconds")
      assert.deepInclude(yield* state, { state: "half-open", retryAfter: 0, since: begun })
      const probe = yield* Effect.forkChild(call(Effect.delay(Effect.succeed("done"), "10 seconds")), {
        startImmediately: true
      })
      assert.deepStrictEqual(yield* Effect.flip(does), open("half-open", 1_000))
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(yield* Effect.flip(does), open("half-open", 4_000))
      assert.deepInclude(yield* state, { state: "half-open", since: begun })
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(yield* Fiber.join(probe), "done")
      assert.strictEqual(yield* does, "done")
      assert.deepInclude(yield* state, { state: "closed", since: undefined })
    }).pipe(closedAtFirst)
  )

  it.effect("that tried in vain is open for another 60 s, and has been in trouble all along, for hours", () =>
    Effect.gen(function* () {
      yield* fails(5)
      yield* TestClock.adjust("3 hours")
      assert.deepInclude(yield* state, { state: "half-open", since: begun })
      yield* fails(1)
      assert.deepInclude(yield* state, { state: "open", retryAfter: 60_000, since: begun })
      yield* TestClock.adjust("60 seconds")
      const probe = yield* Effect.forkChild(call(Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(probe)
      assert.deepInclude(yield* state, { state: "half-open", since: begun })
      assert.strictEqual(yield* does, "done")
      assert.deepInclude(yield* state, { state: "closed", since: undefined })
    }).pipe(closedAtFirst)
  )

  it.effect("counts what it is told to: the rest is no failure and no success, closes nothing and opens nothing", () =>
    Effect.gen(function* () {
      const breakers = yield* Breakers
      const ends = (effect: Effect.Effect<string, string>) =>
        Effect.exit(breakers.guard("hotels", effect, (error) => error === "no answer"))
      const ours = [Effect.fail("no database"), Effect.die("a mistake")]
      yield* Effect.forEach([...ours, ...ours, ...ours], ends)
      assert.deepInclude(yield* state, { state: "closed" })
      const lostOnce = ends(Effect.fail("no answer"))
      yield* Effect.all([lostOnce, lostOnce, lostOnce, lostOnce, ...ours.map(ends)])
      assert.deepInclude(yield* state, { state: "closed" })
      yield* lostOnce
      assert.deepInclude(yield* state, { state: "open" })
      yield* TestClock.adjust("60 seconds")
      yield* Effect.forEach(ours, ends)
      assert.deepInclude(yield* state, { state: "half-open", since: begun })
      yield* ends(Effect.succeed("done"))
      assert.deepInclude(yield* state, { state: "closed" })
    }).pipe(closedAtFirst)
  )

  it.effect("that nobody has called for a week is closed, and is in trouble anew when it opens again", () =>
    Effect.gen(function* () {
      yield* fails(5)
      yield* TestClock.adjust("7 days")
      assert.deepInclude(yield* state, { state: "half-open", since: begun })
      yield* TestClock.adjust("60 seconds")
      assert.deepInclude(yield* state, { state: "closed", since: undefined })
      const again = yield* DateTime.now
      yield* fails(5)
      assert.deepInclude(yield* state, { state: "open", retryAfter: 60_000, since: again })
    }).pipe(closedAtFirst)
  )
})
