/**
 * The event store on PostgreSQL, embedded or served: one function call per append, one query per page.
 *
 * An append outside a `Transaction` is a transaction of its own; inside one it joins it, because both speak through the
 * same SQL client. Reading the log in order needs READ COMMITTED, which is what `Transaction` opens.
 */
import {
  type Appended,
  EventIdConflict,
  EventStore,
  EventStoreFailure,
  type ExpectedVersion,
  type PreparedEvent,
  type RecordedEvent,
  type StreamId,
  VersionConflict
} from "@eventfold/event-store"
import { DateTime, Effect, Layer, type Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface AppendRow {
  readonly outcome: "Stored" | "Replayed" | "IdConflict" | "VersionConflict"
  readonly version: bigint
  readonly position: bigint
}

interface EventRow {
  readonly position: bigint
  readonly tenant: string
  readonly category: string
  readonly stream_id: string
  readonly version: bigint
  readonly event_id: string
  readonly type: string
  readonly schema_version: number
  readonly occurred_at: Date
  readonly recorded_at: Date
  readonly data: Schema.Json
  readonly metadata: Schema.Struct.Type<Record<string, typeof Schema.String>>
}

/** The event store in the database of the SQL client; its tables are made by `Migrations`. */
export const layerPostgres: Layer.Layer<EventStore, never, SqlClient.SqlClient> = Layer.effect(
  EventStore,
  Effect.map(SqlClient.SqlClient, (sql) =>
    EventStore.make({
      append: (stream, expected, events) =>
        sql<AppendRow>`
          select outcome, version, "position" from eventfold.append(
            ${stream.tenant}, ${stream.category}, ${stream.id},
            ${expected._tag}, ${expected._tag === "Exact" ? expected.version : 0}::bigint,
            ${events.map((event) => event.id)}::uuid[],
            ${events.map((event) => event.type)}::text[],
            ${events.map((event) => event.schemaVersion)}::integer[],
            ${events.map((event) => DateTime.toDateUtc(event.occurredAt))}::timestamptz[],
            ${events.map((event) => event.data)}::text[],
            ${events.map((event) => event.metadata)}::text[])`.pipe(
          Effect.mapError(appendFailure(stream, events)),
          Effect.flatMap(([row]) => appendOutcome(stream, expected, events, row))
        ),
      readPage: (stream, { direction, from, limit }) => {
        const ofStream = sql`tenant = ${stream.tenant} and category = ${stream.category} and stream_id = ${stream.id}`
        const range =
          direction === "forwards"
            ? sql`version >= ${from}::bigint order by version`
            : sql`version <= ${from}::bigint order by version desc`
        return sql<EventRow>`
          select * from eventfold.events where ${ofStream} and ${range} limit ${limit}::integer`.pipe(
          Effect.mapBoth({ onFailure: failure("EventStore.read"), onSuccess: (rows) => rows.map(recorded) })
        )
      },
      readAllPage: ({ after, limit }) =>
        sql<EventRow>`select * from eventfold.read_log(${after}::bigint, ${limit}::integer)`.pipe(
          Effect.mapBoth({ onFailure: failure("EventStore.readAll"), onSuccess: (rows) => rows.map(recorded) })
        )
    })
  )
)

const appendFailure =
  (stream: StreamId.StreamId, events: ReadonlyArray<PreparedEvent>) =>
  (error: SqlError.SqlError): EventIdConflict | EventStoreFailure =>
    // Two appends with a common id to different streams at the same moment: the index decides who came first.
    error.reason._tag === "UniqueViolation" && error.reason.constraint === "events_event_id_key"
      ? new EventIdConflict({ stream, eventIds: events.map((event) => event.id) })
      : failure("EventStore.append")(error)

const appendOutcome = (
  stream: StreamId.StreamId,
  expected: ExpectedVersion.ExpectedVersion,
  events: ReadonlyArray<PreparedEvent>,
  row: AppendRow | undefined
): Effect.Effect<Appended, VersionConflict | EventIdConflict | EventStoreFailure> => {
  switch (row?.outcome) {
    case "Stored":
    case "Replayed":
      return Effect.succeed({ version: Number(row.version), position: Number(row.position) })
    case "VersionConflict":
      return Effect.fail(new VersionConflict({ stream, expected, actual: Number(row.version) }))
    case "IdConflict":
      return Effect.fail(new EventIdConflict({ stream, eventIds: events.map((event) => event.id) }))
    case undefined:
      return Effect.fail(
        new EventStoreFailure({
          operation: "EventStore.append",
          retryable: false,
          cause: "the function gave no answer"
        })
      )
  }
}

const recorded = (row: EventRow): RecordedEvent => ({
  id: row.event_id,
  stream: { tenant: row.tenant, category: row.category, id: row.stream_id },
  version: Number(row.version),
  position: Number(row.position),
  type: row.type,
  schemaVersion: row.schema_version,
  occurredAt: DateTime.fromDateUnsafe(row.occurred_at),
  recordedAt: DateTime.fromDateUnsafe(row.recorded_at),
  data: row.data,
  metadata: row.metadata
})
