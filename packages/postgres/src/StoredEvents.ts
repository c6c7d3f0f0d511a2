/**
 * Reading events and streams: one query per page, only the columns that are not known already.
 */
import type {
  EventStoreDriver,
  LogRange,
  RecordedEvent,
  StreamId,
  StreamPage,
  StreamsPage,
  StreamSummary
} from "@eventfold/event-store"
import { PgTypes } from "@effect/sql-pg"
import { DateTime, Effect, Result, type Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

// Numbers travel as float8, which a program has as numbers, exact to 2^53, without a detour over big integers.
// The orders below name the table: `order by position` alone would mean the converted column, which no index is over.
const columns = `e.position::float8 as position, e.version::float8 as version, e.event_id, e.type, e.schema_version,
  e.occurred_at, e.recorded_at, e.data, e.metadata`

interface EventRow {
  readonly position: number
  readonly version: number
  readonly event_id: string
  readonly type: string
  readonly schema_version: number
  readonly occurred_at: Date
  readonly recorded_at: Date
  readonly data: Schema.Json
  readonly metadata: RecordedEvent["metadata"]
}

interface LogRow extends EventRow {
  readonly tenant: string
  readonly category: string
  readonly stream_id: string
}

// The key is looked up first: the index over versions is over it, not over the three texts.
const ofStream = `e.stream_key = (
  select s.stream_key from eventfold.streams s where s.tenant = $1 and s.category = $2 and s.stream_id = $3)`

const forwards = `select ${columns} from eventfold.events e
  where ${ofStream} and e.version >= $4 order by e.version limit $5`

const backwards = `select ${columns} from eventfold.events e
  where ${ofStream} and e.version <= $4 order by e.version desc limit $5`

const range = `select ${columns}, e.tenant, e.category, e.stream_id from eventfold.events e
  where e.position > $1 and e.position <= $2 order by e.position limit $3`

const filteredRange = `select ${columns}, e.tenant, e.category, e.stream_id
  from eventfold.filtered_range($1, $2, $3, $4, $5, $6) e order by e.position`

const streams = `select stream_id, version::float8 as version from eventfold.streams
  where tenant = $1 and category = $2 and ($3::text is null or stream_id > $3 collate "C") and version > 0
  order by stream_id limit $4`

/** What a driver of the event store reads. */
export const make = (
  sql: SqlClient.SqlClient
): Pick<EventStoreDriver, "readPage" | "readStreams" | "horizon" | "readRange"> => ({
  readPage: (stream: StreamId.StreamId, { direction, from, limit }: StreamPage) =>
    sql
      .unsafe<EventRow>(direction === "forwards" ? forwards : backwards, [
        stream.tenant,
        stream.category,
        stream.id,
        PgTypes.int8(BigInt(Math.trunc(from))),
        PgTypes.int8(BigInt(limit))
      ])
      .pipe(
        Effect.mapBoth({
          onFailure: failure("EventStore.read"),
          onSuccess: (rows) => rows.map((row) => recorded(stream, row))
        })
      ),
  readStreams: ({ after, category, limit, tenant }: StreamsPage) =>
    sql
      .unsafe<{ readonly stream_id: string; readonly version: number }>(streams, [
        tenant,
        category,
        PgTypes.text(after ?? null),
        PgTypes.int8(BigInt(limit))
      ])
      .pipe(
        Effect.mapBoth({
          onFailure: failure("EventStore.readStreams"),
          onSuccess: (rows): ReadonlyArray<StreamSummary> =>
            rows.map(({ stream_id: id, version }) => ({ stream: { tenant, category, id }, version }))
        })
      ),
  horizon: sql.unsafe<{ readonly horizon: number }>("select eventfold.horizon()::float8 as horizon").pipe(
    Effect.mapBoth({
      onFailure: failure("EventStore.readLog"),
      onSuccess: ([row]) => row?.horizon ?? 0
    })
  ),
  readRange: ({ after, filter, limit, upTo }: LogRange) => {
    const bounds = [after, upTo, limit].map((bound) => PgTypes.int8(BigInt(bound)))
    const statement =
      filter === undefined
        ? sql.unsafe<LogRow>(range, bounds)
        : sql.unsafe<LogRow>(filteredRange, [
            ...bounds,
            PgTypes.text(filter.tenant ?? null),
            texts(filter.categories),
            texts(filter.types)
          ])
    return statement.pipe(
      Effect.mapBoth({
        onFailure: failure("EventStore.readLog"),
        onSuccess: (rows) =>
          rows.map((row) => recorded({ tenant: row.tenant, category: row.category, id: row.stream_id }, row))
      })
    )
  }
})

const texts = (values: ReadonlyArray<string> | undefined) =>
  Result.getOrThrow(PgTypes.array(values ?? null, PgTypes.OID.text))

const recorded = (stream: StreamId.StreamId, row: EventRow): RecordedEvent => ({
  id: row.event_id,
  stream,
  version: row.version,
  position: row.position,
  type: row.type,
  schemaVersion: row.schema_version,
  occurredAt: DateTime.fromDateUnsafe(row.occurred_at),
  recordedAt: DateTime.fromDateUnsafe(row.recorded_at),
  data: row.data,
  metadata: row.metadata
})
