/** Rows with a field of every kind, and the odd values that each of them can have. */
import { ReadModel } from "@eventfold/decider"
import { DateTime, Effect, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const Sku = Schema.String.pipe(Schema.brand("Sku"))
const Price = Schema.Struct({ amount: Schema.Int, currency: Schema.Literals(["EUR", "JPY"]) })
const Line = Schema.Struct({
  sku: Sku,
  quantity: Schema.Int,
  price: Price,
  note: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** A row with a field of every kind; the first three are its key. */
export const Wide = Schema.Struct({
  sku: Sku,
  number: Schema.Int,
  sealed: Schema.Boolean,
  text: Schema.String,
  status: Schema.Literals(["open", 'it\'s "closed"']),
  whole: Schema.Int,
  size: Schema.Finite,
  flag: Schema.Boolean,
  at: Schema.DateTimeUtc,
  tags: Schema.Array(Schema.String),
  price: Price,
  lines: Schema.Array(Line),
  byName: Schema.Record(Schema.String, Schema.Int),
  json: Schema.Json,
  maybe: Schema.optionalKey(Schema.NullOr(Schema.String)),
  maybeWhole: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  maybeAt: Schema.optionalKey(Schema.DateTimeUtc),
  nullText: Schema.NullOr(Schema.String),
  nullSize: Schema.NullOr(Schema.Finite),
  nullFlag: Schema.NullOr(Schema.Boolean),
  nullAt: Schema.NullOr(Schema.DateTimeUtc),
  nullTags: Schema.NullOr(Schema.Array(Schema.String)),
  nullPrice: Schema.NullOr(Price),
  // Names that are none in SQL, or mean something there.
  order: Schema.Int,
  'it\'s "odd"': Schema.Int
})
/** A row with a field of every kind. */
export interface Wide extends Schema.Schema.Type<typeof Wide> {}

/** A read model of such rows. */
export const wides = Effect.map(Scenario.name, (name) =>
  ReadModel.make({
    name,
    key: ["sku", "number", "sealed"],
    row: Wide,
    indexes: [["status", "whole"], ["nullAt"]]
  })
)

const [least, greatest] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
const odd = 'it\'s "odd" \\ % _ $1 {}\n\t\r äß\u0301\u{1f600}\ufffd'
const instant = (text: string) => DateTime.makeUnsafe(text)

const plain: Wide = {
  sku: Sku.make("a"),
  number: 0,
  sealed: false,
  text: "",
  status: "open",
  whole: 0,
  size: 0,
  flag: false,
  at: instant("1970-01-01T00:00:00.000Z"),
  tags: [],
  price: { amount: 0, currency: "EUR" },
  lines: [],
  byName: {},
  json: null,
  nullText: null,
  nullSize: null,
  nullFlag: null,
  nullAt: null,
  nullTags: null,
  nullPrice: null,
  order: 0,
  'it\'s "odd"': 0
}

const full: Wide = {
  sku: Sku.make(odd),
  number: greatest,
  sealed: true,
  text: odd,
  status: 'it\'s "closed"',
  whole: greatest,
  size: 0.1,
  flag: true,
  at: instant("2024-02-29T12:34:56.789Z"),
  tags: [odd, "", "null", "{}", ","],
  price: { amount: least, currency: "JPY" },
  lines: [
    { sku: Sku.make(odd), quantity: greatest, price: { amount: 1, currency: "EUR" }, note: odd },
    { sku: Sku.make(""), quantity: least, price: { amount: 0, currency: "JPY" }, note: null },
    { sku: Sku.make("a"), quantity: 1, price: { amount: 0, currency: "JPY" } }
  ],
  byName: { [odd]: 1, "": 2 },
  json: { deep: [1, [2, { [odd]: null }], 0.5, true, "1"] },
  maybe: odd,
  maybeWhole: least,
  maybeAt: instant("9999-12-31T23:59:59.999Z"),
  nullText: odd,
  nullSize: -1.7e308,
  nullFlag: false,
  nullAt: instant("0001-01-01T00:00:00.001Z"),
  nullTags: [],
  nullPrice: { amount: 1, currency: "EUR" },
  order: least,
  'it\'s "odd"': 1
}

/** Rows whose keys differ in one field at least: what each kind of field can hold at its ends. */
export const rows: ReadonlyArray<Wide> = [
  plain,
  full,
  { ...plain, sku: Sku.make(""), text: "null", maybe: null, maybeWhole: null },
  { ...plain, sealed: true, text: "NULL", maybe: "", nullText: "", json: "text" },
  { ...plain, number: 1, size: 5e-324, whole: -1, json: [] },
  { ...plain, number: -1, size: 1.7976931348623157e308, whole: least, json: 0 },
  { ...plain, number: least, size: 1 / 3, json: { "": {} }, nullTags: [""] },
  { ...plain, sku: Sku.make("A"), size: 2 ** 53, at: instant("1969-12-31T23:59:59.999Z") },
  { ...plain, sku: Sku.make("a "), size: -1e-7, text: " spaces ", tags: [" "] },
  { ...plain, sku: Sku.make("\u00e4"), text: "\u00e4" },
  { ...plain, sku: Sku.make("a\u0308"), text: "a\u0308" }
]
