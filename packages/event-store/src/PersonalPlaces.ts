/**
 * Where personal values stand in JSON, and how sealed ones are told from everything else.
 *
 * Sealing is led by the schema that has just encoded the JSON, so what merely looks like a personal value stays as it is.
 * A sealed value is an object with the key `@personal`. Any other key that could be taken for it gets one more `@`
 * when JSON is sealed and loses it when it is opened; so sealed values are found without a schema, also in events of
 * a shape that no schema describes any more, and nobody can forge one.
 *
 * A schema without personal values and without room for keys of any name leaves no work: see {@link Places.none}.
 *
 * Gotcha: where a schema allows either a personal value or an untagged object of the same form, it is taken for personal.
 */
import { Personal } from "@eventfold/decider"
import { Predicate, Schema, SchemaAST } from "effect"
import { isJsonObject } from "./Json.ts"

/** A value as it is stored: `@personal` is the ciphertext. */
export interface SealedJson {
  readonly "@personal": string
  readonly subject: string
}

/** The places of personal values in the JSON of one schema. */
export interface Places {
  /** True when JSON of this schema is stored as it is: it needs neither {@link replaceKnown} nor {@link replaceSealed}. */
  readonly none: boolean
  /** What can stand at the root. */
  readonly root: Shape
}

/** What can stand at a place: one of these; nothing when there is no work. */
export type Shape = ReadonlyArray<Case>

type Case =
  | { readonly _tag: "Personal" }
  | { readonly _tag: "Anything" }
  | { readonly _tag: "Array"; readonly items: (index: number) => Shape }
  | {
      readonly _tag: "Object"
      readonly field: (key: string) => Shape
      /** What some fields must be for this case to be the one, if they are there: stored events come without their name. */
      readonly literals: ReadonlyArray<readonly [key: string, value: SchemaAST.LiteralValue]>
    }

/**
 * Finds the places of a schema. The first time takes long: ask where a program starts.
 *
 * @throws Error when a personal value could not be sealed: inside another one, or inside text made by the schema.
 */
export const of = (schema: Schema.Top): Places => {
  const known = found.get(schema.ast)
  if (known !== undefined) return known
  const places = find(schema)
  found.set(schema.ast, places)
  return places
}

/** The same schema has the same places: who asks for each message again need not wait again. */
const found = new WeakMap<SchemaAST.AST, Places>()

const find = (schema: Schema.Top): Places => {
  const codec = Schema.toCodecJson(schema).ast
  refuseHidden(codec)
  const encoded = SchemaAST.toEncoded(codec)
  const root = shapes()(encoded)
  return { none: root.length === 0, root }
}

/** The places of a schema that has none. */
export const nowhere: Places = { none: true, root: [] }

/** Seals: puts other JSON in the place of every known value, and keeps everything else apart from sealed values. */
export const replaceKnown = (
  places: Places,
  json: Schema.Json,
  f: (known: { readonly subject: string; readonly value: Schema.Json }) => Schema.Json
): Schema.Json =>
  replacePersonal(places, json, {
    personal: (personal) => ("value" in personal ? f(personal) : { ...personal }),
    key: (key) => (reserved.test(key) ? `@${key}` : key)
  })

/** True when a personal value in the JSON is gone. */
export const hasRedacted = (places: Places, json: Schema.Json): boolean => {
  let found = false
  replacePersonal(places, json, {
    personal: (personal) => {
      found ||= "redacted" in personal
      return null
    },
    key: (key) => key
  })
  return found
}

/** JSON for people: in the place of a personal value the value itself, or `[REDACTED]` where it is gone. */
export const show = (places: Places, json: Schema.Json): Schema.Json =>
  replacePersonal(places, json, {
    personal: (personal) => ("value" in personal ? personal.value : Personal.redactedText),
    key: (key) => key
  })

const replacePersonal = (
  places: Places,
  json: Schema.Json,
  by: {
    readonly personal: (
      personal: { readonly subject: string; readonly value: Schema.Json } | Personal.RedactedJson
    ) => Schema.Json
    readonly key: (key: string) => string
  }
): Schema.Json => {
  const visit = (value: Schema.Json, shape: Shape): Schema.Json => {
    if (shape.length === 0 || typeof value !== "object" || value === null) return value
    if (shape.every(({ _tag }) => _tag === "Anything")) return withKeys(value, by.key)
    if (!isJsonObject(value)) return withItems(value, (item, index) => visit(item, inArray(shape, index)))
    if (shape.some(({ _tag }) => _tag === "Personal")) {
      if (Personal.isKnownJson(value) || Personal.isRedactedJson(value)) return by.personal(value)
    }
    const fitting = shape.filter(
      (it) =>
        it._tag !== "Object" ||
        it.literals.every(([key, literal]) => !Object.hasOwn(value, key) || value[key] === literal)
    )
    return withEntries(value, by.key, (item, key) => visit(item, inObject(fitting, key)))
  }
  return visit(json, places.root)
}

/** JSON of any form with other keys; the same when none of its keys is another one, as is nearly always so. */
const withKeys = (json: Schema.Json, keyOf: (key: string) => string): Schema.Json => {
  if (typeof json !== "object" || json === null) return json
  const inside = (item: Schema.Json) => withKeys(item, keyOf)
  return isJsonObject(json) ? withEntries(json, keyOf, inside) : withItems(json, inside)
}

/** An array with other items; the same when none is another one. */
const withItems = (
  json: Schema.JsonArray,
  itemOf: (item: Schema.Json, index: number) => Schema.Json
): Schema.JsonArray => {
  let items: Array<Schema.Json> | undefined
  for (let index = 0; index < json.length; index += 1) {
    const before = json[index] ?? null
    const item = itemOf(before, index)
    if (item !== before) (items ??= Array.from(json))[index] = item
  }
  return items ?? json
}

/** An object with other keys and values; the same when none is another one: nearly every object is only looked at. */
const withEntries = (
  json: Schema.JsonObject,
  keyOf: (key: string) => string,
  valueOf: (value: Schema.Json, key: string) => Schema.Json
): Schema.JsonObject => {
  let entries: Array<[string, Schema.Json]> | undefined
  let seen = 0
  for (const key in json) {
    const before = json[key] ?? null
    const [name, value] = [keyOf(key), valueOf(before, key)]
    if (name !== key || value !== before) entries ??= Object.entries(json).slice(0, seen)
    entries?.push([name, value])
    seen += 1
  }
  return entries === undefined ? json : Object.fromEntries(entries)
}

/** Opens: puts other JSON in the place of every sealed value. It needs no schema. JSON without sealed values is kept. */
export const replaceSealed = (json: Schema.Json, f: (sealed: Schema.JsonObject) => Schema.Json): Schema.Json => {
  if (typeof json !== "object" || json === null) return json
  if (!isJsonObject(json)) return withItems(json, (item) => replaceSealed(item, f))
  if (Object.hasOwn(json, sealedKey)) return f(json)
  return withEntries(json, unescaped, (value) => replaceSealed(value, f))
}

const unescaped = (key: string): string => (key.startsWith("@@") && escaped.test(key) ? key.slice(1) : key)

/** True for the form of a sealed value. */
export const isSealedJson = (json: Schema.JsonObject): json is Schema.JsonObject & SealedJson =>
  Object.keys(json).length === 2 && Predicate.isString(json[sealedKey]) && Personal.isSubject(json["subject"])

const sealedKey = "@personal"
const reserved = /^@+personal$/u
const escaped = /^@@+personal$/u

const inArray = (shape: Shape, index: number): Shape =>
  shape.flatMap((it) => (it._tag === "Array" ? it.items(index) : it._tag === "Anything" ? [it] : []))

const inObject = (shape: Shape, key: string): Shape =>
  shape.flatMap((it) => (it._tag === "Object" ? it.field(key) : it._tag === "Anything" ? [it] : []))

/** Places are found when they are come to, once each, so a schema may contain itself. */
const shapes = () => {
  const known = new Map<SchemaAST.AST, Shape>()
  const shapeOf = (ast: SchemaAST.AST): Shape => {
    const found = known.get(ast)
    if (found !== undefined) return found
    const shape = Personal.reaches(ast, isWork) ? casesOf(ast) : []
    known.set(ast, shape)
    return shape
  }
  const casesOf = (ast: SchemaAST.AST): Shape => {
    if (Personal.isJson(ast)) return [{ _tag: "Personal" }]
    if (isAnything(ast)) return [{ _tag: "Anything" }]
    if (SchemaAST.isUnion(ast)) return ast.types.flatMap(shapeOf)
    if (SchemaAST.isSuspend(ast)) return shapeOf(ast.thunk())
    if (SchemaAST.isArrays(ast)) {
      const { elements, rest } = ast
      return [
        {
          _tag: "Array",
          items: (index) => (index < elements.length ? elements.slice(index, index + 1) : rest).flatMap(shapeOf)
        }
      ]
    }
    return SchemaAST.isObjects(ast) ? [objectOf(ast)] : []
  }
  const objectOf = (ast: SchemaAST.Objects): Case => {
    const fields = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
    const others = ast.indexSignatures.map(({ type }) => type)
    return {
      _tag: "Object",
      field: (key) => {
        const own = fields.get(key)
        return own === undefined ? others.flatMap(shapeOf) : shapeOf(own)
      },
      literals: Array.from(fields).flatMap(([key, type]) =>
        SchemaAST.isLiteral(type) && !SchemaAST.isOptional(type) ? [[key, type.literal] as const] : []
      )
    }
  }
  return shapeOf
}

/** JSON of any form, or an object without rules for its keys. */
const isAnything = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isDeclaration(ast) ||
  SchemaAST.isUnknown(ast) ||
  SchemaAST.isAny(ast) ||
  SchemaAST.isObjectKeyword(ast) ||
  (SchemaAST.isObjects(ast) && ast.propertySignatures.length === 0 && ast.indexSignatures.length === 0)

/** Where there is something to seal, or where a key may have to be told from a sealed value. */
const isWork = (ast: SchemaAST.AST): boolean =>
  Personal.isJson(ast) ||
  isAnything(ast) ||
  (SchemaAST.isObjects(ast) &&
    (ast.indexSignatures.length > 0 || ast.propertySignatures.some(({ name }) => reserved.test(String(name)))))

/** Every personal value must be one in the JSON, too, and not inside another one. */
const refuseHidden = (codec: SchemaAST.AST): void => {
  const isPersonal = (ast: SchemaAST.AST) => Personal.isValue(ast) || Personal.isJson(ast)
  Personal.reaches(codec, (ast) => {
    if (
      Personal.isValue(ast) &&
      SchemaAST.isDeclaration(ast) &&
      ast.typeParameters.some((inner) => Personal.reaches(inner, isPersonal))
    ) {
      throw new Error("A personal value cannot stand inside a personal value: each is sealed for one subject")
    }
    if (
      ast.encoding !== undefined &&
      !Personal.isOnlyRead(ast) &&
      Personal.reaches(ast, isPersonal) &&
      !Personal.reaches(SchemaAST.toEncoded(ast), isPersonal)
    ) {
      throw new Error(
        "A personal value cannot be sealed inside a part of JSON that the schema turns into something else, like text"
      )
    }
    return false
  })
}
