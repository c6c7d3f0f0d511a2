/** Laws: what a broken one reports, and how its seed shows the same again. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random, Schema } from "effect"
import * as Law from "../src/Law.ts"

class Full extends Schema.TaggedError<Full>()("Full", { what: Schema.String }) {
  override get message() {
    return `${this.what} is full`
  }
}

const made = Effect.all([Random.next, Random.next])

describe("a law", () => {
  it.effect("that holds says nothing", () => Law.make("one is one", Law.expectEqual("one", 1, 1)).check)

  it.effect("that is broken says which, why, and with which seed", () =>
    Effect.gen(function* () {
      const law = Law.make("sums are right", Law.expectEqual("the sum", { total: 3 }, { total: 4 }))
      const error = yield* Effect.flip(law.check).pipe(Effect.provideService(Law.Seed, "s-1"))
      assert.instanceOf(error, Law.LawBroken)
      assert.strictEqual(
        error.message,
        "sums are right: this does not hold.\n" +
          "the sum (- expected, + found)\n- { total: 4 }\n+ { total: 3 }\n" +
          '(seed: "s-1")'
      )
    })
  )

  it.effect("reports the failures and the defects of the store, too", () =>
    Effect.gen(function* () {
      for (const broken of [Effect.fail(new Full({ what: "the disk" })), Effect.die(new Full({ what: "the disk" }))]) {
        const error = yield* Effect.flip(Law.make("there is room", broken).check)
        assert.instanceOf(error, Law.LawBroken)
        assert.include(error.message, "there is room: this does not hold.")
        assert.include(error.message, "the disk is full")
        assert.instanceOf(error.cause, Full)
      }
    })
  )

  it.effect("makes up the same again from the same seed, and something else from another", () =>
    Effect.gen(function* () {
      const drawn: Array<ReadonlyArray<number>> = []
      const draw = Effect.map(made, (numbers) => void drawn.push(numbers))
      const [one, other] = [Law.make("one", draw), Law.make("other", draw)]
      for (const law of [one, one, other]) yield* Effect.provideService(law.check, Law.Seed, "s-1")
      yield* Effect.provideService(one.check, Law.Seed, "s-2")
      yield* one.check
      yield* one.check
      assert.deepStrictEqual(drawn[0], drawn[1])
      assert.strictEqual(new Set(drawn.map(String)).size, 5)
    })
  )

  it.effect("that is interrupted is not broken", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Law.make("for ever", Effect.never).check, { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      assert.deepStrictEqual(exit._tag === "Failure" && exit.cause.reasons.map((reason) => reason._tag), ["Interrupt"])
    })
  )

  it.effect("that expects a failure shows the answer it got instead", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Law.expectFailure("the call", Effect.fail("no")), "no")
      const error = yield* Effect.flip(Law.expectFailure("the call", Effect.succeed({ a: 1 })))
      assert.strictEqual(
        String(error instanceof Law.Violation && error.message),
        "the call: expected it to fail, but it answered { a: 1 }"
      )
    })
  )
})
