/** How the values of a field travel to its column and back, made once per field. They are looked at on both ways. */
import { PgTypes } from "@effect/sql-pg"
import { kindsOf } from "@eventfold/decider/JsonKinds"
import * as QuickFit from "@eventfold/decider/QuickFit"
import { type Kind, ruleBrokenBy } from "@eventfold/decider/RowValue"
import { DateTime, Predicate, Result, Schema } from "effect"

/** A value that does not fit its field, or that no database can hold. The value itself is not told: it can be personal. */
export class RowRefused extends Schema.TaggedError<RowRefused>()("RowRefused", {
  readModel: Schema.String,
  field: Schema.String,
  rule: Schema.Literals(["fits-its-schema", "can-be-stored"])
}) {
  override get message() {
    return `a row of the read model ${this.readModel} has a value in ${this.field} that ${
      this.rule === "can-be-stored" ? "a database cannot hold" : "does not fit its schema"
    }`
  }
}

/** Where a value stands. */
export interface Place {
  readonly readModel: string
  readonly field: string
}

/** How values travel. Null and what is not there are left to the column. */
export interface Conversion {
  /** What the column holds; undefined where it is JSON. */
  readonly kind: Kind | undefined
  /** The type of the column in a table, with its collation. */
  readonly type: string
  /** The type of the elements of the array that values travel in, and what makes the column's value of such an element. */
  readonly parameter: { readonly oid: number; readonly type: string; readonly cast: string }
  /** What is selected of the column so that `decode` understands it. */
  readonly cast: string
  /** @throws RowRefused */
  readonly encode: (value: unknown) => unknown
  /** @throws RowRefused */
  readonly decode: (value: unknown) => unknown
}

/** What is known of a field. */
export interface FieldFacts extends Place {
  readonly schema: Schema.Codec<unknown, unknown>
  /** Undefined when nothing can be asked about it. */
  readonly kind: Kind | undefined
  /** Whether it stands in the key or in an index. */
  readonly compared: boolean
}

/** The conversion of a field; by its JSON form when it is of no kind. */
export const conversionOf = ({ compared, field, kind, readModel, schema }: FieldFacts): Conversion => {
  const place: Place = { readModel, field }
  const fits = fitting(schema)
  const checked = (value: unknown): unknown => {
    if (!fits(value)) throw new RowRefused({ ...place, rule: "fits-its-schema" })
    return value
  }
  const storable = (value: string): string => {
    if (value.includes("\0") || !value.isWellFormed()) throw new RowRefused({ ...place, rule: "can-be-stored" })
    return value
  }
  const misfit = () => new RowRefused({ ...place, rule: "fits-its-schema" })
  switch (kind) {
    case "text":
      return {
        kind,
        type: 'text collate "C"',
        parameter: { oid: PgTypes.OID.text, type: "text", cast: "" },
        cast: "",
        encode: (value) => {
          if (!Predicate.isString(value) || !fits(value)) throw misfit()
          return storable(value)
        },
        decode: checked
      }
    case "number": {
      const whole = kindsOf(Schema.toType(schema)).every((one) => one === "integer" || one === "null")
      return {
        kind,
        type: whole ? "int8" : "float8",
        // Numbers travel as float8, exact to 2^53, without a detour over big integers.
        parameter: { oid: PgTypes.OID.float8, type: "float8", cast: whole ? "::int8" : "" },
        cast: "::float8",
        encode: checked,
        decode: checked
      }
    }
    case "boolean":
      return {
        kind,
        type: "boolean",
        parameter: { oid: PgTypes.OID.bool, type: "boolean", cast: "" },
        cast: "",
        encode: checked,
        decode: checked
      }
    case "instant":
      return {
        kind,
        type: "timestamptz",
        parameter: { oid: PgTypes.OID.timestamptz, type: "timestamptz", cast: "" },
        cast: "",
        encode: (value) => {
          if (!DateTime.isDateTime(value) || !DateTime.isUtc(value) || !fits(value)) throw misfit()
          if (ruleBrokenBy(value) !== undefined) throw new RowRefused({ ...place, rule: "can-be-stored" })
          return value.epochMilliseconds
        },
        decode: (value) => {
          if (!Predicate.isDate(value)) throw misfit()
          return checked(DateTime.fromDateUnsafe(value))
        }
      }
    case "tokens":
      return {
        kind,
        type: 'text[] collate "C"',
        // An array of arrays must be rectangular, so each travels as its text.
        parameter: { oid: PgTypes.OID.text, type: "text", cast: "::text[]" },
        cast: "",
        encode: (value) => {
          if (!Array.isArray(value) || !fits(value)) throw misfit()
          return arrayText(value.map((token) => storable(String(token))))
        },
        decode: checked
      }
    case undefined:
      return asJson(schema, compared, misfit, storable)
  }
}

/** Text of the layers' own. */
export const plainText: Conversion = {
  kind: undefined,
  type: 'text collate "C"',
  parameter: { oid: PgTypes.OID.text, type: "text", cast: "" },
  cast: "",
  encode: (value) => value,
  decode: (value) => value
}

/** What is compared is kept as text: JSON itself has no order. */
const asJson = (
  schema: Schema.Codec<unknown, unknown>,
  compared: boolean,
  misfit: () => RowRefused,
  storable: (text: string) => string
): Conversion => {
  const codec = Schema.toCodecJson(schema)
  const [encode, decode] = [Schema.encodeUnknownResult(codec), Schema.decodeUnknownResult(codec)]
  return {
    kind: undefined,
    type: compared ? 'text collate "C"' : "json",
    parameter: { oid: PgTypes.OID.text, type: "text", cast: compared ? "" : "::json" },
    // As text: a JSON null is not the null of a column.
    cast: "::text",
    encode: (value) => {
      const json = Result.getOrThrowWith(encode(value), misfit)
      const text = JSON.stringify(json)
      // JSON could hold every text; but the same text is refused in every field.
      if (text.includes("\\u")) eachText(json, storable)
      return text
    },
    decode: (value) => {
      if (!Predicate.isString(value)) throw misfit()
      return Result.getOrThrowWith(decode(JSON.parse(value)), misfit)
    }
  }
}

const eachText = (json: unknown, visit: (text: string) => unknown): void => {
  if (Predicate.isString(json)) visit(json)
  else if (Array.isArray(json)) for (const part of json) eachText(part, visit)
  else if (Predicate.isObject(json)) eachText(Object.entries(json), visit)
}

/** The text PostgreSQL reads as an array of text. */
const arrayText = (values: ReadonlyArray<string>): string =>
  `{${values.map((value) => `"${value.replaceAll(/["\\]/gu, "\\$&")}"`).join(",")}}`

/** Whether a value that is there fits the schema. */
const fitting = (schema: Schema.Codec<unknown, unknown>): ((value: unknown) => boolean) => {
  const type = Schema.toType(schema)
  const [fitsQuickly, fits] = [QuickFit.ofType(type), Schema.is(type)]
  return (value) => fitsQuickly(value) || fits(value)
}
