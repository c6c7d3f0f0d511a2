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
import { DateTime, Effect, Predicate, Result, type Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

// Numbers travel as float8, which a program has as numbers, exact to 2^53, without a detour over big integers. Metadata
// travels as text: of what neighbours share, one is parsed.
// The orders below name the table: `order by position` alone would mean the converted column, which no index is over.
const columns = `e.position::float8, e.version::float8, e.event_id, e.type, e.schema_version,
  e.occurred_at, e.recorded_at, e.data, e.metadata::text`

/** A row of these columns. Rows travel as lists: an object for each would be thrown away at once. */
type EventRow = readonly [
  position: number,
  version: number,
  id: string,
  type: string,
  schemaVersion: number,
  occurredAt: Date,
  recordedAt: Date,
  data: Schema.Json,
  metadata: string,
  ...rest: ReadonlyArray<unknown>
]

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
): Pick<EventStoreDriver, "readPage" | "readStreams" | "horizon" | "end" | "readRange"> => ({
  readPage: (stream: StreamId.StreamId, { direction, from, limit }: StreamPage) =>
    sql
      .unsafe(direction === "forwards" ? forwards : backwards, [
        stream.tenant,
        stream.category,
        stream.id,
        PgTypes.int8(BigInt(Math.trunc(from))),
        PgTypes.int8(BigInt(limit))
      ])
      .values.pipe(
        Effect.mapBoth({
          onFailure: failure("EventStore.read"),
          onSuccess: (rows) => {
            const recorded = recorder()
            return rows.map((row) => recorded(stream, row))
          }
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
  end: sql.unsafe<{ readonly last: number }>("select eventfold.last_allocated()::float8 as last").pipe(
    Effect.mapBoth({
      onFailure: failure("EventStore.end"),
      onSuccess: ([row]) => row?.last ?? 0
    })
  ),
  readRange: ({ after, filter, limit, upTo }: LogRange) => {
    const bounds = [after, upTo, limit].map((bound) => PgTypes.int8(BigInt(bound)))
    const statement =
      filter === undefined
        ? sql.unsafe(range, bounds)
        : sql.unsafe(filteredRange, [
            ...bounds,
            PgTypes.text(filter.tenant ?? null),
            texts(filter.categories),
            texts(filter.types)
          ])
    return statement.values.pipe(
      Effect.mapBoth({
        onFailure: failure("EventStore.readLog"),
        onSuccess: (rows) => {
          const recorded = recorder()
          return rows.map((row) => recorded(streamOf(row), row))
        }
      })
    )
  }
})

const texts = (values: ReadonlyArray<string> | undefined) =>
  Result.getOrThrow(PgTypes.array(values ?? null, PgTypes.OID.text))

/**
 * Makes the events of a page. The events of an append share their metadata and mostly their times, so what the event
 * before had too is not made again.
 */
const recorder = () => {
  let occurredAt: DateTime.Utc | undefined
  let recordedAt: DateTime.Utc | undefined
  let type = ""
  let text = ""
  let metadata: RecordedEvent["metadata"] = {}
  return (stream: StreamId.StreamId, row: ReadonlyArray<unknown>): RecordedEvent => {
    if (!isEventRow(row)) throw unexpectedColumns()
    occurredAt = timeOf(row[5], occurredAt)
    recordedAt = timeOf(row[6], recordedAt)
    // A text that readers have looked up before is found sooner than another with the same letters.
    if (row[3] !== type) type = row[3]
    if (row[8] !== text) {
      text = row[8]
      metadata = metadataOf(text)
    }
    return {
      id: row[2],
      stream,
      version: row[1],
      position: row[0],
      type,
      schemaVersion: row[4],
      occurredAt,
      recordedAt,
      data: row[7],
      metadata
    }
  }
}

const isEventRow = (row: ReadonlyArray<unknown>): row is EventRow =>
  typeof row[0] === "number" &&
  typeof row[1] === "number" &&
  typeof row[2] === "string" &&
  typeof row[3] === "string" &&
  typeof row[4] === "number" &&
  Predicate.isDate(row[5]) &&
  Predicate.isDate(row[6]) &&
  typeof row[8] === "string"

/** The stream of a row of the log, which follows the columns of the event. */
const streamOf = (row: ReadonlyArray<unknown>): StreamId.StreamId => {
  const [tenant, category, id] = [row[9], row[10], row[11]]
  if (typeof tenant === "string" && typeof category === "string" && typeof id === "string") {
    return { tenant, category, id }
  }
  throw unexpectedColumns()
}

const timeOf = (date: Date, before: DateTime.Utc | undefined): DateTime.Utc =>
  before !== undefined && date.getTime() === before.epochMilliseconds ? before : DateTime.fromDateUnsafe(date)

/** Shared by events, so nobody can change it. */
const metadataOf = (text: string): RecordedEvent["metadata"] => {
  const metadata: unknown = JSON.parse(text)
  if (!isMetadata(metadata)) throw unexpectedColumns()
  return Object.freeze(metadata)
}

const unexpectedColumns = () => new TypeError("The columns of an event are not what was asked for")

const isMetadata = (value: unknown): value is RecordedEvent["metadata"] => Predicate.isObject(value)
