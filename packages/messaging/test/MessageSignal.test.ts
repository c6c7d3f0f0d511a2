import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { MessageSignal, mostNoted, mostTopics } from "../src/MessageSignal.ts"

const waiting = Effect.fnUntraced(function* (signal: MessageSignal["Service"], topic: string) {
  return yield* Effect.forkChild(yield* signal.listen(topic), { startImmediately: true })
})

it.effect("who listens is woken by the next ring of the topic, and by no other", () =>
  Effect.gen(function* () {
    const signal = MessageSignal.make()
    const fiber = yield* waiting(signal, "orders")
    yield* signal.ring("parcels")
    assert.isUndefined(fiber.pollUnsafe())
    yield* signal.ring("orders")
    assert.isDefined(fiber.pollUnsafe())
  })
)

it.effect("of very many topics that are listened to, the oldest is woken for nothing, and forgotten", () =>
  Effect.gen(function* () {
    const signal = MessageSignal.make()
    const [one, other] = [yield* waiting(signal, "t0"), yield* waiting(signal, "t1")]
    for (let topic = 2; topic <= mostTopics; topic += 1) void (yield* signal.listen(`t${topic}`))
    assert.isDefined(one.pollUnsafe())
    assert.isUndefined(other.pollUnsafe())
  })
)

it.effect("what another process says wakes those here, and is not noted for others", () =>
  Effect.gen(function* () {
    const signal = MessageSignal.make()
    const own = yield* signal.own
    const [one, other] = [yield* waiting(signal, "orders"), yield* waiting(signal, "parcels")]
    yield* signal.relay("orders")
    assert.isDefined(one.pollUnsafe())
    assert.isUndefined(other.pollUnsafe())
    yield* signal.relayAll
    assert.isDefined(other.pollUnsafe())
    yield* signal.ring("stock")
    assert.deepStrictEqual(yield* own, ["stock"])
  }).pipe(Effect.scoped)
)

it.effect("what this process rings for is noted once until it is taken, and up to a bound", () =>
  Effect.gen(function* () {
    const signal = MessageSignal.make()
    yield* signal.ring("before")
    const own = yield* signal.own
    const taking = yield* Effect.forkChild(own, { startImmediately: true })
    assert.isUndefined(taking.pollUnsafe())
    for (let time = 0; time < 3; time += 1) yield* signal.ring("orders")
    yield* signal.ring("parcels")
    assert.deepStrictEqual(yield* own, ["orders", "parcels"])
    for (let topic = 0; topic < 2 * mostNoted; topic += 1) yield* signal.ring(`t${topic}`)
    assert.lengthOf(yield* own, mostNoted)
  }).pipe(Effect.scoped)
)
