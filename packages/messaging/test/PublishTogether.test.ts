import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { BrokerFailure, MessageBroker, MessageBrokerMemory } from "../src/index.ts"
import * as PublishTogether from "../src/PublishTogether.ts"
import { orderPlaced } from "./Messages.ts"

const observed = (publish: (count: number) => Effect.Effect<number, BrokerFailure>) =>
  Effect.map(MessageBroker, (broker) =>
    PublishTogether.make({ ...broker, publish: (_, messages) => publish(messages.length) }, "ordering")
  )

it.effect("what is published at the same moment goes together, and who breaks a rule fails alone", () =>
  Effect.gen(function* () {
    const batches: Array<number> = []
    const publish = yield* observed((count) => Effect.sync(() => batches.push(count)))
    const callers = Array.from({ length: 100 }, (_, index) => (index === 7 ? { ...orderPlaced, id: "" } : orderPlaced))
    const results = yield* Effect.forEach(
      callers,
      (message) => Effect.result(publish(Array.from({ length: 16 }, () => message))),
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(batches, [992, 592])
    assert.deepStrictEqual(
      results.flatMap(({ _tag }, index) => (_tag === "Failure" ? [index] : [])),
      [7]
    )
  }).pipe(Effect.provide(MessageBrokerMemory.layerMemory()))
)

it.effect("a batch that fails fails for all who have a message in it, and for nobody else", () =>
  Effect.gen(function* () {
    const down = new BrokerFailure({ operation: "publish", retryable: true, cause: undefined })
    const publish = yield* observed((count) => (count === 1000 ? Effect.fail(down) : Effect.succeed(count)))
    const results = yield* Effect.forEach(Array.from({ length: 1001 }), () => Effect.result(publish([orderPlaced])), {
      concurrency: "unbounded"
    })
    assert.lengthOf(
      results.filter(({ _tag }) => _tag === "Failure"),
      1000
    )
    yield* publish([])
  }).pipe(Effect.provide(MessageBrokerMemory.layerMemory()))
)
