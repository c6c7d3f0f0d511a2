/**
 * Whether a published message still says what it said: its JSON Schema as it was published, and as it is now.
 *
 * Guarantees: what `between` finds nothing in is read by those who know the schema that was published, and who know the one of
 * now read what was said before. So of a version that is published nothing changes but words that only describe, and fields that are
 * new and may be absent. Whatever else differs is found, each with its place.
 *
 * Gotchas: one word more in a list of words is a change, too: who knows the old list does not read it. Definitions are compared by what
 * they say, and not by their names. Keywords that are not known here must stay as they are.
 */
import { Schema } from "effect"
import * as SchemaDifferences from "./SchemaDifferences.ts"

/** A change that somebody who reads the message would not bear. */
export interface Change {
  /** Where it is, such as `lines[].quantity`; empty for all of it. */
  readonly place: string
  readonly what: string
}

/** A published message is said otherwise than it was, or not at all. */
export class PublishedSchemaChanged extends Schema.TaggedError<PublishedSchemaChanged>()("PublishedSchemaChanged", {
  type: Schema.String,
  changes: Schema.Array(Schema.Struct({ place: Schema.String, what: Schema.String })),
  /** What to do about it. */
  instead: Schema.String
}) {
  override get message() {
    const changes = this.changes.map(({ place, what }) => (place === "" ? what : `${place}: ${what}`))
    return `${this.type} is published, and must stay as it is: ${changes.join("; ")}. ${this.instead}`
  }
}

/** JSON Schemas by the types of messages. */
export type Documents = ReadonlyMap<string, Schema.JsonObject>

/** What must not happen to published messages: each with what to do instead. None when everybody is still understood. */
export const check = (published: Documents, now: Documents): ReadonlyArray<PublishedSchemaChanged> =>
  Array.from(published).flatMap(([type, before]) => {
    const after = now.get(type)
    if (after === undefined) {
      const changes = [{ place: "", what: "it is not declared any more" }]
      const instead = "Declare it again, and say it for as long as somebody reads it"
      return [new PublishedSchemaChanged({ type, changes, instead })]
    }
    const changes = between(before, after)
    const instead = `Leave it, and publish ${nextOf(type, [...published.keys(), ...now.keys()])} beside it`
    return changes.length === 0 ? [] : [new PublishedSchemaChanged({ type, changes, instead })]
  })

/** The type with the version after the highest there is of its name, among types. */
export const nextOf = (type: string, types: ReadonlyArray<string>): string => {
  const nameOf = (one: string) => one.replace(/\.v\d+$/u, "")
  const versions = types
    .filter((one) => nameOf(one) === nameOf(type))
    .map((one) => Number(one.slice(one.lastIndexOf(".v") + 2)))
  return `${nameOf(type)}.v${Math.max(...versions) + 1}`
}

/** Every change between two JSON Schemas (draft 2020-12) that somebody who reads the message would not bear. */
export const between = (before: Schema.JsonObject, after: Schema.JsonObject): ReadonlyArray<Change> =>
  SchemaDifferences.between(before, after).flatMap(({ kind, place, what }): ReadonlyArray<Change> => {
    switch (kind) {
      case "new-field":
        return []
      case "unexpected-field":
        return [{ place, what: `${what}, and those who read the message were promised that there is no other` }]
      case "new-word":
        return [{ place, what: `${what}, and nobody who reads it expects it` }]
      case "change":
        return [{ place, what }]
    }
  })
