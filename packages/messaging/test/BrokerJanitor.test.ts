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

it.effect("a janitor that fails says so, and comes back by itself", () => {
  let down = true
  const failing = Layer.effect(
    MessageBroker,
    Effect.map(MessageBroker, (port) => ({
      ...port,
      trim: (topic: string) =>
        down
          ? Effect.fail(new BrokerFailure({ operation: "MessageBroker.trim", retryable: true, cause: undefined }))
          : port.trim(topic)
    }))
  ).pipe(Layer.provide(broker))
  return Effect.gen(function* () {
    const janitor = yield* BrokerJanitor
    yield* pass(3)
    assert.include((yield* janitor.statuses)[0]?.problem ?? "", "MessageBroker.trim")
    down = false
    yield* pass(90)
    assert.strictEqual((yield* janitor.statuses)[0]?.problem, undefined)
  }).pipe(
    Effect.provide(BrokerJanitor.layer({ topics: ["orders"] }).pipe(Layer.provide(failing))),
    Effect.provideService(References.MinimumLogLevel, "None")
  )
})
