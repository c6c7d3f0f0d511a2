/** Commands and queries as values. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Message } from "../src/index.ts"

const Open = Schema.TaggedStruct("Open", { owner: Schema.String })

describe("a message", () => {
  it("is named after its context and its payload", () => {
    const open = Message.command({ context: "bank", payload: Open, answer: Schema.Int })
    assert.strictEqual(open.name satisfies "bank.Open", "bank.Open")
    assert.strictEqual(open.kind, "command")
    assert.strictEqual(open.Payload, Open)
  })

  it("is a query when it is declared as one", () => {
    const Find = Schema.TaggedStruct("Find", {})
    const find = Message.query({ context: "bank", payload: Find, answer: Schema.Array(Schema.String) })
    assert.strictEqual(find.kind, "query")
    assert.strictEqual(find.name satisfies "bank.Find", "bank.Find")
  })

  it("that declares no refusal is never refused", () => {
    const open = Message.command({ context: "bank", payload: Open, answer: Schema.Int })
    assert.isFalse(Schema.is(open.Refusal)("no"))
    assert.isFalse(Schema.is(open.Refusal)(undefined))
    const refused = Message.command({
      context: "bank",
      payload: Open,
      answer: Schema.Int,
      refusal: Schema.Literal("no")
    })
    assert.isTrue(Schema.is(refused.Refusal)("no"))
  })

  it("tells its types to whoever sends it", () => {
    const open = Message.command({ context: "bank", payload: Open, answer: Schema.Int, refusal: Schema.Literal("no") })
    const payload: Message.Payload<typeof open> = Open.make({ owner: "Ada" })
    const [answer, refusal]: [Message.Answer<typeof open>, Message.Refusal<typeof open>] = [1, "no"]
    assert.deepStrictEqual([payload.owner, answer, refusal], ["Ada", 1, "no"])
  })
})
