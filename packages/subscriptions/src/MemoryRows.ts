/**
 * Rows as the memory layer keeps them: in their JSON form, so that what is read is what a database would give back, and
 * nobody can change it. A row is decoded once for whoever reads it, however often it is asked for.
 */
import type { ReadModel } from "@eventfold/decider"
import { freeze } from "@eventfold/decider/Decider"
import { ruleBrokenBy } from "@eventfold/decider/RowValue"
import { HashMap, Option, Predicate, Result, Schema } from "effect"

/** A row. It is never changed; another takes its place. */
export interface StoredRow {
  readonly json: Schema.Json
}

/** The rows of a tenant by their ids. */
export type TenantRows = HashMap.HashMap<string, StoredRow>

/** The rows of a table by their tenants. Tenants without rows may be in it. */
export type TableRows = HashMap.HashMap<string, TenantRows>

/** The rows of a tenant. */
export const ofTenant = (table: TableRows, tenant: string): TenantRows =>
  Option.getOrElse(HashMap.get(table, tenant), (): TenantRows => HashMap.empty())

/** The table with another row at a place, or none. */
export const withRow = (table: TableRows, tenant: string, id: string, row: StoredRow | undefined): TableRows => {
  const rows = ofTenant(table, tenant)
  return HashMap.set(table, tenant, row === undefined ? HashMap.remove(rows, id) : HashMap.set(rows, id, row))
}

interface AnyCodec {
  readonly schema: object
}

/** Writes and reads rows of a schema. */
export interface RowCodec<Row> extends AnyCodec {
  /** Fails with the rule that a row breaks, without quoting it. */
  readonly store: (row: Row) => Result.Result<StoredRow, string>
  /** @throws SchemaError when the row was stored with a schema that this one does not fit. */
  readonly read: (stored: StoredRow) => Row
}

/** The codec of a schema; the same one for the same schema, so that it remembers what it has decoded. */
export const codecOf = <Row>(schema: ReadModel.RowSchema<Row>): RowCodec<Row> => {
  const known = codecs.get(schema)
  if (known !== undefined && isOf(known, schema)) return known
  const made = makeCodec(schema)
  codecs.set(schema, made)
  return made
}

const codecs = new WeakMap<object, AnyCodec>()

const isOf = <Row>(codec: AnyCodec, schema: ReadModel.RowSchema<Row>): codec is RowCodec<Row> => codec.schema === schema

const makeCodec = <Row>(schema: ReadModel.RowSchema<Row>): RowCodec<Row> => {
  const json = Schema.toCodecJson(schema)
  const [encode, decode] = [Schema.encodeResult(json), Schema.decodeUnknownSync(json)]
  const decoded = new WeakMap<StoredRow, Row>()
  return {
    schema,
    store: (row) => {
      const encoded = encode(row)
      if (Result.isFailure(encoded)) return Result.fail("a row must fit its schema")
      if (!canBeStored(encoded.success)) return Result.fail("text must be without U+0000 and without lone surrogates")
      return Result.succeed({ json: encoded.success })
    },
    read: (stored) => {
      const before = decoded.get(stored)
      if (before !== undefined) return before
      const row = freeze(decode(stored.json))
      decoded.set(stored, row)
      return row
    }
  }
}

/** What no database takes is not taken here: a projection that makes it must fail in its tests. */
const canBeStored = (json: unknown): boolean => {
  if (typeof json === "string") return ruleBrokenBy(json) === undefined
  if (Array.isArray(json)) return json.every(canBeStored)
  return !Predicate.isObject(json) || Object.entries(json).every((entry) => entry.every(canBeStored))
}
