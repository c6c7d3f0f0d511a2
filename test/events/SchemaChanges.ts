/**
 * Which differences between two JSON schemas of one stored shape break it.
 *
 * A change is harmless when everything stored before still reads as it did, and all that is new may be absent: a field
 * that is not required, another value in a list of values. Every other change breaks the shape.
 */
import * as SchemaDifferences from "@eventfold/messaging/SchemaDifferences"
import { Schema } from "effect"

/** A document as `Schema.toJsonSchemaDocument` makes them. */
const Document = Schema.Struct({
  schema: Schema.JsonObject,
  definitions: Schema.JsonObject
})

const read = Schema.decodeUnknownSync(Document)

/** The schema with what it refers to. */
const schemaOf = (document: Schema.Json): Schema.JsonObject => {
  const { definitions, schema } = read(document)
  return { ...schema, $defs: definitions }
}

const harmless: ReadonlySet<SchemaDifferences.Difference["kind"]> = new Set([
  "new-field",
  "unexpected-field",
  "new-word"
])

/** The differences that break the shape, each as the place and what is different there. */
export const breaking = (before: Schema.Json, after: Schema.Json): ReadonlyArray<string> =>
  SchemaDifferences.between(schemaOf(before), schemaOf(after))
    .filter(({ kind }) => !harmless.has(kind))
    .map(({ place, what }) => (place === "" ? what : `${place}: ${what}`))
