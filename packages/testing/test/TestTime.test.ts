/** Time for tests of what goes on by itself. */
import { assert, describe, it } from "@effect/vitest"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import { Clock, Effect } from "effect"
import { TestTime } from "../src/index.ts"

describe("a test", () => {
  it.effect("goes on when the other fibers have come as far as they can, through digests too", () =>
    Effect.gen(function* () {
      const done: Array<number> = []
      yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let turn = 0; turn < 40; turn += 1) yield* Effect.yieldNow
          done.push(yield* Effect.as(fingerprint({ turn: 1 }), 1))
          done.push(yield* Effect.as(fingerprint({ turn: 2 }), 2))
          yield* Effect.sleep("1 second")
          done.push(3)
        })
      )
      yield* TestTime.settled
      assert.deepStrictEqual(done, [1, 2])
    })
  )

  it.effect("lets time pass in half seconds, and what begins meanwhile has its turn at its time", () =>
    Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      const rung: Array<number> = []
      const ring = Effect.map(Clock.currentTimeMillis, (now) => rung.push(now - began))
      yield* Effect.forkChild(Effect.forever(Effect.andThen(Effect.sleep("700 millis"), ring)))
      yield* TestTime.pass(3)
      assert.strictEqual((yield* Clock.currentTimeMillis) - began, 3_000)
      assert.deepStrictEqual(rung, [700, 1_400, 2_100, 2_800])
    })
  )
})
