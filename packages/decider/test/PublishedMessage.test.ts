import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result, Schema } from "effect"
import { Personal, PublishedMessage } from "../src/index.ts"

const Line = Schema.Struct({ product: Schema.String, quantity: Schema.Int }).annotate({ identifier: "Line" })
const OrderPlaced = PublishedMessage.make(
  "ordering",
  "order-placed",
  2,
  Schema.Struct({ at: Schema.DateTimeUtc, lines: Schema.Array(Line) })
)
const language = PublishedMessage.language("ordering", [
  PublishedMessage.make("ordering", "order-placed", 1, Schema.Struct({})),
  OrderPlaced
])
const placed = { at: DateTime.makeUnsafe("2026-01-15T12:00:00Z"), lines: [{ product: "tea", quantity: 2 }] }

const reasonOf = <A>(result: Result.Result<A, PublishedMessage.MessageNotUnderstood>) =>
  Result.isFailure(result) ? result.failure.message : undefined

const safe = Number.MAX_SAFE_INTEGER

describe("a message of a published language", () => {
  it("is read as it was said, through JSON", () => {
    const { data, message } = PublishedMessage.say(OrderPlaced, placed)
    assert.strictEqual(message.type, "ordering.order-placed.v2")
    const json: unknown = JSON.parse(JSON.stringify(Result.getOrThrow(data)))
    assert.deepStrictEqual(json, { at: "2026-01-15T12:00:00.000Z", lines: [{ product: "tea", quantity: 2 }] })
    assert.deepStrictEqual(Result.getOrThrow(PublishedMessage.read(OrderPlaced, json)), placed)
  })

  it("with a content its schema does not accept is not said, and not understood: the fields are named, not quoted", () => {
    const wrong = { at: placed.at, lines: [{ product: "tea", quantity: 0.5 }] }
    assert.isTrue(Result.isFailure(PublishedMessage.say(OrderPlaced, wrong).data))
    assert.strictEqual(
      reasonOf(PublishedMessage.read(OrderPlaced, { at: "yesterday", lines: [{ product: "tea", quantity: 0.5 }] })),
      "ordering.order-placed.v2 is not understood: its content does not fit its schema: at, lines.0.quantity"
    )
  })

  it("of an unknown version or name is not understood, and says what is known", () => {
    assert.strictEqual(Result.getOrThrow(PublishedMessage.find(language, OrderPlaced.type)), OrderPlaced)
    assert.strictEqual(
      reasonOf(PublishedMessage.find(language, "ordering.order-placed.v3")),
      "ordering.order-placed.v3 is not understood: known of it are v1, v2"
    )
    assert.strictEqual(
      reasonOf(PublishedMessage.find(language, "ordering.order-lost.v1")),
      "ordering.order-lost.v1 is not understood: the language of ordering has no message of this name"
    )
  })

  it("has a JSON Schema with its address, which lets a later version of the program say more", () => {
    assert.deepStrictEqual(PublishedMessage.jsonSchema(OrderPlaced, "https://eventfold.example/x.json"), {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://eventfold.example/x.json",
      title: "ordering.order-placed.v2",
      type: "object",
      properties: { at: { type: "string" }, lines: { type: "array", items: { $ref: "#/$defs/Line" } } },
      required: ["at", "lines"],
      additionalProperties: true,
      $defs: {
        Line: {
          type: "object",
          properties: { product: { type: "string" }, quantity: { type: "integer", minimum: -safe, maximum: safe } },
          required: ["product", "quantity"],
          additionalProperties: true
        }
      }
    })
  })

  it("has a name and a version that fit into its type", () => {
    for (const [context, name, version] of [
      ["Ordering", "placed", 1],
      ["ordering", "order.placed", 1],
      ["ordering", "placed", 0],
      ["ordering", "placed", 1.5]
    ] as const) {
      assert.throws(() => PublishedMessage.make(context, name, version, Schema.Struct({})), "is no type of a message")
    }
  })

  it("is of the context whose language it is in, once", () => {
    const named = Schema.Struct({ name: Personal.schema(Schema.String) })
    assert.throws(() => PublishedMessage.make("ordering", "order-named", 1, named), "must not say anything personal")
    assert.throws(() => PublishedMessage.language("shipping", [OrderPlaced]), "is no message of shipping")
    assert.throws(() => PublishedMessage.language("ordering", [OrderPlaced, OrderPlaced]), "is declared twice")
  })
})

describe("an instant in a message", () => {
  const isRead = Schema.decodeUnknownResult(PublishedMessage.Instant)

  it("is in UTC, and its JSON Schema says so", () => {
    assert.deepStrictEqual(Result.getOrThrow(isRead("2026-01-15T12:00:00.000Z")), placed.at)
    const others = [
      "2026-01-15T12:00:00+01:00",
      "2026-13-15T12:00:00Z",
      "0000-01-01T00:00:00Z",
      "+010000-01-01T00:00:00Z"
    ]
    for (const text of ["2026-01-15", "2026-01-15T12:00:00", ...others]) {
      assert.isTrue(Result.isFailure(isRead(text)), text)
    }
    assert.isTrue(
      Result.isFailure(Schema.encodeResult(PublishedMessage.Instant)(DateTime.makeUnsafe(253_402_300_800_000)))
    )
    const { schema } = Schema.toJsonSchemaDocument(PublishedMessage.Instant)
    assert.deepInclude(schema, { type: "string", format: "date-time" })
  })
})
