/**
 * A golden file: what one version of one event has written, and what it is read as.
 *
 * It keeps the shape of the version, and samples of stored events with what the codec of today makes of each. Samples
 * may be written by hand, with data from real life; what each is read as is filled in by `npm run golden`.
 */
import { DateTime, Effect, FileSystem, Option, Schema } from "effect"

/** What a sample is read as: the event in the form in which it would be written today. */
export const Expected = Schema.Struct({ schemaVersion: Schema.Int, data: Schema.Json })

/** A stored event, and what it is read as once that is known. */
export const Sample = Schema.Struct({
  occurredAt: Schema.DateTimeUtc,
  data: Schema.Json,
  expected: Schema.optionalKey(Expected)
})
/** A stored event, and what it is read as once that is known. */
export interface Sample extends Schema.Schema.Type<typeof Sample> {}

/** One version of one event. */
export const GoldenFile = Schema.Struct({
  type: Schema.String,
  schemaVersion: Schema.Int,
  samples: Schema.NonEmptyArray(Sample),
  /** The shape as a JSON schema. */
  schema: Schema.Json
})
/** One version of one event. */
export interface GoldenFile extends Schema.Schema.Type<typeof GoldenFile> {}

/** The highest version ever written, by the name of the event: it tells a file that has vanished from a new one. */
export const Names = Schema.Record(Schema.String, Schema.Int)
/** The highest version ever written, by the name of the event. */
export type Names = typeof Names.Type

/** The golden files of one context. */
export interface GoldenFolder {
  readonly names: Names
  /** By {@link fileName}. */
  readonly files: ReadonlyMap<string, GoldenFile>
}

/** The name of the list of names in a folder. */
export const namesFile = "names.json"

/** The name of the file of one version of an event. */
export const fileName = (type: string, version: number): string => `${type}.v${version}.json`

/** Reads a folder; one that is not there is empty. What else stands in it, `histories/` for example, is left alone. */
export const readFolder = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const entries = (yield* fs.exists(folder)) ? yield* fs.readDirectory(folder) : []
  const files = new Map<string, GoldenFile>()
  for (const name of entries.filter((entry) => /\.v\d+\.json$/u.test(entry)).toSorted()) {
    files.set(name, yield* parseFile(yield* fs.readFileString(`${folder}/${name}`)))
  }
  const names = entries.includes(namesFile) ? yield* parseNames(yield* fs.readFileString(`${folder}/${namesFile}`)) : {}
  const found: GoldenFolder = { names, files }
  return found
})

const parseFile = Schema.decodeEffect(Schema.fromJsonString(Schema.toCodecJson(GoldenFile)))
const parseNames = Schema.decodeEffect(Schema.fromJsonString(Names))

/** The text of a file. The schema takes one line: it is there to be compared, and is long. */
export const print = ({ samples, schema, schemaVersion, type }: GoldenFile): string => {
  const shown = samples.map(({ data, expected, occurredAt }) => ({
    occurredAt: DateTime.formatIso(occurredAt),
    data,
    ...Option.match(Option.fromNullishOr(expected), { onNone: () => ({}), onSome: (expected) => ({ expected }) })
  }))
  const head = JSON.stringify({ type, schemaVersion, samples: shown }, null, 2)
  return `${head.slice(0, -2)},\n  "schema": ${JSON.stringify(schema)}\n}\n`
}

/** The text of a list of names. */
export const printNames = (names: Names): string => {
  const sorted = Object.entries(names).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`
}
