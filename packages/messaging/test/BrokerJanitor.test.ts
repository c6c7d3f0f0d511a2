import { assert, it } from "@effect/vitest"
import { pass } from "@eventfold/testing/TestTime"
import { DateTime, Effect, Layer, References } from "effect"
import { BrokerFailure, BrokerJanitor, MessageBroker, MessageBrokerMemory } from "../src/index.ts"
import { orderPlaced } from "./Messages.ts"

const messages = (count: number) => Array.from({ length: count }, (_, index) => ({ ...orderPlaced, id: `m${index}` }))
const broker = MessageBrokerMemory.layerMemory({ deduplicateFor: "10 seconds", keepFor: "30 seconds" })

it.effect("a janitor removes what nobody needs, however much there is, and nothing that a group needs", () =>
  Effect.gen(function* () {
    const port = yield* MessageBroker
    for (let turn = 0; turn < 3; turn += 1) {
      const batch = messages(1000).map((one) => ({ ...one, id: `${turn}.${one.id}` }))
      yield* port.publish("orders", batch)
      yield* port.publish("parcels", batch)
    }
    yield* port.subscribe({ topic: "parcels", group: "billing" })
    const janitor = yield* BrokerJanitor
    yield* pass(20)
    assert.deepStrictEqual(
      (yield* janitor.statuses).map(({ removed }) => removed),
      [0, 0]
    )
    yield* pass(60)
    const [orders, parcels] = yield* janitor.statuses
    assert.deepInclude(orders, { topic: "orders", removed: 3000, problem: undefined })
    assert.deepInclude(parcels, { topic: "parcels", removed: 0, problem: undefined })
    assert.isTrue(DateTime.isDateTime(orders?.doneAt))
  }).pipe(
    Effect.provide(
      BrokerJanitor.layer({ topics: ["orders", "parcels"], every: "30 seconds" }).pipe(Layer.provideMerge(broker))
    )
  )
)

it.effect("a janitor says what goes wrong, be it a failure, a defect or silence, and comes back by itself", () => {
  const failure = new BrokerFailure({ operation: "MessageBroker.trim", retryable: true, cause: undefined })
  let down: Effect.Effect<never, BrokerFailure> | undefined
  const failing = Layer.effect(
    MessageBroker,
    Effect.map(MessageBroker, (port) => ({
      ...port,
      trim: (topic: string) => (topic === "orders" ? (down ?? port.trim(topic)) : port.trim(topic))
    }))
  ).pipe(Layer.provide(broker))
  return Effect.gen(function* () {
    const janitor = yield* BrokerJanitor
    yield* pass(3)
    for (const [trouble, told] of [
      [Effect.fail(failure), "MessageBroker.trim"],
      [Effect.die(new TypeError("broken")), "broken"],
      [Effect.never, "no answer in time"]
    ] as const) {
      down = trouble
      yield* pass(300)
      const [orders, parcels] = yield* janitor.statuses
      assert.include(orders?.problem ?? "", told)
      assert.isAbove(orders?.lateMillis ?? 0, 120_000)
      assert.deepInclude(parcels, { problem: undefined, lateMillis: 0 })
      down = undefined
      yield* pass(90)
      assert.deepInclude((yield* janitor.statuses)[0], { problem: undefined, lateMillis: 0 })
    }
  }).pipe(
    Effect.provide(BrokerJanitor.layer({ topics: ["orders", "parcels"] }).pipe(Layer.provide(failing))),
    Effect.provideService(References.MinimumLogLevel, "None")
  )
})
