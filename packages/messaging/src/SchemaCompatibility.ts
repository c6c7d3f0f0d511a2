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

/** The version after the highest there is of the name. */
const nextOf = (type: string, types: ReadonlyArray<string>): string => {
  const nameOf = (one: string) => one.replace(/\.v\d+$/u, "")
  const versions = types
    .filter((one) => nameOf(one) === nameOf(type))
    .map((one) => Number(one.slice(one.lastIndexOf(".v") + 2)))
  return `${nameOf(type)}.v${Math.max(...versions) + 1}`
}

/** What only describes. */
const descriptions: ReadonlySet<string> = new Set([
  "title",
  "description",
  "examples",
  "default",
  "deprecated",
  "$comment"
])

/** Every change between two JSON Schemas (draft 2020-12) that somebody who reads the message would not bear. */
export const between = (before: Schema.JsonObject, after: Schema.JsonObject): ReadonlyArray<Change> => {
  const found: Array<Change> = []
  const open = new Set<string>()
  const tell = (place: string, what: string) => void found.push({ place, what })

  const compare = (place: string, one: Schema.Json | undefined, other: Schema.Json | undefined): void => {
    const [left, right] = [resolve(before, one), resolve(after, other)]
    if (!isNode(left.node) || !isNode(right.node)) {
      if (!same(left.node, right.node)) tell(place, `${print(left.node)} has become ${print(right.node)}`)
      return
    }
    // Schemas that contain themselves end here.
    const pair = `${left.name} ${right.name}`
    const named = left.name !== undefined && right.name !== undefined
    if (named && open.has(pair)) return
    if (named) open.add(pair)
    for (const key of new Set([...Object.keys(left.node), ...Object.keys(right.node)])) {
      if (!descriptions.has(key) && key !== "$defs") compareKey(place, key, left.node, right.node)
    }
    if (named) open.delete(pair)
  }

  const compareKey = (place: string, key: string, left: Schema.JsonObject, right: Schema.JsonObject): void => {
    const [one, other] = [left[key], right[key]]
    switch (key) {
      case "properties":
        return compareFields(place, left, right)
      case "required":
        return
      case "enum":
        if (isList(one) && isList(other)) return compareWords(place, one, other)
        break
      case "items":
        if (one !== undefined && other !== undefined) return compare(`${place}[]`, one, other)
        break
      case "additionalProperties":
        if (isNode(one) && isNode(other)) return compare(`${place}.*`, one, other)
        break
      case "anyOf":
      case "oneOf":
      case "allOf": {
        const [parts, others] = [partsOf(one), partsOf(other)]
        if (parts.length !== others.length) break
        for (const [index, part] of parts.entries()) compare(place, part, others[index])
        return
      }
    }
    if (!same(one, other)) tell(place, `${key} ${print(one)} has become ${print(other)}`)
  }

  const compareWords = (place: string, words: Schema.JsonArray, others: Schema.JsonArray): void => {
    const gone = words.filter((word) => !others.some((each) => same(each, word)))
    const come = others.filter((word) => !words.some((each) => same(each, word)))
    if (gone.length > 0) tell(place, `${gone.map(print).join(", ")} cannot be said any more`)
    if (come.length > 0) tell(place, `${come.map(print).join(", ")} is new, and nobody who reads it expects it`)
  }

  const compareFields = (place: string, left: Schema.JsonObject, right: Schema.JsonObject): void => {
    const [fields, others] = [fieldsOf(left), fieldsOf(right)]
    const [required, othersRequired] = [requiredOf(left), requiredOf(right)]
    for (const name of new Set([...Object.keys(fields), ...Object.keys(others)])) {
      const field = place === "" ? name : `${place}.${name}`
      if (others[name] === undefined) tell(field, "the field is gone")
      else if (fields[name] !== undefined) {
        if (required.has(name) !== othersRequired.has(name)) {
          tell(field, `the field has become ${othersRequired.has(name) ? "required" : "optional"}`)
        }
        compare(field, fields[name], others[name])
      } else if (othersRequired.has(name)) tell(field, "the field is new and required")
      else if (left["additionalProperties"] === false) {
        tell(field, "the field is new, and those who read the message were promised that there is no other")
      }
    }
  }

  compare("", before, after)
  return found
}

const isNode = (json: Schema.Json | undefined): json is Schema.JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)
const isList = (json: Schema.Json | undefined): json is Schema.JsonArray => Array.isArray(json)

/**
 * The schema itself, and the name it was referred to by. What a reference says beside that counts, too. A choice of one is that
 * one.
 */
const resolve = (document: Schema.JsonObject, json: Schema.Json | undefined): Resolved => {
  if (!isNode(json)) return { node: json, name: undefined }
  const { anyOf, ...chosen } = json
  if (isList(anyOf) && anyOf.length === 1 && isNode(anyOf[0])) return resolve(document, { ...anyOf[0], ...chosen })
  const { $ref: reference, ...beside } = json
  if (typeof reference !== "string") return { node: json, name: undefined }
  const name = reference.replace(/^#\/\$defs\//u, "")
  const definitions = document["$defs"]
  const { node } = resolve(document, isNode(definitions) ? definitions[name] : undefined)
  return { node: isNode(node) ? { ...node, ...beside } : node, name }
}
interface Resolved {
  readonly node: Schema.Json | undefined
  readonly name: string | undefined
}

/** The schemas of a list, without those that only describe. */
const partsOf = (json: Schema.Json | undefined): ReadonlyArray<Schema.Json> =>
  isList(json) ? json.filter((part) => !isNode(part) || Object.keys(part).some((key) => !descriptions.has(key))) : []

const fieldsOf = ({ properties }: Schema.JsonObject): Schema.JsonObject => (isNode(properties) ? properties : {})
const requiredOf = ({ required }: Schema.JsonObject): ReadonlySet<Schema.Json> =>
  new Set(isList(required) ? required : [])

/** Equal as JSON, whatever the order of keys. */
const same = (one: Schema.Json | undefined, other: Schema.Json | undefined): boolean => {
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index]))
  }
  if (isNode(one) && isNode(other)) {
    const [keys, others] = [Object.keys(one), Object.keys(other)]
    return keys.length === others.length && keys.every((key) => key in other && same(one[key], other[key]))
  }
  return one === other
}

const print = (json: Schema.Json | undefined): string => (json === undefined ? "nothing" : JSON.stringify(json))
