// #region test
import { assert, it } from "@effect/vitest"
import { EventStore, layerMemory } from "@eventfold/event-store"
import { Effect, Stream } from "effect"
import { hello } from "../../src/guides/HelloCoupon.ts"

it.effect("records one use of the coupon, not two", () =>
  Effect.gen(function* () {
    yield* hello
    const events = yield* Stream.runCollect((yield* EventStore).readAll())
    assert.deepStrictEqual(
      events.map(({ type, version }) => [type, version]),
      [["CouponRedeemed", 1]]
    )
  }).pipe(Effect.provide(layerMemory))
)
// #endregion test
