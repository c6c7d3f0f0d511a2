/**
 * Looks at the start whether the sequences of the log are where they must be, and sets them forward when they are not.
 *
 * A database that was copied without its sequences (tables copied one by one, a logical replica that took over: logical
 * replication leaves sequences out) would hand out positions that are taken, or lie below what readers have passed. Its
 * readers would see nothing beyond the sequence either. `pg_dump` and physical copies carry the sequences: there this
 * costs one query.
 *
 * Why it is safe while others write: whoever takes a position holds, from before until it commits, a lock on a row of
 * `streams` or on the table `audit_log`, which the locks taken here wait for and keep off. When they are there, no
 * position is on its way, and nobody takes one until the sequence is right. A login that may not do this is refused the
 * start, which is better than a log out of order.
 * Gotcha: it sees what the database holds. After going back to an older backup, positions that readers outside the
 * database have passed are given again: set `eventfold.event_position` beyond them by hand.
 */
import { Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

interface Places {
  readonly allocated: number
  readonly last: number
  readonly key_allocated: number
  readonly last_key: number
}

const placesOf = (sql: SqlClient.SqlClient) =>
  sql<Places>`
    select eventfold.last_allocated()::float8 as allocated,
           greatest((select max(position) from eventfold.events), (select max(position) from eventfold.audit_log), 0)
             ::float8 as last,
           coalesce(pg_sequence_last_value('eventfold.stream_key'), 0)::float8 as key_allocated,
           coalesce((select max(stream_key) from eventfold.events), 0)::float8 as last_key`

const isBehind = (places: Places | undefined): places is Places =>
  places !== undefined && (places.allocated < places.last || places.key_allocated < places.last_key)

/** Sets the sequences forward if they are behind what the log holds, and says so in the log. */
export const check: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [seen] = yield* placesOf(sql)
  // An append between two parts of the question looks like this too: the answer under the locks counts.
  if (!isBehind(seen)) return
  yield* sql.withTransaction(
    Effect.gen(function* () {
      // The role of the service may use sequences, not set them.
      yield* sql`set local role none`
      yield* sql`lock table eventfold.streams, eventfold.audit_log in exclusive mode`
      const [places] = yield* placesOf(sql)
      if (!isBehind(places)) return
      yield* sql`
        select setval('eventfold.event_position', greatest(
          ${places.allocated}::float8, ${places.last}::float8,
          (select max(last_position) from eventfold.archived_streams), 1)::bigint)`
      yield* sql`
        select setval('eventfold.stream_key',
          greatest(${places.key_allocated}::float8, (select max(stream_key) from eventfold.streams), 1)::bigint)`
      yield* Effect.logWarning(
        `the sequence of positions stood at ${places.allocated}, the last event at ${places.last}: the sequences ` +
          "have been set forward. Was the database copied without them?"
      )
    })
  )
})

/** A layer that looks when it is built, after the migrations. */
export const layer: Layer.Layer<never, SqlError.SqlError, SqlClient.SqlClient> = Layer.effectDiscard(check)
