/**
 * Where a page ended, as opaque text: the values by which its last row is sorted, and of what question it was a page.
 *
 * Gotcha: it is no secret. Whoever has it can read the values in it, which are values of a row they were shown.
 */
import { Result, Schema } from "effect"
import { Base64Url } from "effect/encoding"
import { fromJson, ruleBrokenBy, type Scalar, toJson } from "./RowValue.ts"
import type { SortTerm } from "./Sorting.ts"
import type { Node } from "./Specification.ts"

/**
 * A cursor that cannot be used here. `rule` says why: the text is no cursor, or it was handed out for other rows, for
 * another sort, or for another specification.
 */
export class CursorRefused extends Schema.TaggedError<CursorRefused>()("CursorRefused", {
  field: Schema.Literal("after"),
  rule: Schema.Literals(["a-cursor", "of-these-rows", "of-this-sort", "of-this-specification"])
}) {
  override get message() {
    return `after: must be ${words[this.rule]}`
  }
}

const words = {
  "a-cursor": "a cursor, as a page has answered it",
  "of-these-rows": "a cursor of these rows",
  "of-this-sort": "a cursor of the same sort",
  "of-this-specification": "a cursor of the same specification"
} as const

/** What a page was asked for: whose cursors it takes. */
export interface Question {
  readonly rows: string
  readonly order: ReadonlyArray<SortTerm<never>>
  readonly where: Node
}

const Content = Schema.fromJsonString(
  Schema.Struct({
    rows: Schema.String,
    sort: Schema.String,
    where: Schema.String,
    place: Schema.Array(Schema.Union([Schema.String, Schema.Boolean, Schema.Null]))
  })
)

/** The cursor of a place. */
export const encode = ({ order, rows, where }: Question, place: ReadonlyArray<Scalar | null>): string =>
  Base64Url.encode(
    JSON.stringify({ rows, sort: fingerprint(order), where: fingerprint(where), place: place.map(toJson) })
  )

const read = (text: string) =>
  Result.flatMap(Base64Url.decodeString(text), (json) => Schema.decodeResult(Content)(json))

/** The place a cursor stands for, when it was handed out for the same question. */
export const decode = (
  { order, rows, where }: Question,
  cursor: string
): Result.Result<ReadonlyArray<Scalar | null>, CursorRefused> => {
  const refuse = (rule: CursorRefused["rule"]) => Result.fail(new CursorRefused({ field: "after", rule }))
  const content = read(cursor)
  if (Result.isFailure(content)) return refuse("a-cursor")
  const found = content.success
  if (found.rows !== rows) return refuse("of-these-rows")
  if (found.sort !== fingerprint(order)) return refuse("of-this-sort")
  if (found.where !== fingerprint(where)) return refuse("of-this-specification")
  const place: Array<Scalar | null> = []
  for (const [index, { field }] of order.entries()) {
    const json = found.place[index]
    const value = json === null && field.nullable ? null : fromJson(field.kind, json)
    if (value === undefined || (value !== null && ruleBrokenBy(value) !== undefined)) return refuse("a-cursor")
    place.push(value)
  }
  return found.place.length === order.length ? Result.succeed(place) : refuse("a-cursor")
}

/** 64 bits that tell data from other data (FNV-1a over UTF-16 units): enough for mistakes, which is what it is for. */
const fingerprint = (data: unknown): string => {
  let hash = 0xcbf29ce484222325n
  const text = JSON.stringify(data, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value
  )
  for (let at = 0; at < text.length; at++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n)
  }
  return hash.toString(36)
}
