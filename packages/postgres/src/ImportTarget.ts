/** The store that a file is imported into: what of the log is in it, and one more batch of events and actions for it. */
import { PgTypes } from "@effect/sql-pg"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Result } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { ImportRefused } from "./ExportErrors.ts"
import type { ExportedEvent } from "./ExportFormat.ts"
import type { ExportedAction } from "./ExportKinds.ts"
import type { RowLoader } from "./ImportLoader.ts"
import { actionTable, eventTable } from "./ImportTables.ts"
import { failure } from "./StoreFailure.ts"

/** How much of a log is there. */
export interface Loaded {
  readonly events: number
  readonly actions: number
  /** The last position of either; 0 when there is none. */
  readonly position: number
  /** The last event. */
  readonly event: { readonly position: number; readonly id: string } | undefined
}

/** Of an empty store. */
export const nothing: Loaded = { events: 0, actions: 0, position: 0, event: undefined }

const asked = Effect.mapError(failure("Import"))

/**
 * Whether there is nothing that an import brings. The ledger of the forgotten may have entries: a new database is given
 * one that outlives it.
 */
export const isEmpty = (sql: SqlClient.SqlClient): Effect.Effect<boolean, EventStoreFailure> =>
  asked(sql<{ readonly empty: boolean }>`
    select not exists (select from eventfold.events) and not exists (select from eventfold.streams)
      and not exists (select from eventfold.audit_log) and not exists (select from eventfold.event_repairs)
      and not exists (select from eventfold.archived_streams)
      and not exists (select from eventfold.subject_keys where wrapped is not null) as empty`).pipe(
    Effect.map(([row]) => row?.empty === true)
  )

interface Counted {
  readonly events: number
  readonly actions: number
  readonly position: number
  readonly last: number
  readonly id: string | null
}

/** What is there. Counts, which takes a second for every few million events. */
export const loaded = (sql: SqlClient.SqlClient): Effect.Effect<Loaded, EventStoreFailure> =>
  sql`set local statement_timeout = 0`.pipe(
    Effect.andThen(sql<Counted>`
      select (select count(*) from eventfold.events)::float8 as events,
        (select count(*) from eventfold.audit_log)::float8 as actions,
        greatest(last.position, (select max(position) from eventfold.audit_log), 0)::float8 as position,
        coalesce(last.position, 0)::float8 as last, last.event_id as id
      from (select 1) one left join lateral (
        select e.position, e.event_id from eventfold.events e order by e.position desc limit 1) last on true`),
    sql.withTransaction,
    asked,
    Effect.map(([row]) => {
      if (row === undefined) return nothing
      const { actions, events, id, last, position } = row
      return { events, actions, position, event: id === null ? undefined : { position: last, id } }
    })
  )

/** A stretch of the log that is loaded in one transaction. */
export interface Batch {
  readonly events: ReadonlyArray<ExportedEvent>
  /** The actions between them. */
  readonly actions: ReadonlyArray<ExportedAction>
  /** The last position before it. */
  readonly after: number
  /** What errors call it. */
  readonly name: string
}

/** Loads a batch, whole or not at all. */
export const load = (
  sql: SqlClient.SqlClient,
  loader: RowLoader["Service"],
  batch: Batch
): Effect.Effect<void, ImportRefused | EventStoreFailure> =>
  Effect.gen(function* () {
    const [before] = yield* sql<{ readonly position: number }>`
      select greatest((select max(position) from eventfold.events), (select max(position) from eventfold.audit_log), 0)
        ::float8 as position`
    if (before?.position !== batch.after) {
      return yield* new ImportRefused({ reason: `${batch.name}: somebody else has written to this store meanwhile` })
    }
    const streams = streamsOf(batch.events)
    const keys = yield* keysOf(sql, streams)
    if (keys.size !== streams.size) {
      const odd = Array.from(streams.keys()).find((name) => !keys.has(name)) ?? ""
      const name = odd.replaceAll("\0", "/")
      return yield* new ImportRefused({
        reason: `${batch.name}: version: the stream ${name} is not at the version before`
      })
    }
    const events = batch.events.map((event) => ({ ...event, streamKey: keys.get(nameOf(event)) ?? 0n }))
    if (events.length > 0) yield* loader.load(eventTable, events)
    if (batch.actions.length > 0) yield* loader.load(actionTable, batch.actions)
  }).pipe(sql.withTransaction, Effect.mapError(problemOf(batch.name)))

/** What went wrong with a batch: rows that are there already are a matter of the file, everything else of the database. */
export const problemOf =
  (name: string) =>
  (error: ImportRefused | EventStoreFailure | SqlError.SqlError): ImportRefused | EventStoreFailure =>
    !SqlError.isSqlError(error)
      ? error
      : error.reason._tag === "UniqueViolation"
        ? new ImportRefused({ reason: `${name}: ${failure("Import")(error).detail}` })
        : failure(`Import, ${name}`)(error)

/** Lets the sequence of positions go on behind a position, if it is not further already. */
export const goOnAfter = (sql: SqlClient.SqlClient, position: number): Effect.Effect<void, EventStoreFailure> =>
  position === 0
    ? Effect.void
    : asked(sql`
        select setval('eventfold.event_position', greatest(${position}::bigint, eventfold.last_allocated()))`).pipe(
        Effect.asVoid
      )

interface StreamStretch {
  readonly event: ExportedEvent
  readonly first: number
  last: number
}

/** The streams of a batch, with the versions they go through in it. */
const streamsOf = (events: ReadonlyArray<ExportedEvent>): Map<string, StreamStretch> => {
  const streams = new Map<string, StreamStretch>()
  for (const event of events) {
    const name = nameOf(event)
    const seen = streams.get(name)
    if (seen === undefined) streams.set(name, { event, first: event.version, last: event.version })
    else seen.last = event.version
  }
  return streams
}

const nameOf = ({ category, stream, tenant }: ExportedEvent): string => `${tenant}\0${category}\0${stream}`

/** The keys of streams: new ones are made, known ones go on from the version before. One that cannot is left out. */
const keysOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, streams: ReadonlyMap<string, StreamStretch>) {
  const all = Array.from(streams.values())
  const keys = new Map<string, bigint>()
  for (const [statement, stretches] of [
    [insertStreams, all.filter(({ first }) => first === 1)],
    [updateStreams, all.filter(({ first }) => first > 1)]
  ] as const) {
    if (stretches.length === 0) continue
    const rows = yield* sql.unsafe<ExportedEvent & { readonly key: bigint }>(statement, [
      texts(stretches.map(({ event }) => event.tenant)),
      texts(stretches.map(({ event }) => event.category)),
      texts(stretches.map(({ event }) => event.stream)),
      numbers(stretches.map(({ first }) => first)),
      numbers(stretches.map(({ last }) => last))
    ])
    for (const row of rows) keys.set(nameOf(row), row.key)
  }
  return keys
})

const unnested =
  "unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) as q(tenant, category, stream, first, last)"

const insertStreams = `insert into eventfold.streams as s (tenant, category, stream_id, version)
  select q.tenant, q.category, q.stream, q.last from ${unnested}
  on conflict do nothing
  returning s.tenant, s.category, s.stream_id as stream, s.stream_key as key`

const updateStreams = `update eventfold.streams s set version = q.last from ${unnested}
  where s.tenant = q.tenant and s.category = q.category and s.stream_id = q.stream
    and s.version = q.first - 1 and s.archived_at is null
  returning s.tenant, s.category, s.stream_id as stream, s.stream_key as key`

const texts = (values: ReadonlyArray<string>) => Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))
const numbers = (values: ReadonlyArray<number>) =>
  Result.getOrThrow(PgTypes.array(values.map(BigInt), PgTypes.OID.int8))
