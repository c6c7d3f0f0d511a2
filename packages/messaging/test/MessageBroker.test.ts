/** The message broker in memory is held to the laws of the port. */
import { assert, it } from "@effect/vitest"
import { suite } from "@eventfold/testing/MessageBrokerContract"
import { Effect, Layer, Logger, Metric } from "effect"
import { MessageBroker, MessageBrokerMemory } from "../src/index.ts"

suite("MessageBroker in memory", MessageBrokerMemory.layerMemory())

it.effect("a broker that would deduplicate for longer than it keeps messages does not start", () =>
  Effect.gen(function* () {
    const built = Layer.build(MessageBrokerMemory.layerMemory({ deduplicateFor: "2 days", keepFor: "1 day" }))
    const exit = yield* Effect.exit(Effect.scoped(built))
    assert.include(String(exit), "deduplicates")
  })
)

it.effect("a message that cannot be read is counted and told of, and not quoted", () => {
  const told: Array<string> = []
  const log = Logger.make(({ message }) => void told.push(String(message)))
  return Effect.gen(function* () {
    const broker = yield* MessageBroker
    const group = { topic: "unreadable-messages", group: "billing" }
    yield* broker.subscribe(group)
    yield* broker.publishEncoded(group.topic, [{ source: "/a", id: "m1", key: "Ada", text: "{ Ada" }])
    yield* broker.receive(group, { limit: 1, hold: "1 second" })
    assert.deepStrictEqual(told, [
      "the message at 1 of unreadable-messages is a dead letter of billing: it cannot be read"
    ])
    const found = (yield* Metric.snapshot).find(
      ({ attributes, id }) =>
        id === "eventfold_unreadable_messages_total" && attributes?.["topic"] === "unreadable-messages"
    )
    assert.deepInclude(found?.state, { count: 1 })
  }).pipe(Effect.provide([MessageBrokerMemory.layerMemory(), Logger.layer([log])]))
})
