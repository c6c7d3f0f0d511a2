/**
 * What an export asks the database about the log: is there a store, how far does its log reach, which events and actions
 * does it hold, and how much of it is in the archive.
 */
import { PgTypes } from "@effect/sql-pg"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ExportRefused } from "./ExportErrors.ts"
import type { ExportedEvent } from "./ExportFormat.ts"
import type { ExportedAction } from "./ExportKinds.ts"
import { failure } from "./StoreFailure.ts"

/** Refuses a database without a store of this version. */
export const check = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient
): Effect.fn.Return<void, ExportRefused | EventStoreFailure> {
  const [store] = yield* asked(
    sql<{ readonly there: boolean }>`
      select to_regprocedure('eventfold.horizon()') is not null and to_regclass('eventfold.audit_log') is not null as there`
  )
  if (store?.there !== true) {
    return yield* new ExportRefused({ reason: "there is no event store of this version in the database" })
  }
})

/** The position up to which the log is settled. */
export const horizon = (sql: SqlClient.SqlClient): Effect.Effect<number, EventStoreFailure> =>
  asked(sql<{ readonly horizon: number }>`select eventfold.horizon()::float8 as horizon`).pipe(
    Effect.map(([row]) => row?.horizon ?? 0)
  )

/** How much of a log there is. */
export interface Counts {
  readonly events: number
  readonly actions: number
}

/** How much there is up to a position. It takes a second for every few million, and may take as long as it does. */
export const count = (sql: SqlClient.SqlClient, upTo: number): Effect.Effect<Counts, EventStoreFailure> =>
  sql`set local statement_timeout = 0`.pipe(
    Effect.andThen(sql<Counts>`
      select (select count(*) from eventfold.events where position <= ${upTo}::bigint)::float8 as events,
        (select count(*) from eventfold.audit_log where position <= ${upTo}::bigint)::float8 as actions`),
    sql.withTransaction,
    asked,
    Effect.map(([row]) => row ?? { events: 0, actions: 0 })
  )

/** What is in the archive. All of it only grows, but for the last position of an empty one. */
export interface ArchiveState {
  /** Entries of its catalogue, and how many of them were brought back. */
  readonly archived: number
  readonly restored: number
  /** The last position of any of its events; 0 when there is none. */
  readonly position: number
}

/** What is in the archive, of which not one stream came or went while this stays the same. */
export const archiveState = (sql: SqlClient.SqlClient): Effect.Effect<ArchiveState, EventStoreFailure> =>
  asked(sql<ArchiveState>`
    select count(*)::float8 as archived, count(restored_at)::float8 as restored,
      coalesce(max(last_position), 0)::float8 as position
    from eventfold.archived_streams`).pipe(Effect.map(([row]) => row ?? { archived: 0, restored: 0, position: 0 }))

/** The id of the event at a position. */
export const idAt = (
  sql: SqlClient.SqlClient,
  position: number
): Effect.Effect<string | undefined, EventStoreFailure> =>
  asked(
    sql<{ readonly id: string }>`select event_id as id from eventfold.events where position = ${position}::bigint`
  ).pipe(Effect.map(([row]) => row?.id))

/** A stretch of the log. */
export interface Stretch {
  readonly after: number
  readonly upTo: number
  readonly limit: number
}

/** The next events, in order. */
export const events = (
  sql: SqlClient.SqlClient,
  stretch: Stretch
): Effect.Effect<ReadonlyArray<ExportedEvent>, EventStoreFailure> =>
  asked(sql.unsafe<ExportedEvent>(eventsOf, boundsOf(stretch)))

/** The next actions of the audit, in order. */
export const actions = (
  sql: SqlClient.SqlClient,
  stretch: Stretch
): Effect.Effect<ReadonlyArray<ExportedAction>, EventStoreFailure> =>
  Effect.map(asked(sql.unsafe<Omit<ExportedAction, "kind">>(actionsOf, boundsOf(stretch))), (rows) =>
    rows.map((row) => ({ kind: "action", ...row }))
  )

/** A column as an instant with microseconds. */
export const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const boundsOf = ({ after, limit, upTo }: Stretch) => [after, upTo, limit].map((bound) => PgTypes.int8(BigInt(bound)))

// JSON travels as text: read as a value and written again it would lose digits. Without its `e` the order would be that of
// the float8, for which there is no index.
const eventsOf = `select position::float8 as position, tenant, category, stream_id as stream, version::float8 as version,
    event_id as id, type, schema_version as "schemaVersion", ${instant("occurred_at")} as "occurredAt",
    ${instant("recorded_at")} as "recordedAt", append_size as "appendSize", metadata::text as metadata, data::text as data
  from eventfold.events e where e.position > $1 and e.position <= $2 order by e.position limit $3`

const actionsOf = `select position::float8 as position, tenant, action, subject, actor, reason,
    correlation_id as "correlationId", causation_id as "causationId", ${instant("recorded_at")} as "recordedAt",
    details::text as details
  from eventfold.audit_log a where a.position > $1 and a.position <= $2 order by a.position limit $3`

const asked = Effect.mapError(failure("Export"))
