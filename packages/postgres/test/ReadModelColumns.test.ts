/** How rows are laid out in columns: names, types, values that are refused, rows that are more than a struct. */
import { assert, describe, it } from "@effect/vitest"
import { ReadModel } from "@eventfold/decider"
import { DateTime, Schema } from "effect"
import { layoutOf } from "../src/ReadModelColumns.ts"
import { rowParameters, rowReader } from "../src/ReadModelRows.ts"
import { createTable, finishTable } from "../src/ReadModelTables.ts"
import { RowRefused } from "../src/ReadModelValues.ts"

const refusalOf = (compute: () => unknown) => {
  try {
    compute()
  } catch (error) {
    return error instanceof RowRefused ? [error.field, error.rule] : error
  }
  return "none"
}

describe("the columns of a read model", () => {
  it("are of the kinds of the fields, the key first, then by name", () => {
    const readModel = ReadModel.make({
      name: "things",
      key: ["id", "day"],
      row: Schema.Struct({
        whole: Schema.Int,
        size: Schema.Finite,
        seenAt: Schema.optionalKey(Schema.DateTimeUtc),
        id: Schema.String,
        day: Schema.String,
        flag: Schema.NullOr(Schema.Boolean),
        words: Schema.Array(Schema.String),
        labels: Schema.Array(Schema.String),
        price: Schema.Struct({ amount: Schema.Int }),
        maybe: Schema.optionalKey(Schema.NullOr(Schema.String))
      }),
      indexes: [["flag"], ["day", "whole"]],
      searchable: ["words"]
    })
    const layout = layoutOf(readModel)
    assert.deepStrictEqual(
      [createTable(layout, readModel, 3), ...finishTable(layout, readModel, 3)],
      [
        `create table eventfold_read."things__3" (tenant text collate "C" not null, "id" text collate "C" not null, ` +
          `"day" text collate "C" not null, "flag" boolean, "labels" text[] collate "C" not null, "maybe" text collate "C", "maybe_nothing" text collate "C", ` +
          `"price" json not null, "seen_at" timestamptz, "size" float8 not null, "whole" int8 not null, ` +
          `"words" text[] collate "C" not null, ` +
          `constraint exact_9 check ("whole" between -9007199254740991 and 9007199254740991), ` +
          `primary key (tenant, "id", "day"))`,
        `create index on eventfold_read."things__3" (tenant, "flag", "id", "day")`,
        `create index on eventfold_read."things__3" (tenant, "flag" desc nulls last, "id" desc, "day" desc)`,
        `create index on eventfold_read."things__3" (tenant, "day", "whole", "id")`,
        `create index on eventfold_read."things__3" using gin ("words")`,
        `analyze eventfold_read."things__3"`
      ]
    )
  })

  it("have names a database takes, each its own, whatever the fields are called", () => {
    const fields = ["id", "tenant", "ctid", "größe", "aB", "a_b", "select", "x".repeat(80), "1st", ""]
    const row = Schema.Struct(Object.fromEntries(fields.map((field) => [field, Schema.String])))
    const { columns } = layoutOf(ReadModel.make({ name: "odd", key: ["id"], row }))
    const names = columns.map(({ name }) => name)
    assert.strictEqual(new Set(names).size, fields.length)
    for (const name of names) assert.match(name, /^[a-z_][a-z0-9_]{0,62}$/u)
    assert.notInclude(names, "tenant")
    assert.notInclude(names, "ctid")
  })

  it("refuse what does not fit, and what a database cannot hold, by field and rule and without the value", () => {
    const row = Schema.Struct({
      id: Schema.String,
      whole: Schema.Int,
      at: Schema.DateTimeUtc,
      words: Schema.Array(Schema.String),
      notes: Schema.Struct({ text: Schema.String })
    })
    const layout = layoutOf(ReadModel.make({ name: "strict", key: ["id"], row }))
    const good = { id: "a", whole: 1, at: DateTime.makeUnsafe(0), words: ["b"], notes: { text: "c" } }
    const refused = (change: object) =>
      refusalOf(() => rowParameters(layout, [{ tenant: "main", row: { ...good, ...change } }]))
    assert.strictEqual(refused({}), "none")
    assert.deepStrictEqual(refused({ whole: 1.5 }), ["whole", "fits-its-schema"])
    assert.deepStrictEqual(refused({ whole: null }), ["whole", "fits-its-schema"])
    assert.deepStrictEqual(refused({ id: "secret\0" }), ["id", "can-be-stored"])
    assert.deepStrictEqual(refused({ id: "\ud800" }), ["id", "can-be-stored"])
    assert.deepStrictEqual(refused({ words: ["\0"] }), ["words", "can-be-stored"])
    assert.deepStrictEqual(refused({ notes: { text: "\udfff" } }), ["notes", "can-be-stored"])
    assert.deepStrictEqual(refused({ at: DateTime.makeUnsafe(-8e15) }), ["at", "can-be-stored"])
    assert.notInclude(new RowRefused({ readModel: "strict", field: "id", rule: "can-be-stored" }).message, "secret")
  })

  it("make rows of classes, and hold rows to the rules of the whole row", () => {
    class Thing extends Schema.Class<Thing>("Thing")({ id: Schema.String, least: Schema.Int, most: Schema.Int }) {
      get span() {
        return this.most - this.least
      }
    }
    const things = ReadModel.make({ name: "classes", key: ["id"], row: Thing })
    const made = rowReader(layoutOf(things), things)(["a", 1, 5], 0)
    assert.instanceOf(made, Thing)
    assert.strictEqual(made.span, 4)

    const row = Schema.Struct({ id: Schema.String, least: Schema.Int, most: Schema.Int }).check(
      Schema.makeFilter(({ least, most }) => least <= most || "least must not be above most")
    )
    const ruled = ReadModel.make({ name: "ruled", key: ["id"], row })
    const read = rowReader(layoutOf(ruled), ruled)
    assert.deepStrictEqual(read(["a", 1, 5], 0), { id: "a", least: 1, most: 5 })
    assert.deepStrictEqual(
      refusalOf(() => read(["a", 5, 1], 0)),
      ["row", "fits-its-schema"]
    )
  })
})
