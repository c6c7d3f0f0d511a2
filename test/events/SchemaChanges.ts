/**
 * How two JSON schemas of one stored shape differ.
 *
 * A change is harmless when everything stored before still reads as it did, and all that is new may be absent: a field
 * that is not required, another value in a list of values. Every other change breaks the shape. Words that only describe
 * (title, description, examples, default) and the names of definitions are no part of it.
 */
import type { Schema } from "effect"

/** The differences, each as the place and what is different there. */
export interface SchemaChanges {
  readonly harmless: ReadonlyArray<string>
  readonly breaking: ReadonlyArray<string>
}

type Node = Schema.JsonObject

const descriptions: ReadonlySet<string> = new Set(["title", "description", "examples", "default", "$comment"])

/** Compares two documents as `Schema.toJsonSchemaDocument` makes them. */
export const between = (before: Schema.Json, after: Schema.Json): SchemaChanges => {
  const [harmless, breaking] = [new Array<string>(), new Array<string>()]
  const seen = new Set<string>()

  const compare = (place: string, one: Schema.Json | undefined, other: Schema.Json | undefined): void => {
    const [left, right] = [resolve(before, one), resolve(after, other)]
    if (!isNode(left.node) || !isNode(right.node)) {
      if (!same(left.node, right.node)) breaking.push(`${place}: ${print(left.node)} has become ${print(right.node)}`)
      return
    }
    if (left.name !== undefined && right.name !== undefined) {
      // Schemas that contain themselves end here.
      const pair = `${left.name} ${right.name}`
      if (seen.has(pair)) return
      seen.add(pair)
    }
    for (const key of new Set([...Object.keys(left.node), ...Object.keys(right.node)])) {
      if (!descriptions.has(key)) compareKey(place, key, left.node, right.node)
    }
    // The same definition can stand in several places, and each is worth naming.
    seen.delete(`${left.name} ${right.name}`)
  }

  const compareKey = (place: string, key: string, left: Node, right: Node): void => {
    const [one, other] = [left[key], right[key]]
    switch (key) {
      case "properties":
        return compareFields(place, left, right)
      case "required":
        return
      case "enum": {
        if (!isList(one) || !isList(other)) break
        const gone = one.filter((value) => !other.some((each) => same(each, value)))
        const come = other.filter((value) => !one.some((each) => same(each, value)))
        if (gone.length > 0) breaking.push(`${place}: the values ${gone.map(print).join(", ")} are gone`)
        if (come.length > 0) harmless.push(`${place}: the values ${come.map(print).join(", ")} are new`)
        return
      }
      case "items":
      case "additionalProperties":
      case "not":
      case "propertyNames":
        return compare(`${place}/${key}`, one, other)
      case "anyOf":
      case "oneOf":
      case "allOf":
      case "prefixItems":
        if (isList(one) && isList(other) && one.length === other.length) {
          for (const [index, item] of one.entries()) compare(`${place}/${key}/${index}`, item, other[index])
          return
        }
    }
    if (!same(one, other)) breaking.push(`${place}: ${key} ${print(one)} has become ${print(other)}`)
  }

  const compareFields = (place: string, left: Node, right: Node): void => {
    const [fields, others] = [fieldsOf(left), fieldsOf(right)]
    const [required, othersRequired] = [requiredOf(left), requiredOf(right)]
    for (const name of new Set([...Object.keys(fields), ...Object.keys(others)])) {
      const field = `${place}/${name}`
      if (others[name] === undefined) breaking.push(`${field}: the field is gone`)
      else if (fields[name] === undefined) {
        if (othersRequired.has(name)) breaking.push(`${field}: the field is new and required`)
        else harmless.push(`${field}: the field is new and optional`)
      } else {
        if (required.has(name) !== othersRequired.has(name)) {
          breaking.push(`${field}: the field has become ${othersRequired.has(name) ? "required" : "optional"}`)
        }
        compare(field, fields[name], others[name])
      }
    }
  }

  compare("", rootOf(before), rootOf(after))
  return { harmless, breaking }
}

/** True for a JSON object. */
export const isNode = (json: Schema.Json | undefined): json is Node =>
  typeof json === "object" && json !== null && !Array.isArray(json)
/** True for a JSON array. */
export const isList = (json: Schema.Json | undefined): json is Schema.JsonArray => Array.isArray(json)

const at = (json: Schema.Json | undefined, key: string) => (isNode(json) ? json[key] : undefined)

const rootOf = (document: Schema.Json) => at(document, "schema")

/** The schema itself, and the name it was referred to by. A choice of one is that one. */
const resolve = (
  document: Schema.Json,
  json: Schema.Json | undefined
): { readonly node: Schema.Json | undefined; readonly name?: string } => {
  const reference = at(json, "$ref")
  const choice = at(json, "anyOf")
  if (isList(choice) && choice.length === 1) return resolve(document, choice[0])
  if (typeof reference !== "string") return { node: json }
  const name = reference.slice(reference.lastIndexOf("/") + 1)
  return { node: at(at(document, "definitions"), name), name }
}

const fieldsOf = ({ properties }: Node): Node => (isNode(properties) ? properties : {})
const requiredOf = ({ required }: Node): ReadonlySet<Schema.Json> => new Set(isList(required) ? required : [])

/** Equal as JSON, whatever the order of keys. */
export const same = (one: Schema.Json | undefined, other: Schema.Json | undefined): boolean => {
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
