/**
 * Reads a CSV file with a header into rows, by a schema per column, and says exactly where it is wrong.
 *
 * Columns are found by name, in any order; others are left alone. Every wrong cell of the file is reported, not just the
 * first; a file that is not CSV at all stops at the place where it breaks. Rows keep the line they begin on, which is not
 * the number of the row once a quoted cell has line breaks.
 */
import {
  Array,
  Effect,
  FileSystem,
  Path,
  type PlatformError,
  Predicate,
  Result,
  Schema,
  SchemaIssue,
  Stream
} from "effect"
import { Csv } from "effect/encoding"

/** One thing that is wrong with a file, and where: without a line it is the file, without a column the whole line. */
export const Flaw = Schema.Struct({
  file: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.String),
  /** What must hold, or what went wrong. */
  rule: Schema.String,
  /** What stands there instead. */
  found: Schema.optionalKey(Schema.String)
})
/** One thing that is wrong with a file, and where. */
export interface Flaw extends Schema.Schema.Type<typeof Flaw> {}

const shown = 20

/** Some files cannot be used. `flaws` has all that is wrong, the message the first twenty. */
export class FilesUnusable extends Schema.TaggedError<FilesUnusable>()("FilesUnusable", {
  folder: Schema.String,
  flaws: Schema.Array(Flaw)
}) {
  override get message() {
    const more = this.flaws.length - shown
    return [
      `The files in ${this.folder} cannot be used:`,
      ...this.flaws.slice(0, shown).map(describe),
      ...(more > 0 ? [`  and ${more} more`] : [])
    ].join("\n")
  }
}

const describe = ({ column, file, found, line, rule }: Flaw) => {
  const place = [file, ...(line === undefined ? [] : [`line ${line}`]), ...(column === undefined ? [] : [column])]
  return `  ${place.join(", ")}: ${rule}${found === undefined ? "" : `, not ${JSON.stringify(found)}`}`
}

/** A row and the line it begins on. */
export interface Row<A> {
  readonly line: number
  readonly value: A
}

/** The columns of a file: the schema of each, from the text of its cell. */
export type Columns = { readonly [name: string]: Schema.Codec<unknown, string> }

/** What the columns say. */
export type Cells<C extends Columns> = Schema.Struct<C>["Type"]

/** Reads `file` in `folder`. Fails with everything that is wrong with it. */
export const read = Effect.fn("CsvTable.read")(function* <const C extends Columns>(
  folder: string,
  file: string,
  columns: C
): Effect.fn.Return<ReadonlyArray<Row<Cells<C>>>, FilesUnusable, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const unusable = (...flaws: ReadonlyArray<Omit<Flaw, "file">>) =>
    new FilesUnusable({ folder, flaws: flaws.map((flaw) => ({ file, ...flaw })) })

  const records = yield* fs.stream(path.join(folder, file)).pipe(
    Stream.pipeThroughChannel(Csv.decode()),
    Stream.runCollect,
    Effect.mapError((error) => unusable(error._tag === "CsvError" ? syntax(error) : { rule: unreadable(error) }))
  )
  const [header, ...rows] = numbered(records)
  if (header === undefined) return yield* unusable({ line: 1, rule: "must be a header that names the columns" })
  const names = header.value
  const flaws = headerFlaws(names, Object.keys(columns))
  if (flaws.length > 0) return yield* unusable(...flaws)

  const decode = Schema.decodeUnknownResult(Schema.Struct(columns), { errors: "all" })
  const [right, wrong] = Array.partition(
    rows.filter(({ value }) => !(value.length === 1 && value[0] === "")),
    ({ line, value: cells }): Result.Result<Row<Cells<C>>, ReadonlyArray<Omit<Flaw, "file">>> => {
      if (cells.length !== names.length) {
        return Result.fail([{ line, rule: `must have ${names.length} cells, as the header has, not ${cells.length}` }])
      }
      const record = Object.fromEntries(names.map((name, index) => [name, cells[index]]))
      return Result.mapBoth(decode(record), {
        onFailure: ({ issue }) =>
          formatIssue(issue).issues.map(({ message, path: [column] = [] }) =>
            Predicate.isString(column)
              ? { line, column, rule: message, found: record[column] ?? "" }
              : { line, rule: message }
          ),
        onSuccess: (value) => ({ line, value })
      })
    }
  )
  return wrong.length > 0 ? yield* unusable(...wrong.flat()) : right
})

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const syntax = ({ column, line, message }: Csv.CsvError) => ({
  line,
  rule: `${message}${column === undefined ? "" : ` in cell ${column}`}`
})

const unreadable = ({ reason }: PlatformError.PlatformError) =>
  reason._tag === "NotFound" ? "there is no such file" : `it cannot be read: ${reason.message}`

const lineBreaks = /\r\n|\r|\n/gu

/** Records with the line each begins on: quoted cells may have line breaks. */
const numbered = (records: ReadonlyArray<Csv.Row>): ReadonlyArray<Row<Csv.Row>> => {
  let next = 1
  return records.map((value) => {
    const line = next
    next += 1 + value.reduce((breaks, cell) => breaks + (cell.match(lineBreaks)?.length ?? 0), 0)
    return { line, value }
  })
}

const headerFlaws = (names: Csv.Row, wanted: ReadonlyArray<string>): ReadonlyArray<Omit<Flaw, "file">> => [
  ...wanted
    .filter((column) => !names.includes(column))
    .map((column) => ({ line: 1, column, rule: "the header does not name this column" })),
  ...names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((column) => ({ line: 1, column, rule: "the header names this column twice" }))
]
