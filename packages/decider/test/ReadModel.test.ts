/** Read models: what is refused where one is declared, how rows are named, and what the fingerprint notices. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Equal, Schema } from "effect"
import { Personal, ReadModel, Rows } from "../src/index.ts"

const Row = Schema.Struct({
  id: Schema.String,
  place: Schema.Int,
  day: Schema.DateTimeUtc,
  owner: Schema.optionalKey(Schema.String),
  tags: Schema.Array(Schema.String),
  weight: Schema.Finite,
  name: Personal.schema(Schema.String)
})
const declared = { name: "things_2", key: ["id"], row: Row } as const

/** The field and the rule of the refusal to declare a read model. */
const refusalOf = (declare: () => unknown): readonly [field: string, rule: string] => {
  try {
    declare()
  } catch (error) {
    assert.instanceOf(error, ReadModel.ReadModelNotUsable)
    assert.include(error.message, `${error.field} ${error.rule}`)
    return [error.field, error.rule]
  }
  return assert.fail("the read model was declared, though it should not")
}

describe("declaring a read model", () => {
  it("takes its parts, with no indexes, no search and version 1 when they are left out", () => {
    const { indexes, key, name, searchable, version } = ReadModel.make(declared)
    assert.deepStrictEqual([name, key, indexes, searchable, version], ["things_2", ["id"], [], [], 1])
    ReadModel.make({
      ...declared,
      key: ["day", "place"],
      indexes: [["owner", "day"], ["weight"]],
      searchable: ["tags"]
    })
  })

  it("refuses a name that is no name of a table", () => {
    const rule = "must be 1 to 48 lower-case letters, digits or '_'"
    for (const name of ["", "Things", "thing-s", "ä", "a b", "a\n", "a".repeat(49)]) {
      assert.deepStrictEqual(
        refusalOf(() => ReadModel.make({ ...declared, name })),
        ["name", rule]
      )
    }
    assert.strictEqual(ReadModel.make({ ...declared, name: "a".repeat(48) }).name.length, 48)
  })

  it("refuses a version that is no positive integer", () => {
    for (const version of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      assert.deepStrictEqual(
        refusalOf(() => ReadModel.make({ ...declared, version })),
        ["version", "must be a positive integer"]
      )
    }
  })

  it("refuses a key that is empty, repeated, not there, optional or no single value", () => {
    const of = (...key: ReadonlyArray<string>) =>
      // A program that was not type-checked.
      refusalOf(() => ReadModel.make({ ...declared, key: key as ReadonlyArray<"id"> }))
    assert.deepStrictEqual(of(), ["the key", "must have at least one field"])
    assert.deepStrictEqual(of("id", "place", "id"), ["id", "must stand once only in the key"])
    assert.deepStrictEqual(of("nothing"), ["nothing", "is no field of the row, and stands in the key"])
    assert.deepStrictEqual(of("toString"), ["toString", "is no field of the row, and stands in the key"])
    assert.deepStrictEqual(of("owner"), ["owner", "must not be optional, and stands in the key"])
    for (const field of ["tags", "weight", "name"]) {
      assert.deepStrictEqual(of(field), [field, "must be text, a whole number or a boolean, and stands in the key"])
    }
  })

  it("refuses an index over what is not there, what is no single value, nothing, or the same as another", () => {
    const of = (...indexes: ReadonlyArray<ReadonlyArray<string>>) =>
      refusalOf(() => ReadModel.make({ ...declared, indexes: indexes as ReadonlyArray<ReadonlyArray<"id">> }))
    assert.deepStrictEqual(of(["day"], ["id", "gone"]), [
      "gone",
      "is no field of the row, and stands in the index over id, gone"
    ])
    assert.deepStrictEqual(of(["tags"]), ["tags", "must be one value in JSON, and stands in the index over tags"])
    assert.deepStrictEqual(of(["name"]), ["name", "must be one value in JSON, and stands in the index over name"])
    assert.deepStrictEqual(of(["id", "id"]), ["id", "must stand once only in the index over id, id"])
    assert.deepStrictEqual(of([]), ["the index over ", "must have at least one field"])
    assert.deepStrictEqual(of(["id", "day"], ["day"], ["id", "day"]), [
      "the index over id, day",
      "must be declared once only"
    ])
  })

  it("refuses to search in what are no search tokens", () => {
    const of = (...searchable: ReadonlyArray<"id" | "tags" | "owner" | "name">) =>
      refusalOf(() => ReadModel.make({ ...declared, searchable }))
    const rule = "must be an array of search tokens, and stands in the search"
    assert.deepStrictEqual(of("tags", "owner"), ["owner", rule])
    assert.deepStrictEqual(of("name"), ["name", rule])
    assert.deepStrictEqual(of("tags", "tags"), ["tags", "must stand once only in the search"])
  })

  it("lets nobody ask for what is not declared searchable", () => {
    const fieldOf = (...searchable: ReadonlyArray<"tags">) =>
      Rows.of(ReadModel.make({ ...declared, searchable })).field("tags")
    assert.deepStrictEqual(fieldOf("tags"), { name: "tags", kind: "tokens", nullable: false })
    assert.throws(() => fieldOf(), "Nothing can be asked about the field tags of things_2")
  })

  it("refuses two read models of one name in a program", () => {
    const [one, other] = [ReadModel.make(declared), ReadModel.make({ ...declared, name: "others" })]
    assert.deepStrictEqual(ReadModel.distinct([one, other]), [one, other])
    assert.deepStrictEqual(
      refusalOf(() => ReadModel.distinct([one, other, ReadModel.make({ ...declared, key: ["place"] })])),
      ["name", "must be given to one read model only"]
    )
  })
})

describe("a row", () => {
  const days = ReadModel.make({ ...declared, key: ["day", "id"] })
  const day = DateTime.makeUnsafe("2024-05-01T10:00:00Z")

  it("is named by its tenant and the JSON forms of its key, in the order of the key", () => {
    assert.strictEqual(days.idOf("main", { id: "a", day }), '["main","2024-05-01T10:00:00.000Z","a"]')
    assert.notStrictEqual(days.idOf("main", { id: "a", day }), days.idOf("other", { id: "a", day }))
    // What is joined without marks would be the same.
    const pairs = ReadModel.make({ ...declared, key: ["id", "place"] })
    assert.notStrictEqual(pairs.idOf("a", { id: "b,1", place: 2 }), pairs.idOf("a", { id: "b", place: 12 }))
    assert.throws(() => pairs.idOf("a", { id: "b", place: 0.5 }))
  })

  it("has its key taken out of it, and made of JSON", () => {
    const row = { id: "a", day, tags: ["x"] }
    assert.deepStrictEqual(days.keyOf(row), { id: "a", day })
    assert.isTrue(Equal.equals(days.keyFrom({ id: "a", day: "2024-05-01T10:00:00Z" }), { id: "a", day }))
    assert.throws(() => days.keyFrom({ id: "a", day: "some day" }), "the key of a row of things_2 does not fit")
  })
})

describe("the fingerprint of a read model", () => {
  const of = ReadModel.fingerprint
  const full = { ...declared, indexes: [["owner"], ["day", "id"]], searchable: ["tags"] } as const
  const base = of(ReadModel.make(full))

  it("is the same for the same declaration, whatever the order of its indexes", () => {
    const again = ReadModel.make({ ...full, indexes: [["day", "id"], ["owner"]], version: 1 })
    assert.deepStrictEqual(of(again), base)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(base)), base)
  })

  it("is another one for another name, version, key, row, index or search", () => {
    const others = [
      of(ReadModel.make({ ...full, name: "other" })),
      of(ReadModel.make({ ...full, version: 2 })),
      of(ReadModel.make({ ...full, key: ["id", "place"] })),
      of(ReadModel.make({ ...full, indexes: [["owner"], ["id", "day"]] })),
      of(ReadModel.make({ ...full, indexes: [["owner"]] })),
      of(ReadModel.make({ ...full, searchable: [] })),
      of(ReadModel.make({ ...full, row: Schema.Struct({ ...Row.fields, place: Schema.Natural }) })),
      of(ReadModel.make({ ...full, row: Schema.Struct({ ...Row.fields, more: Schema.optionalKey(Schema.Int) }) }))
    ].map((one) => JSON.stringify(one))
    assert.notInclude(others, JSON.stringify(base))
    assert.strictEqual(new Set(others).size, others.length)
  })
})
