/** Personal values: known or gone, their JSON, and schemas that know they contain them. */
import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, DateTime, Effect, Equal, Formatter, Schema } from "effect"
import { DomainEvent, Personal } from "../src/index.ts"

const known = Personal.of("customer-1", "Ada Lovelace")
const gone = Personal.redacted("customer-1")

describe("a personal value", () => {
  it("is known, or redacted when its subject has been forgotten", () => {
    const told = (personal: Personal.Personal<string>) =>
      Personal.match(personal, {
        onKnown: (value, subject) => `${subject}: ${value}`,
        onRedacted: (subject) => `${subject} is forgotten`
      })
    assert.deepStrictEqual([known, gone].map(told), ["customer-1: Ada Lovelace", "customer-1 is forgotten"])
    assert.deepStrictEqual([known, gone].map(Personal.isRedacted), [false, true])
    assert.deepStrictEqual(
      [Personal.getOrElse(known, () => "?"), Personal.getOrElse(gone, () => "?")],
      ["Ada Lovelace", "?"]
    )
    assert.deepStrictEqual([Personal.show(known), Personal.show(gone)], ["Ada Lovelace", "[REDACTED]"])
    assert.strictEqual(Personal.show(Personal.map(known, (name) => name.length)), "12")
    assert.strictEqual(Personal.show(Personal.map(gone, String)), "[REDACTED]")
  })

  it("equals another with the same subject and the same value", () => {
    assert.isTrue(Equal.equals(known, Personal.of("customer-1", "Ada Lovelace")))
    assert.isFalse(Equal.equals(known, Personal.of("customer-2", "Ada Lovelace")))
    assert.isFalse(Equal.equals(known, Personal.of("customer-1", "Ada")))
    assert.isFalse(Equal.equals(known, gone))
  })

  it("is not shown by what prints it: text, JSON made by hand, the console, a log", () => {
    const event = { name: known }
    for (const text of [
      String(known),
      JSON.stringify(event),
      inspect(event, { depth: 9 }),
      Formatter.format(event),
      Formatter.formatJson(event)
    ]) {
      assert.notInclude(text, "Ada")
      assert.include(text, "[REDACTED]")
    }
  })
})

const Name = Personal.schema(Schema.String)
const Born = Personal.schema(Schema.DateTimeUtc)

describe("the schema of personal values", () => {
  const codec = Schema.toCodecJson(Schema.Struct({ name: Name, born: Born }))
  const value = { name: gone, born: Personal.of("customer-2", DateTime.makeUnsafe("1815-12-10T00:00:00Z")) }
  const json = {
    name: { subject: "customer-1", redacted: true },
    born: { subject: "customer-2", value: "1815-12-10T00:00:00.000Z" }
  }

  it("has a JSON form with the subject, and the value or that it is gone", () => {
    assert.deepStrictEqual(Schema.encodeSync(codec)(value), json)
    assert.isTrue(Equal.equals(Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(json))), value))
    assert.isTrue(Personal.isKnownJson(json.born) && Personal.isRedactedJson(json.name))
    assert.isFalse(Personal.isKnownJson(json.name) || Personal.isRedactedJson(json.born))
    for (const other of [{ subject: "a" }, { subject: 1, value: 1 }, { subject: "a", value: 1, more: 1 }, [], null]) {
      assert.isFalse(Personal.isKnownJson(other) || Personal.isRedactedJson(other))
    }
  })

  it("refuses what is not of the form, without telling the value", () => {
    const decode = Schema.decodeUnknownSync(Schema.toCodecJson(Born))
    assert.throws(() => decode("1815-12-10"))
    for (const subject of ["", "a\u0000b", "\uD800", "s".repeat(256)]) {
      assert.throws(() => decode({ subject, value: "1815-12-10T00:00:00.000Z" }))
    }
    assert.throws(() => decode({ subject: "a", value: "secret" }), /^(?!.*secret)/u)
  })

  it.effect.prop(
    "decodes what it encodes",
    [Arbitrary.schema(Personal.schema(Schema.Struct({ text: Schema.String, number: Schema.Option(Schema.BigInt) })))],
    ([personal]) =>
      Effect.gen(function* () {
        const codec = Schema.toCodecJson(
          Personal.schema(Schema.Struct({ text: Schema.String, number: Schema.Option(Schema.BigInt) }))
        )
        assert.isTrue(
          Equal.equals(yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(personal)), personal)
        )
      })
  )
})

interface Category {
  readonly name: string
  readonly owner?: Personal.Personal<string>
  readonly parts: ReadonlyArray<Category>
}

const tree = (fields: Schema.Struct.Fields): Schema.Codec<Category> => {
  const Tree: Schema.Codec<Category> = Schema.Struct({
    name: Schema.String,
    parts: Schema.Array(Schema.suspend(() => Tree)),
    ...fields
  }) as never
  return Tree
}

describe("a schema", () => {
  class Person extends Schema.Class<Person>("Person")({ name: Name }) {}

  it.each([
    ["itself", Name],
    ["in an event", DomainEvent.make("Registered", { name: Name })],
    ["in a list", Schema.Array(Name)],
    ["in a tuple", Schema.Tuple([Schema.Int, Name])],
    ["in a record", Schema.Record(Schema.String, Name)],
    ["in an option", Schema.Option(Name)],
    ["in a map", Schema.HashMap(Schema.String, Name)],
    ["in a key that may be absent", Schema.Struct({ name: Schema.optionalKey(Name) })],
    ["in a class", Person],
    ["with an annotation", Name.annotate({ description: "the name" })],
    ["in one of several cases", Schema.Union([Schema.String, Schema.Struct({ name: Name })])],
    ["in what contains itself", tree({ owner: Schema.optionalKey(Name) })],
    ["in a codec", Schema.toCodecJson(Schema.Struct({ name: Name }))]
  ])("knows that it contains personal values: %s", (_, schema) => {
    assert.isTrue(Personal.isIn(schema))
  })

  it("knows that it contains none", () => {
    for (const schema of [
      Schema.String,
      Schema.Json,
      DomainEvent.make("Placed", { subject: Schema.String, value: Schema.Option(Schema.BigInt) }),
      tree({})
    ]) {
      assert.isFalse(Personal.isIn(schema))
    }
  })
})
