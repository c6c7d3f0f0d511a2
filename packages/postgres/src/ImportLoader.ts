/**
 * Puts many rows into the table of events: by COPY where the connection can do that, by one insert of arrays elsewhere.
 */
import { PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Result } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { CopyDatabase } from "./CopyDatabase.ts"
import type { ExportedEvent } from "./ExportFormat.ts"

/** An event and the key of its stream. */
export interface LoadedEvent extends ExportedEvent {
  readonly streamKey: bigint
}

/** Puts rows into the table of events, inside the transaction that is open. */
export class EventLoader extends Context.Service<
  EventLoader,
  {
    /** All of them or, when that transaction is rolled back, none. */
    load(events: ReadonlyArray<LoadedEvent>): Effect.Effect<void, SqlError.SqlError>
  }
>()("@eventfold/postgres/EventLoader") {}

/** By COPY. */
export const byCopy = ({ copy }: Pick<CopyDatabase, "copy">): EventLoader["Service"] => ({
  load: (events) => copy(copyStatement, Buffer.from(events.map(copyRow).join("")))
})

/** By one insert, on any connection. */
export const layerInsert: Layer.Layer<EventLoader, never, SqlClient.SqlClient> = Layer.effect(
  EventLoader,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    load: (events) =>
      Effect.asVoid(
        sql.unsafe(
          insertStatement,
          columns.map(({ of, type }) =>
            type === "bigint"
              ? array(
                  events.map((event) => BigInt(of(event))),
                  PgTypes.OID.int8
                )
              : type === "integer"
                ? array(
                    events.map((event) => Number(of(event))),
                    PgTypes.OID.int4
                  )
                : array(
                    events.map((event) => String(of(event))),
                    PgTypes.OID.text
                  )
          )
        )
      )
  }))
)

interface Column {
  readonly name: string
  readonly type: "bigint" | "integer" | "text" | "uuid" | "timestamptz" | "json"
  readonly of: (event: LoadedEvent) => string | number | bigint
}

const columns: ReadonlyArray<Column> = [
  { name: "position", type: "bigint", of: ({ position }) => position },
  { name: "tenant", type: "text", of: ({ tenant }) => tenant },
  { name: "category", type: "text", of: ({ category }) => category },
  { name: "stream_id", type: "text", of: ({ stream }) => stream },
  { name: "version", type: "bigint", of: ({ version }) => version },
  { name: "event_id", type: "uuid", of: ({ id }) => id },
  { name: "type", type: "text", of: ({ type }) => type },
  { name: "schema_version", type: "integer", of: ({ schemaVersion }) => schemaVersion },
  { name: "occurred_at", type: "timestamptz", of: ({ occurredAt }) => occurredAt },
  { name: "recorded_at", type: "timestamptz", of: ({ recordedAt }) => recordedAt },
  { name: "data", type: "json", of: ({ data }) => data },
  { name: "metadata", type: "json", of: ({ metadata }) => metadata },
  { name: "append_size", type: "integer", of: ({ appendSize }) => appendSize },
  { name: "stream_key", type: "bigint", of: ({ streamKey }) => streamKey }
]

const names = columns.map(({ name }) => name).join(", ")

const copyStatement = `copy eventfold.events (${names}) from stdin`

const insertStatement = `insert into eventfold.events (${names})
  select ${columns.map(({ type }, at) => `e.c${at}::${type}`).join(", ")}
  from unnest(${columns.map(({ type }, at) => `$${at + 1}::${sentAs(type)}[]`).join(", ")})
    as e(${columns.map((_, at) => `c${at}`).join(", ")})`

function sentAs(type: Column["type"]): string {
  return type === "bigint" || type === "integer" ? type : "text"
}

const copyRow = (event: LoadedEvent): string => `${columns.map(({ of }) => escaped(String(of(event)))).join("\t")}\n`

// What has a meaning in PostgreSQL's text format. Nothing of ours is ever null.
const escaped = (text: string): string =>
  special.test(text) ? text.replaceAll(specials, (character) => escapes[character] ?? character) : text

const special = /[\\\t\n\r]/u
const specials = /[\\\t\n\r]/gu
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

const array = (values: ReadonlyArray<string | number | bigint>, oid: number) =>
  Result.getOrThrow(PgTypes.array(values, oid))
