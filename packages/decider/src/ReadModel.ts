/**
 * A read model: rows of one shape that answer questions, as a pure value. Where the rows are kept is the business of others.
 *
 * It says what a row looks like, what names it, what it is looked up by, and under which version it was declared. Its
 * parts are checked against each other where it is declared, so a mistake stops the program at its start.
 *
 * A row belongs to a tenant. The tenant is no field of it: two tenants can have rows with the same key.
 *
 * Gotcha: the name is a storage format. What is stored under another fingerprint does not fit and is built anew.
 */
import { Predicate, Result, Schema } from "effect"
import * as QuickFit from "./QuickFit.ts"
import { jsonSchemaOf, kindsOf } from "./JsonKinds.ts"

/** A read model whose rows are named by the fields `Key`. {@link make} builds it. */
export interface ReadModel<Row extends object, Key extends keyof Row & string> {
  /** Its name in whatever keeps the rows: 1 to 48 lower-case letters, digits and `_`. */
  readonly name: string
  /** The fields that name a row among those of its tenant, at least one, in the order in which they are sorted. */
  readonly key: ReadonlyArray<Key>
  /** The schema of a row. */
  readonly Row: RowSchema<Row>
  /** Lists of fields that rows are looked up or sorted by. */
  readonly indexes: ReadonlyArray<ReadonlyArray<keyof Row & string>>
  /** Fields of search tokens (see `SearchTokens`) that rows are searched in: of no others can it be asked. */
  readonly searchable: ReadonlyArray<keyof Row & string>
  /** The declared version. Raise it when the rows mean something else, though their schema is the same. */
  readonly version: number
  /** The key of a row, or of what has the fields of its key and others besides. */
  readonly keyOf: (row: Pick<Row, Key>) => Pick<Row, Key>
  /**
   * The text that names a row: the tenant and the JSON forms of the key's fields. Two keys have the same text just when
   * they name the same row.
   *
   * @throws Error when the key does not fit its schema.
   */
  readonly idOf: (tenant: string, key: Pick<Row, Key>) => string
  /**
   * The key with these JSON forms of its fields.
   *
   * @throws Error when they do not fit the schema of the key.
   */
  readonly keyFrom: (json: Readonly<Record<string, Schema.Json>>) => Pick<Row, Key>
}

/** The schema of a row: a struct. */
export type RowSchema<Row> = Schema.Codec<Row, unknown> & {
  readonly fields: Readonly<Record<string, Schema.Codec<unknown, unknown>>>
}

/** What is needed to declare a read model. */
export interface Declaration<Row extends object, Key extends keyof Row & string> {
  readonly name: string
  readonly key: ReadonlyArray<Key>
  readonly row: RowSchema<Row>
  /** None when left out. */
  readonly indexes?: ReadonlyArray<ReadonlyArray<keyof Row & string>>
  /** None when left out. */
  readonly searchable?: ReadonlyArray<keyof Row & string>
  /** 1 when left out. */
  readonly version?: number
}

/** A read model that breaks a rule: a mistake of the program, found where it is declared. */
export class ReadModelNotUsable extends Schema.TaggedError<ReadModelNotUsable>()("ReadModelNotUsable", {
  readModel: Schema.String,
  /** The part or the field of the row that breaks the rule. */
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the read model ${this.readModel} cannot be used: ${this.field} ${this.rule}`
  }
}

/**
 * Declares a read model.
 *
 * @throws ReadModelNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const make = <Row extends object, const Key extends keyof Row & string>(
  declaration: Declaration<Row, Key>
): ReadModel<Row, Key> => {
  const { indexes = [], key, name, row, searchable = [], version = 1 } = declaration
  const wrong = problemOf({ name, key, fields: row.fields, indexes, searchable, version })
  if (wrong !== undefined) throw new ReadModelNotUsable({ readModel: name, ...wrong })

  const picked = Object.fromEntries(Object.entries(row.fields).filter(([field]) => key.some((one) => one === field)))
  const Key = Schema.Struct(picked)
  const codec = Schema.toCodecJson(Key)
  const [encode, decode, fits] = [Schema.encodeUnknownResult(codec), Schema.decodeUnknownResult(codec), Schema.is(Key)]
  const quick = QuickFit.ofType(Key)
  const isKey = (value: unknown): value is Pick<Row, Key> => quick(value) || fits(value)
  const jsons = key.map((field) => ({ field, json: QuickFit.keyJson(row.fields[field] ?? Schema.Never) }))
  return {
    name,
    key,
    Row: row,
    indexes,
    searchable,
    version,
    keyOf: (from) => {
      const found: { [field: string]: unknown } = {}
      for (const field of key) found[field] = from[field]
      if (!isKey(found)) throw new Error(`the key of a row of ${name} does not fit its schema`)
      return found
    },
    idOf: (tenant, from) => {
      const parts: Array<Schema.Json> = [tenant]
      for (const { field, json } of jsons) {
        const part = json(from[field])
        if (part !== undefined) parts.push(part)
      }
      if (parts.length > key.length) return JSON.stringify(parts)
      const json: unknown = Result.getOrThrowWith(encode(from), ({ message }) => notAKey(name, message))
      return JSON.stringify([tenant, ...key.map((field) => (Predicate.isObject(json) ? at(json, field) : null))])
    },
    keyFrom: (json) => {
      // What is written as it stands is read as it stands.
      if (jsons.every(({ field, json: write }) => write(json[field]) === json[field] && json[field] !== undefined)) {
        const found: { [field: string]: unknown } = {}
        for (const field of key) found[field] = json[field]
        if (isKey(found)) return found
      }
      const found: unknown = Result.getOrThrowWith(decode(json), ({ message }) => notAKey(name, message))
      if (!isKey(found)) throw new Error(`the key of a row of ${name} does not fit its schema`)
      return found
    }
  }
}

const notAKey = (name: string, message: string) => new Error(`the key of a row of ${name} does not fit: ${message}`)

const at = (json: object, field: string): unknown => (Predicate.hasProperty(json, field) ? json[field] : null)

/**
 * All that decides what stored rows mean: name, version, key, the JSON schema of a row, indexes, what is searched in. Equal
 * for equal declarations, whatever the order of the indexes, so what keeps the rows can tell that they must be built anew.
 */
export const fingerprint = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel<Row, Key>
): Schema.Json => ({
  name: readModel.name,
  version: readModel.version,
  key: [...readModel.key],
  row: jsonSchemaOf(readModel.Row),
  indexes: readModel.indexes.map((fields) => [...fields]).toSorted(byText),
  ...(readModel.searchable.length === 0 ? {} : { searchable: readModel.searchable.toSorted() })
})

const byText = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number =>
  JSON.stringify(a) < JSON.stringify(b) ? -1 : 1

/**
 * Checks that no two of the read models of one program have the same name, and answers them.
 *
 * @throws ReadModelNotUsable that names the one declared twice.
 */
export const distinct = <Named extends { readonly name: string }>(
  readModels: ReadonlyArray<Named>
): ReadonlyArray<Named> => {
  const twice = repeated(readModels.map(({ name }) => name))
  if (twice === undefined) return readModels
  throw new ReadModelNotUsable({ readModel: twice, field: "name", rule: "must be given to one read model only" })
}

type Parts = {
  readonly name: string
  readonly key: ReadonlyArray<string>
  readonly fields: RowSchema<unknown>["fields"]
  readonly indexes: ReadonlyArray<ReadonlyArray<string>>
  readonly searchable: ReadonlyArray<string>
  readonly version: number
}

type Problem = { readonly field: string; readonly rule: string }

const problemOf = ({ fields, indexes, key, name, searchable, version }: Parts): Problem | undefined => {
  if (!/^[a-z0-9_]{1,48}$/u.test(name)) {
    return { field: "name", rule: "must be 1 to 48 lower-case letters, digits or '_'" }
  }
  if (!Number.isSafeInteger(version) || version < 1) return { field: "version", rule: "must be a positive integer" }
  const texts = indexes.map((index) => JSON.stringify(index))
  const again = indexes[texts.findIndex((text, place) => texts.indexOf(text) < place)]
  if (again !== undefined) return { field: `the index over ${again.join(", ")}`, rule: "must be declared once only" }
  return (
    listProblem(fields, "the key", key, keyRule) ??
    indexes
      .map((index) => listProblem(fields, `the index over ${index.join(", ")}`, index, indexRule))
      .find(Predicate.isNotUndefined) ??
    (searchable.length === 0 ? undefined : listProblem(fields, "the search", searchable, searchRule))
  )
}

const listProblem = (
  fields: Parts["fields"],
  where: string,
  list: ReadonlyArray<string>,
  rule: (schema: Schema.Top) => string | undefined
): Problem | undefined => {
  if (list.length === 0) return { field: where, rule: "must have at least one field" }
  const twice = repeated(list)
  if (twice !== undefined) return { field: twice, rule: `must stand once only in ${where}` }
  for (const field of list) {
    const schema = Object.hasOwn(fields, field) ? fields[field] : undefined
    const broken = schema === undefined ? "is no field of the row" : rule(schema)
    if (broken !== undefined) return { field, rule: `${broken}, and stands in ${where}` }
  }
  return undefined
}

const keyRule = (schema: Schema.Top): string | undefined => {
  if (isOptional(schema)) return "must not be optional"
  return within(schema, ["string", "integer", "boolean"]) ? undefined : "must be text, a whole number or a boolean"
}

const indexRule = (schema: Schema.Top): string | undefined =>
  within(schema, ["string", "integer", "number", "boolean", "null"]) ? undefined : "must be one value in JSON"

const searchRule = (schema: Schema.Top): string | undefined =>
  within(schema, ["array", "null"]) ? undefined : "must be an array of search tokens"

const within = (schema: Schema.Top, kinds: ReadonlyArray<string>): boolean =>
  kindsOf(schema).every((kind) => kinds.includes(kind))

const isOptional = (schema: Schema.Top): boolean => schema.ast.context?.isOptional === true

const repeated = (names: ReadonlyArray<string>): string | undefined =>
  names.find((name, place) => names.indexOf(name) < place)
