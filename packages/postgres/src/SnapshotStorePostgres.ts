/** Snapshots as a table: one function call per snapshot stored, one query per look. */
import {
  type Snapshot,
  type SnapshotScope,
  SnapshotStore,
  snapshotsPerStream,
  type StreamId
} from "@eventfold/event-store"
import { DateTime, Effect, Layer, Option, type Schema } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

interface Row {
  readonly version: bigint
  readonly taken_at: Date
  readonly state: Schema.Json
}

interface Count {
  readonly count: bigint
}

/** Snapshots in the database of the SQL client; the table is made by `Migrations`. */
export const layerPostgres: Layer.Layer<SnapshotStore, never, SqlClient.SqlClient> = Layer.effect(
  SnapshotStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ofStream = ({ category, id, tenant }: StreamId.StreamId) =>
      sql`tenant = ${tenant} and category = ${category} and stream_id = ${id}`
    // A parameter that is null leaves its column open, so that the text of the statement is always the same.
    const within = ({ category, tenant }: SnapshotScope) =>
      sql`tenant = coalesce(${tenant ?? null}::text, tenant) and category = coalesce(${category ?? null}::text, category)`

    return yield* SnapshotStore.make({
      load: (stream, fingerprint, notAfter) =>
        sql<Row>`
          select version, taken_at, state from eventfold.snapshots
          where ${ofStream(stream)} and fingerprint = ${fingerprint} and version <= ${notAfter}::bigint
          order by version desc limit 1`.pipe(
          Effect.mapBoth({
            onFailure: failure("SnapshotStore.load"),
            onSuccess: ([row]) => Option.map(Option.fromNullishOr(row), loaded(stream, fingerprint))
          })
        ),
      save: ({ fingerprint, state, stream, takenAt, version }) =>
        sql`select eventfold.save_snapshot(
          ${stream.tenant}, ${stream.category}, ${stream.id}, ${fingerprint}, ${version}::bigint,
          ${DateTime.toDateUtc(takenAt)}, ${JSON.stringify(state)}, ${snapshotsPerStream}::integer)`.pipe(
          Effect.mapError(failure("SnapshotStore.save")),
          Effect.asVoid
        ),
      deleteStream: (stream) =>
        sql<Count>`
          with gone as (delete from eventfold.snapshots where ${ofStream(stream)} returning 1)
          select count(*) as count from gone`.pipe(
          Effect.mapBoth({ onFailure: failure("SnapshotStore.deleteStream"), onSuccess: counted })
        ),
      deleteAll: (scope) =>
        sql<Count>`
          with gone as (delete from eventfold.snapshots where ${within(scope)} returning 1)
          select count(*) as count from gone`.pipe(
          Effect.mapBoth({ onFailure: failure("SnapshotStore.deleteAll"), onSuccess: counted })
        ),
      count: (scope) =>
        sql<Count>`select count(*) as count from eventfold.snapshots where ${within(scope)}`.pipe(
          Effect.mapBoth({ onFailure: failure("SnapshotStore.count"), onSuccess: counted })
        )
    })
  })
)

const loaded =
  (stream: StreamId.StreamId, fingerprint: string) =>
  ({ state, taken_at, version }: Row): Snapshot => ({
    stream,
    fingerprint,
    version: Number(version),
    state,
    takenAt: DateTime.fromDateUnsafe(taken_at)
  })

const counted = ([row]: ReadonlyArray<Count>): number => Number(row?.count ?? 0)
