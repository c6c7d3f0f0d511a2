/**
 * How two JSON Schemas (draft 2020-12) of one shape differ. What a difference means to those who keep or read what has the
 * shape, they judge themselves: `SchemaCompatibility` does for messages.
 *
 * Guarantees: everything that differs is found, each with its place, but for words that only describe. Definitions are
 * compared by what they say, and not by their names; schemas that contain themselves end.
 *
 * Gotcha: keywords that are not known here must be the same, to the letter.
 */
import { Equal, type Schema } from "effect"

/** A difference. */
export interface Difference {
  /** Where it is, such as `lines[].quantity`; empty for all of it. */
  readonly place: string
  /**
   * `new-word`: a list has words that it had not; `new-field`: there is a field more, which may be absent; `unexpected-field`:
   * so there is where it was said that there is no other; `change`: whatever else.
   */
  readonly kind: "new-word" | "new-field" | "unexpected-field" | "change"
  readonly what: string
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

/** Every difference between two JSON Schemas. */
export const between = (before: Schema.JsonObject, after: Schema.JsonObject): ReadonlyArray<Difference> => {
  const found: Array<Difference> = []
  const open = new Set<string>()
  const tell = (place: string, what: string, kind: Difference["kind"] = "change") =>
    void found.push({ place, kind, what })

  const compare = (place: string, one: Schema.Json | undefined, other: Schema.Json | undefined): void => {
    const [left, right] = [resolve(before, one), resolve(after, other)]
    if (!isNode(left.node) || !isNode(right.node)) {
      if (!Equal.equals(left.node, right.node)) tell(place, `${print(left.node)} has become ${print(right.node)}`)
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
      case "prefixItems":
        if (!isList(one) || !isList(other) || one.length !== other.length) break
        for (const [index, part] of one.entries()) compare(`${place}[${index}]`, part, other[index])
        return
      case "anyOf":
      case "oneOf":
      case "allOf": {
        const [parts, others] = [partsOf(one), partsOf(other)]
        if (parts.length !== others.length) break
        for (const [index, part] of parts.entries()) compare(place, part, others[index])
        return
      }
    }
    if (!Equal.equals(one, other)) tell(place, `${key} ${print(one)} has become ${print(other)}`)
  }

  const compareWords = (place: string, words: Schema.JsonArray, others: Schema.JsonArray): void => {
    const gone = words.filter((word) => !others.some((each) => Equal.equals(each, word)))
    const come = others.filter((word) => !words.some((each) => Equal.equals(each, word)))
    if (gone.length > 0) tell(place, `${gone.map(print).join(", ")} is not in the list any more`)
    if (come.length > 0) tell(place, `${come.map(print).join(", ")} is new`, "new-word")
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
      else tell(field, "the field is new", left["additionalProperties"] === false ? "unexpected-field" : "new-field")
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

const print = (json: Schema.Json | undefined): string => (json === undefined ? "nothing" : JSON.stringify(json))
