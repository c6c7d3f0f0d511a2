/** What holds of the examples besides their stories. */
import { assert, describe, it } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { EventStore, QueryBus } from "@eventfold/event-store"
import { Effect, Schema } from "effect"
import { examples } from "../src/Example.ts"
import { stories } from "./StoryTexts.ts"

describe("the stories", () => {
  it("are told here for every example", () => {
    assert.deepStrictEqual(Object.keys(stories).toSorted(), [...examples.keys()].toSorted())
  })
})

describe("E72 and S2", () => {
  it("end the same, with a coordinator and without", () => {
    const endOf = (id: string) => stories[id]?.slice(stories[id].indexOf("How they end"))
    assert.include(endOf("S2"), "delivered")
    assert.strictEqual(endOf("E72"), endOf("S2"))
  })
})

describe("E66: a query cannot write", () => {
  const Ask = Message.query({
    context: "test",
    payload: Schema.TaggedStruct("Ask", {}),
    answer: Schema.Boolean
  })

  it("takes a handler that only reads", () => {
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.succeed(true)).name, "test.Ask")
  })

  it("does not compile with a handler that asks for the event store", () => {
    // @ts-expect-error -- the type checker is what refuses it
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.as(EventStore, true)).name, "test.Ask")
  })
})
