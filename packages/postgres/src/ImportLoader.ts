/**
 * Puts many rows into a table: by COPY where the connection can do that, by one insert of arrays elsewhere.
 */
import { PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Result } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { CopyDatabase } from "./CopyDatabase.ts"

/** A table that is loaded, and where its columns come from. */
export interface LoadedTable<Row> {
  /** With its schema. */
  readonly name: string
  readonly columns: ReadonlyArray<LoadedColumn<Row>>
}

/** A column that is loaded. Values of other types than these numbers are given as PostgreSQL's text. */
export interface LoadedColumn<Row> {
  readonly name: string
  readonly type: "bigint" | "integer" | "text" | "uuid" | "timestamptz" | "json" | "bigint[]" | "integer[]" | "text[]"
  readonly of: (row: Row) => string | number | bigint | null
}

/** Puts rows into tables, inside the transaction that is open. */
export class RowLoader extends Context.Service<
  RowLoader,
  {
    /** All of them or, when that transaction is rolled back, none. */
    load<Row>(table: LoadedTable<Row>, rows: ReadonlyArray<Row>): Effect.Effect<void, SqlError.SqlError>
  }
>()("@eventfold/postgres/RowLoader") {}

/** By COPY. */
export const byCopy = ({ copy }: Pick<CopyDatabase, "copy">): RowLoader["Service"] => ({
  load: (table, rows) =>
    copy(
      `copy ${table.name} (${namesOf(table)}) from stdin`,
      Buffer.from(rows.map((row) => copyRow(table, row)).join(""))
    )
})

/** By one insert, on any connection. */
export const layerInsert: Layer.Layer<RowLoader, never, SqlClient.SqlClient> = Layer.effect(
  RowLoader,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    load: (table, rows) =>
      Effect.asVoid(
        sql.unsafe(
          insertStatement(table),
          table.columns.map(({ of, type }) => {
            const values = rows.map(of)
            switch (type) {
              case "bigint":
                return array(values.map(unlessNull(BigInt)), PgTypes.OID.int8)
              case "integer":
                return array(values.map(unlessNull(Number)), PgTypes.OID.int4)
              default:
                return array(values.map(unlessNull(String)), PgTypes.OID.text)
            }
          })
        )
      )
  }))
)

/** PostgreSQL's text of an array. */
export const arrayText = (values: ReadonlyArray<string | number>): string =>
  `{${values.map((value) => (typeof value === "number" ? value : quoted(value))).join(",")}}`

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/gu, (character) => `\\${character}`)}"`

const namesOf = <Row>({ columns }: LoadedTable<Row>): string => columns.map(({ name }) => name).join(", ")

const insertStatement = <Row>(table: LoadedTable<Row>): string => `insert into ${table.name} (${namesOf(table)})
  select ${table.columns.map(({ type }, at) => `e.c${at}::${type}`).join(", ")}
  from unnest(${table.columns.map(({ type }, at) => `$${at + 1}::${sentAs(type)}[]`).join(", ")})
    as e(${table.columns.map((_, at) => `c${at}`).join(", ")})`

const sentAs = (type: string): string => (type === "bigint" || type === "integer" ? type : "text")

const copyRow = <Row>({ columns }: LoadedTable<Row>, row: Row): string =>
  `${columns.map(({ of }) => copyValue(of(row))).join("\t")}\n`

const copyValue = (value: string | number | bigint | null): string => (value === null ? "\\N" : escaped(String(value)))

// What has a meaning in PostgreSQL's text format.
const escaped = (text: string): string =>
  special.test(text) ? text.replaceAll(specials, (character) => escapes[character] ?? character) : text

const special = /[\\\t\n\r]/u
const specials = /[\\\t\n\r]/gu
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

const unlessNull =
  <A>(f: (value: string | number | bigint) => A) =>
  (value: string | number | bigint | null): A | null =>
    value === null ? null : f(value)

const array = (values: ReadonlyArray<unknown>, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))
