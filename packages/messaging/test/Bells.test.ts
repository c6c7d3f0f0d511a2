import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Bells from "../src/Bells.ts"

it.effect("who listens is woken by the next ring of the topic, and by no other", () =>
  Effect.gen(function* () {
    const bells = Bells.make()
    const wait = yield* bells.listen("orders")
    const fiber = yield* Effect.forkChild(wait, { startImmediately: true })
    yield* bells.ring("parcels")
    assert.isUndefined(fiber.pollUnsafe())
    yield* bells.ring("orders")
    assert.isDefined(fiber.pollUnsafe())
  })
)

it.effect("of very many topics that are listened to, the oldest is woken for nothing, and forgotten", () =>
  Effect.gen(function* () {
    const bells = Bells.make()
    const [first, second] = [yield* bells.listen("t0"), yield* bells.listen("t1")]
    const [one, other] = [
      yield* Effect.forkChild(first, { startImmediately: true }),
      yield* Effect.forkChild(second, { startImmediately: true })
    ]
    for (let topic = 2; topic <= Bells.mostTopics; topic += 1) void (yield* bells.listen(`t${topic}`))
    assert.isDefined(one.pollUnsafe())
    assert.isUndefined(other.pollUnsafe())
  })
)
