/** Domain events: their name, their version, their time. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Schema } from "effect"
import { DomainEvent } from "../src/index.ts"

const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")

describe("a domain event", () => {
  it("is a struct tagged with its name that says when it happened", () => {
    const Placed = DomainEvent.make("Placed", { orderId: Schema.String })
    assert.deepStrictEqual(Placed.make({ orderId: "o-1", occurredAt }), { _tag: "Placed", orderId: "o-1", occurredAt })
    assert.isTrue(Schema.is(Placed)({ _tag: "Placed", orderId: "o-1", occurredAt }))
    assert.isFalse(Schema.is(Placed)({ _tag: "Placed", orderId: "o-1" }))
  })

  it("has version 1, unless it says otherwise", () => {
    assert.strictEqual(DomainEvent.versionOf(DomainEvent.make("Placed", {})), 1)
    assert.strictEqual(DomainEvent.versionOf(DomainEvent.make("Placed", {}, { version: 3 })), 3)
    assert.strictEqual(DomainEvent.versionOf(Schema.TaggedStruct("Placed", {})), 1)
  })

  it("has its name and version in the JSON schema, as the name of a definition", () => {
    const Placed = DomainEvent.make("Placed", { orderId: Schema.String }, { version: 2 })
    const document = Schema.toJsonSchemaDocument(Schema.toCodecJson(Placed))
    assert.deepStrictEqual(Object.keys(document.definitions), ["Placed.v2"])
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 60])("refuses version %s where it is declared", (version) => {
    assert.throws(() => DomainEvent.make("Placed", {}, { version }), RangeError, "The version of event Placed must be")
  })

  it("is found by its name; a schema without one is a mistake that is named", () => {
    assert.strictEqual(DomainEvent.nameOf(DomainEvent.make("Placed", {})), "Placed")
    for (const schema of [Schema.String, Schema.Struct({ a: Schema.String }), Schema.Struct({ _tag: Schema.String })]) {
      assert.throws(() => DomainEvent.nameOf(schema), "must be a struct tagged with its name")
    }
  })
})
