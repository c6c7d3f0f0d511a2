/**
 * What PostgreSQL's background processes would do, which PGlite does not have: checkpoints, so that the write-ahead log
 * stays bounded, and vacuum and analyze for the tables that need it.
 *
 * Guarantees: while the database is used, the log is looked at every second and a checkpoint is taken when it has grown by
 * 48 MiB, so it holds about that plus what one second writes; every minute the tables that are due by autovacuum's rule
 * are vacuumed. An idle database is left alone.
 *
 * Gotchas: a vacuum blocks the process while it runs. It runs by the machine's clock, not by the `Clock` service: a test
 * that moves its clock by years must not make up for every second of them.
 */
import { Clock, Effect } from "effect"
import type { SqlClient } from "effect/sql"

const checkpointAfterBytes = 48 * 1024 * 1024

/** Takes care of a database until it is interrupted. `activity` changes whenever the database was used. */
export const run = Effect.fnUntraced(
  function* (sql: SqlClient.SqlClient, activity: () => number): Effect.fn.Return<never> {
    let seen = activity()
    let usedSinceTidying = false
    for (let second = 1; ; second++) {
      yield* Effect.sleep("1 second")
      if (activity() !== seen) {
        usedSinceTidying = true
        yield* reported(boundLog(sql))
      }
      if (usedSinceTidying && second % 60 === 0) {
        usedSinceTidying = false
        yield* reported(tidyTables(sql))
      }
      seen = activity()
    }
  },
  Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
)

const reported = <E>(work: Effect.Effect<void, E>): Effect.Effect<void> =>
  Effect.catch(work, (error) => Effect.logWarning("Upkeep of the embedded database failed", error))

/** Takes a checkpoint when the log has grown by 48 MiB since the last. */
export const boundLog = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [log] = yield* sql<{ readonly bytes: bigint }>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::int8 as bytes from pg_control_checkpoint()`
  if (log !== undefined && log.bytes >= checkpointAfterBytes) yield* sql`checkpoint`
})

/** Vacuums and analyzes the tables that are due by autovacuum's default thresholds. */
export const tidyTables = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const tables = yield* sql<{ readonly name: string }>`
    select format('%I.%I', s.schemaname, s.relname) as name
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
       or s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
       or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)`
  // One statement each, so that others get their turn in between.
  yield* Effect.forEach(tables, ({ name }) => sql.unsafe(`vacuum (analyze) ${name}`), { discard: true })
})
