/** The quick check of rows and keys: it accepts nothing that the schema does not, and what is ordinary it accepts. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, DateTime, Result, Schema, SchemaTransformation } from "effect"
import { Personal, ReadModel } from "../src/index.ts"
import * as QuickFit from "../src/QuickFit.ts"

const Lower = Schema.String.pipe(
  Schema.decodeTo(Schema.String.check(Schema.isPattern(/^[a-z]+_\d$/u)), SchemaTransformation.toLowerCase())
)
const Row = Schema.Struct({
  id: Lower,
  count: Schema.Int,
  weight: Schema.Finite,
  flag: Schema.Boolean,
  status: Schema.Literals(["a", "b", 3]),
  maybe: Schema.optionalKey(Schema.String),
  also: Schema.optional(Schema.NullOr(Schema.Natural)),
  at: Schema.DateTimeUtc,
  list: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString })).check(Schema.isMaxLength(2))
})
const [quick, fits] = [QuickFit.ofType(Row), Schema.is(Row)]
const row: typeof Row.Type = {
  id: "a_1",
  count: 1,
  weight: 0.5,
  flag: true,
  status: 3,
  at: DateTime.makeUnsafe(0),
  list: [{ name: "x" }]
}

/** Values of which some stand in a row by right, and most do not. */
const values = [
  undefined,
  null,
  true,
  0,
  -1,
  0.5,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  "",
  "a",
  "a_1",
  "A_1",
  3,
  DateTime.makeUnsafe(0),
  DateTime.makeZonedUnsafe(0, { timeZone: "Europe/Berlin" }),
  [],
  [{ name: "" }],
  [{ name: "x" }, { name: "y" }, { name: "z" }],
  [undefined],
  {},
  { name: "x" }
]

describe("the quick check", () => {
  it("accepts just what the schema does, field by field, and what has more fields", () => {
    assert.isTrue(quick(row))
    assert.isTrue(quick({ ...row, maybe: "", also: undefined, more: 1 }))
    for (const field of Object.keys(Row.fields)) {
      const without = Object.fromEntries(Object.entries(row).filter(([name]) => name !== field))
      assert.strictEqual(quick(without), fits(without), `without ${field}`)
      for (const value of values) {
        const changed = { ...row, [field]: value }
        assert.strictEqual(quick(changed), fits(changed), `${field}: ${JSON.stringify(value)}`)
      }
    }
    for (const value of values) assert.strictEqual(quick(value), fits(value))
    assert.isFalse(quick(Object.create(row)), "only fields of its own count")
  })

  it("leaves to the schema what it does not know", () => {
    const others = [
      Personal.schema(Schema.String),
      Schema.Option(Schema.String),
      Schema.Record(Schema.String, Schema.Int),
      Schema.Tuple([Schema.String]),
      Schema.Struct({})
    ]
    for (const schema of others) for (const value of values) assert.isFalse(QuickFit.ofType(schema)(value))
    const one = Schema.Union([Schema.Int, Schema.Finite], { mode: "oneOf" })
    assert.isFalse(QuickFit.ofType(one)(1))
  })

  it.prop(
    "accepts every row the schema makes",
    { made: Arbitrary.schema(Row) },
    ({ made }) => assert.isTrue(quick(made)),
    { arbitrary: { runs: 200 } }
  )
})

describe("the JSON form of a key", () => {
  const schemas = [Lower, Schema.String, Schema.Int, Schema.Boolean, Schema.Literals(["a", 3]), Schema.DateTimeUtc]

  it("is what the codec of the field writes, or is left to it", () => {
    for (const schema of schemas) {
      const write = Schema.encodeUnknownResult(Schema.toCodecJson(schema))
      for (const value of values) {
        const json = QuickFit.keyJson(schema)(value)
        if (json !== undefined) assert.deepStrictEqual(Result.getOrThrow(write(value)), json)
      }
    }
    assert.strictEqual(QuickFit.keyJson(Lower)("a_1"), "a_1")
    assert.isUndefined(QuickFit.keyJson(Schema.DateTimeUtc)(DateTime.makeUnsafe(0)))
  })

  it("names rows as it does without being quick", () => {
    const things = ReadModel.make({ name: "things", key: ["id", "count", "flag", "at"], row: Row })
    assert.strictEqual(things.idOf("main", row), '["main","a_1",1,true,"1970-01-01T00:00:00.000Z"]')
    const quickly = ReadModel.make({ name: "things", key: ["id", "count", "flag"], row: Row })
    assert.strictEqual(quickly.idOf("main", row), '["main","a_1",1,true]')
    assert.deepStrictEqual(quickly.keyFrom({ id: "A_1", count: 1, flag: true }), { id: "a_1", count: 1, flag: true })
    assert.deepStrictEqual(quickly.keyFrom({ id: "a_1", count: 1, flag: true }), { id: "a_1", count: 1, flag: true })
    assert.throws(
      () => quickly.keyFrom({ id: "a_1", count: 0.5, flag: true }),
      "the key of a row of things does not fit"
    )
    assert.throws(() => quickly.keyFrom({ id: "a_1" }), "the key of a row of things does not fit")
    assert.throws(() => quickly.idOf("main", { ...row, id: "A" }), "the key of a row of things does not fit")
    assert.throws(() => quickly.keyOf({ ...row, count: 0.5 }), "the key of a row of things does not fit its schema")
  })
})
