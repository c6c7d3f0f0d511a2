/** The repairs of events as a table to which rows are only ever added. */
import { type EventRepair, EventRepairs } from "@eventfold/event-store"
import { DateTime, Effect, type Layer, type Schema } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly number: bigint
  readonly position: bigint
  readonly event_id: string
  readonly type: string
  readonly schema_version: number
  readonly data: Schema.Json
  readonly actor: string
  readonly reason: string
  readonly repaired_at: Date
}

/** The repairs of events in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<EventRepairs, never, SqlClient.SqlClient> = EventRepairs.layer(
  Effect.map(SqlClient.SqlClient, (sql) => ({
    add: ({ actor, data, eventId, position, reason, repairedAt, schemaVersion, type }) =>
      sql<Row>`
        insert into eventfold.event_repairs
          ("position", event_id, type, schema_version, data, actor, reason, repaired_at)
        values (${position}::bigint, ${eventId}::uuid, ${type}, ${schemaVersion}::integer, ${data}::json,
          ${actor}, ${reason}, ${DateTime.toDateUtc(repairedAt)})
        returning *`.pipe(
        Effect.mapError(failure("EventRepairs.add")),
        Effect.flatMap(([row]) =>
          row === undefined ? Effect.die("an insert answered no row") : Effect.succeed(repairOf(row))
        )
      ),
    find: (positions) =>
      sql<Row>`
        select distinct on ("position") * from eventfold.event_repairs
        where "position" = any(${positions.map(BigInt)}::bigint[])
        order by "position", number desc`.pipe(
        Effect.mapBoth({ onFailure: failure("EventRepairs.find"), onSuccess: (rows) => rows.map(repairOf) })
      ),
    history: ({ after, limit, position }) =>
      sql<Row>`
        select * from eventfold.event_repairs
        where number > ${after}::bigint and "position" = coalesce(${position ?? null}::bigint, "position")
        order by number limit ${limit}::integer`.pipe(
        Effect.mapBoth({ onFailure: failure("EventRepairs.history"), onSuccess: (rows) => rows.map(repairOf) })
      )
  }))
)

const repairOf = (row: Row): EventRepair => ({
  number: Number(row.number),
  position: Number(row.position),
  eventId: row.event_id,
  type: row.type,
  schemaVersion: row.schema_version,
  data: row.data,
  actor: row.actor,
  reason: row.reason,
  repairedAt: DateTime.fromDateUnsafe(row.repaired_at)
})
