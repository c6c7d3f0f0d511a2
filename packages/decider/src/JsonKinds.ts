/** What a schema makes of its values in JSON: the document that describes it, and the kinds of value it comes down to. */
import { Predicate, Result, Schema } from "effect"

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Json))

/** The JSON schema of a schema's JSON form, as data. */
export const jsonSchemaOf = (schema: Schema.Top): Schema.Json =>
  Result.getOrThrow(parse(JSON.stringify(Schema.toJsonSchemaDocument(Schema.toCodecJson(schema)))))

/**
 * The kinds of JSON value a schema can write: `string`, `integer`, `number`, `boolean`, `null`, `array`, `object`, and
 * `unknown` for what cannot be told.
 */
export const kindsOf = (schema: Schema.Top): ReadonlyArray<string> => {
  const document: unknown = jsonSchemaOf(schema)
  const definitions = property(document, "definitions")
  const visit = (part: unknown, above: ReadonlyArray<unknown>): ReadonlyArray<string> => {
    if (above.includes(part)) return ["unknown"]
    const inside = [...above, part]
    const reference = property(part, "$ref")
    if (Predicate.isString(reference)) {
      return visit(property(definitions, reference.slice(reference.lastIndexOf("/") + 1)), inside)
    }
    const choices = property(part, "anyOf") ?? property(part, "oneOf")
    if (Array.isArray(choices)) return choices.flatMap((choice: unknown) => visit(choice, inside))
    const type = property(part, "type")
    return Predicate.isString(type) ? [type] : ["unknown"]
  }
  return visit(property(document, "schema"), [])
}

const property = (value: unknown, name: string): unknown =>
  Predicate.isObject(value) && Object.hasOwn(value, name) && Predicate.hasProperty(value, name)
    ? value[name]
    : undefined
