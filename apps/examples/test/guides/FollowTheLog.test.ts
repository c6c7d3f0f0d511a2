import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { inMemory, tellUses } from "../../src/guides/FollowTheLog.ts"
import { hello } from "../../src/guides/HelloCoupon.ts"
import { printedBy } from "../PrintedLines.ts"

const turns = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })

it.effect("tells of a use that was there, and of one that comes", () =>
  Effect.gen(function* () {
    const { lines } = yield* printedBy(
      Effect.gen(function* () {
        yield* hello
        yield* Effect.forkChild(tellUses)
        yield* turns
      })
    )
    assert.deepStrictEqual(lines.slice(-2), ["SPRING-10 was used", "so far up to position 1"])
  }).pipe(Effect.provide(Layer.fresh(inMemory)))
)
