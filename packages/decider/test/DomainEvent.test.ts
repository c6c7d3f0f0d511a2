/** Domain events: their name, their version, their time. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result, Schema } from "effect"
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

  it("keeps its version when it gets rules and annotations", () => {
    const Placed = DomainEvent.make("Placed", { cents: Schema.Int }, { version: 3 })
    const ruled = Placed.check(Schema.makeFilter(({ cents }) => cents > 0)).annotate({ description: "paid for" })
    assert.strictEqual(DomainEvent.versionOf(ruled), 3)
  })

  it("is found by its name; a schema without one is a mistake that is named", () => {
    assert.strictEqual(DomainEvent.nameOf(DomainEvent.make("Placed", {})), "Placed")
    for (const schema of [Schema.String, Schema.Struct({ a: Schema.String }), Schema.Struct({ _tag: Schema.String })]) {
      assert.throws(() => DomainEvent.nameOf(schema), "must be a struct tagged with its name")
    }
  })
})

describe("the next version of an event", () => {
  const V1 = DomainEvent.make("Placed", { product: Schema.String })
  const V2 = DomainEvent.nextVersion(V1, { products: Schema.Array(Schema.String) }, ({ product }) => ({
    products: [product]
  }))
  const V3 = DomainEvent.nextVersion(V2, { ...V2.fields, paid: Schema.Boolean }, (older) => ({ ...older, paid: false }))

  it("has the name of the one before, its number and one, and its own fields", () => {
    assert.deepStrictEqual([V1, V2, V3].map(DomainEvent.nameOf), ["Placed", "Placed", "Placed"])
    assert.deepStrictEqual([V1, V2, V3].map(DomainEvent.versionOf), [1, 2, 3])
    const event = { _tag: "Placed", occurredAt, products: ["tea"] } as const
    assert.deepStrictEqual(V2.make({ occurredAt, products: ["tea"] }), event)
    const document = Schema.toJsonSchemaDocument(Schema.toCodecJson(V3))
    assert.deepStrictEqual(Object.keys(document.definitions), ["Placed.v3"])
  })

  it("knows every version before it, oldest first, and the way from each to the next", () => {
    const versions = DomainEvent.versionsOf(V3)
    assert.deepStrictEqual(
      versions.map(({ schema, version }) => [version, schema]),
      [
        [1, V1],
        [2, V2],
        [3, V3]
      ]
    )
    const placed = V1.make({ product: "tea", occurredAt })
    assert.deepStrictEqual(versions[0]?.upcast?.(placed), Result.succeed({ products: ["tea"] }))
    assert.isUndefined(versions[2]?.upcast)
  })

  it("is not made of what is no event of the version before", () => {
    const upcast = DomainEvent.versionsOf(V3)[1]?.upcast
    assert.isTrue(upcast !== undefined && Result.isFailure(upcast(V1.make({ product: "tea", occurredAt }))))
  })

  it("of a single version is that version", () => {
    assert.deepStrictEqual(DomainEvent.versionsOf(V1), [{ version: 1, schema: V1 }])
  })
})
