/** The message broker in memory is held to the laws of the port. */
import { assert, it } from "@effect/vitest"
import { suite } from "@eventfold/testing/MessageBrokerContract"
import { Effect, Layer } from "effect"
import { MessageBrokerMemory } from "../src/index.ts"

suite("MessageBroker in memory", MessageBrokerMemory.layerMemory())

it.effect("a broker that would deduplicate for longer than it keeps messages does not start", () =>
  Effect.gen(function* () {
    const built = Layer.build(MessageBrokerMemory.layerMemory({ deduplicateFor: "2 days", keepFor: "1 day" }))
    const exit = yield* Effect.exit(Effect.scoped(built))
    assert.include(String(exit), "deduplicates")
  })
)
