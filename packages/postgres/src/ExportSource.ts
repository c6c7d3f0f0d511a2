/** What an export asks the database: is there a store, how far does its log reach, which events does it hold. */
import { PgTypes } from "@effect/sql-pg"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ExportRefused } from "./ExportErrors.ts"
import type { ExportedEvent } from "./ExportFormat.ts"
import { failure } from "./StoreFailure.ts"

/** Refuses a database without a store, and a store of which a part is in the archive. */
export const check = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient
): Effect.fn.Return<void, ExportRefused | EventStoreFailure> {
  const [store] = yield* asked(
    sql<{ readonly there: boolean }>`select to_regprocedure('eventfold.horizon()') is not null as there`
  )
  if (store?.there !== true) {
    return yield* new ExportRefused({ reason: "there is no event store of this version in the database" })
  }
  const [archive] = yield* asked(
    sql<{ readonly streams: bigint }>`select count(*) as streams from eventfold.streams where archived_at is not null`
  )
  if (archive !== undefined && archive.streams > 0n) {
    return yield* new ExportRefused({
      reason: `${archive.streams} streams are in the archive and not in the log: restore them before the store is exported`
    })
  }
})

/** The position up to which the log is settled. */
export const horizon = (sql: SqlClient.SqlClient): Effect.Effect<number, EventStoreFailure> =>
  asked(sql<{ readonly horizon: number }>`select eventfold.horizon()::float8 as horizon`).pipe(
    Effect.map(([row]) => row?.horizon ?? 0)
  )

/** How many events there are up to a position. It takes a second for every few million, and may take as long as it does. */
export const count = (sql: SqlClient.SqlClient, upTo: number): Effect.Effect<number, EventStoreFailure> =>
  sql`set local statement_timeout = 0`.pipe(
    Effect.andThen(sql<{ readonly events: number }>`
      select count(*)::float8 as events from eventfold.events where position <= ${upTo}::bigint`),
    sql.withTransaction,
    asked,
    Effect.map(([row]) => row?.events ?? 0)
  )

/** The id of the event at a position. */
export const idAt = (
  sql: SqlClient.SqlClient,
  position: number
): Effect.Effect<string | undefined, EventStoreFailure> =>
  asked(
    sql<{ readonly id: string }>`select event_id as id from eventfold.events where position = ${position}::bigint`
  ).pipe(Effect.map(([row]) => row?.id))

/** The next events, in order. */
export const page = (
  sql: SqlClient.SqlClient,
  options: { readonly after: number; readonly upTo: number; readonly limit: number }
): Effect.Effect<ReadonlyArray<ExportedEvent>, EventStoreFailure> =>
  asked(
    sql.unsafe<ExportedEvent>(
      events,
      [options.after, options.upTo, options.limit].map((bound) => PgTypes.int8(BigInt(bound)))
    )
  )

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

// JSON travels as text: read as a value and written again it would lose digits. Without its `e` the order would be that of
// the float8, for which there is no index.
const events = `select position::float8 as position, tenant, category, stream_id as stream, version::float8 as version,
    event_id as id, type, schema_version as "schemaVersion", ${instant("occurred_at")} as "occurredAt",
    ${instant("recorded_at")} as "recordedAt", append_size as "appendSize", metadata::text as metadata, data::text as data
  from eventfold.events e where e.position > $1 and e.position <= $2 order by e.position limit $3`

const asked = Effect.mapError(failure("Export"))
