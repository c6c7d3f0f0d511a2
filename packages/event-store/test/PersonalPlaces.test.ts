/** Which parts of JSON are personal, and how sealed ones are told from what looks like them. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Personal } from "@eventfold/decider"
import { Arbitrary, Effect, Schema, SchemaTransformation } from "effect"
import { PersonalPlaces } from "../src/index.ts"

const Name = Personal.schema(Schema.String)
const lookAlike = { subject: "ada", value: "not personal" }
const personal = { subject: "ada", value: "Ada" }
const sealed: Schema.JsonObject = { "@personal": "1.1.a.b", subject: "ada" }

/** What is stored of JSON of a schema, with the sealed values of {@link sealed}. */
const stored = (schema: Schema.Top, json: Schema.Json) => {
  const places = PersonalPlaces.of(schema)
  return places.none ? json : PersonalPlaces.replaceKnown(places, json, () => sealed)
}

describe("the places of personal values", () => {
  it.each<[string, Schema.Top, Schema.Json, Schema.Json]>([
    ["the whole", Name, personal, sealed],
    [
      "a field",
      Schema.Struct({ name: Name, at: Schema.String }),
      { name: personal, at: "x" },
      { name: sealed, at: "x" }
    ],
    ["an item", Schema.Array(Name), [personal, personal], [sealed, sealed]],
    ["a part of a tuple", Schema.Tuple([Schema.Int, Name]), [1, personal], [1, sealed]],
    ["the rest of a tuple", Schema.TupleWithRest(Schema.Tuple([Schema.Int]), [Name]), [1, personal], [1, sealed]],
    ["a value of a record", Schema.Record(Schema.String, Name), { a: personal }, { a: sealed }],
    ["what an option holds", Schema.Option(Name), { _tag: "Some", value: personal }, { _tag: "Some", value: sealed }],
    ["a value of a map", Schema.HashMap(Schema.String, Name), [["a", personal]], [["a", sealed]]],
    ["one of several cases", Schema.NullOr(Name), personal, sealed]
  ])("are found as %s", (_, schema, json, expected) => {
    assert.deepStrictEqual(stored(schema, json), expected)
  })

  it("are found at any depth of a schema that contains itself", () => {
    interface Tree {
      readonly name: Personal.Personal<string>
      readonly parts: ReadonlyArray<Tree>
    }
    const Tree = Schema.Struct({
      name: Name,
      parts: Schema.Array(Schema.suspend((): Schema.Codec<Tree, unknown> => Tree as never))
    })
    const leaf = (name: Schema.Json) => ({ name, parts: [] })
    assert.deepStrictEqual(
      stored(Tree, { name: personal, parts: [leaf(personal), { name: personal, parts: [leaf(personal)] }] }),
      { name: sealed, parts: [leaf(sealed), { name: sealed, parts: [leaf(sealed)] }] }
    )
  })

  it("are not where JSON merely looks like a personal value", () => {
    const Like = Schema.Struct({ subject: Schema.String, value: Schema.String })
    assert.isTrue(PersonalPlaces.of(Like).none)
    const Both = Schema.Struct({
      name: Name,
      like: Like,
      free: Schema.Json,
      record: Schema.Record(Schema.String, Schema.String)
    })
    const json = { name: personal, like: lookAlike, free: [lookAlike, { deep: lookAlike }], record: lookAlike }
    assert.deepStrictEqual(stored(Both, json), { ...json, name: sealed })
  })

  it("are those of the case whose tag it is", () => {
    const Cases = Schema.TaggedUnion({
      Personal: { it: Name },
      Plain: { it: Schema.Struct({ subject: Schema.String, value: Schema.String }) }
    })
    assert.deepStrictEqual(stored(Cases, { _tag: "Plain", it: lookAlike }), { _tag: "Plain", it: lookAlike })
    assert.deepStrictEqual(stored(Cases, { _tag: "Personal", it: personal }), { _tag: "Personal", it: sealed })
  })

  it("are found in an event without its name and time, as it is stored", () => {
    const Registered = DomainEvent.make("Registered", { id: Schema.String, name: Name })
    assert.deepStrictEqual(stored(Registered, { id: "c-1", name: personal }), { id: "c-1", name: sealed })
  })

  it("hold what is redacted already as it is", () => {
    const gone = { subject: "ada", redacted: true }
    assert.deepStrictEqual(stored(Schema.Array(Name), [gone, personal]), [gone, sealed])
  })

  it("leave no work for a schema without personal values and free keys", () => {
    const event = DomainEvent.make("Placed", {
      id: Schema.String,
      lines: Schema.Array(Schema.Struct({ sku: Schema.String, n: Schema.BigInt }))
    })
    assert.isTrue(PersonalPlaces.of(event).none)
    assert.isFalse(PersonalPlaces.of(Schema.Struct({ free: Schema.Json })).none)
    assert.isFalse(PersonalPlaces.of(Schema.Struct({ "@personal": Schema.String })).none)
  })
})

describe("a personal value that cannot be sealed is refused where the program starts", () => {
  it("inside another one", () => {
    const nested = Personal.schema(Schema.Struct({ friend: Name }))
    assert.throws(() => PersonalPlaces.of(Schema.Struct({ nested })), "cannot stand inside a personal value")
  })

  it("inside text that the schema makes", () => {
    const inText = Schema.fromJsonString(Schema.toCodecJson(Schema.Struct({ name: Name })))
    assert.throws(() => PersonalPlaces.of(Schema.Struct({ inText })), "cannot be sealed inside a part of JSON")
  })

  it("but one that a schema takes apart for the program is fine", () => {
    const Shown = Schema.toCodecJson(Name).pipe(
      Schema.decodeTo(
        Schema.String,
        SchemaTransformation.transform({
          decode: (name: Personal.Personal<string>) => Personal.show(name),
          encode: (text) => Personal.of("ada", text)
        })
      )
    )
    assert.deepStrictEqual(stored(Schema.Struct({ Shown }), { Shown: personal }), { Shown: sealed })
  })
})

const reservedKey = Arbitrary.schema(Schema.Literals(["@personal", "@@personal", "@@@personal"]))
const forged = Arbitrary.map(
  Arbitrary.all([reservedKey, reservedKey, Arbitrary.schema(Schema.Json)]),
  ([outer, inner, json]): Schema.Json => ({
    [outer]: { [inner]: json, subject: "ada" },
    subject: "ada",
    json: [{ ...sealed }, json]
  })
)

describe("business JSON that looks like a sealed value", () => {
  const Free = Schema.Struct({ free: Schema.Json, name: Name })

  it.effect.prop("comes back as it was, and is never taken for one", [forged], ([free]) =>
    Effect.sync(() => {
      const json = { free, name: personal }
      const opened: Array<Schema.Json> = []
      const back = PersonalPlaces.replaceSealed(stored(Free, json), (it) => {
        opened.push(it)
        return personal
      })
      assert.deepStrictEqual(back, json)
      assert.deepStrictEqual(opened, [sealed])
    })
  )

  it("keeps keys that JavaScript treats in a special way", () => {
    const json = JSON.parse(
      '{"free":{"__proto__":{"@personal":1},"constructor":2},"name":{"subject":"ada","value":"Ada"}}'
    ) as Schema.Json
    const back = PersonalPlaces.replaceSealed(stored(Free, json), () => personal)
    assert.strictEqual(JSON.stringify(back), JSON.stringify(json))
  })
})
