import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedUpkeep from "../src/EmbeddedUpkeep.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

/** 9 MB of write-ahead log, and of nothing else. */
const write = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql`select pg_logical_emit_message(false, 'test', repeat('x', 9000000))::text`
)

layer(PreparedDatabase.layer(), { excludeTestServices: true })("EmbeddedUpkeep", (it) => {
  it.effect("keeps the write-ahead log bounded, by itself", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* Effect.replicateEffect(Effect.andThen(write, EmbeddedUpkeep.boundLog(sql)), 20)
      // 180 MB were written, in segments of 16 MB; one checkpoint's worth is kept for reuse.
      const [log] = yield* sql<{ readonly files: number }>`select count(*)::int4 as files from pg_ls_waldir()`
      assert.isAtMost(log?.files ?? Number.NaN, 8)
      yield* Effect.replicateEffect(write, 6)
      // Nobody asks for the checkpoint that ends this.
      yield* Effect.repeat(
        sql<{ readonly small: boolean }>`
          select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) < 9000000 as small from pg_control_checkpoint()`,
        { until: ([after]) => after?.small === true }
      )
    })
  )

  it.effect("vacuums and analyzes the tables that need it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table changed (text text)`
      yield* sql`insert into changed select repeat('x', 10) from generate_series(1, 2000)`
      yield* sql`delete from changed where ctid < '(5,0)'`
      // PostgreSQL counts changes about once a second; the test does not wait for that.
      yield* sql`select pg_stat_force_next_flush()`
      yield* EmbeddedUpkeep.tidyTables(sql)
      yield* sql`select pg_stat_force_next_flush()`
      const [table] = yield* sql`
        select n_dead_tup::int4 as dead, n_mod_since_analyze::int4 as changes, reltuples > 0 as counted
        from pg_stat_user_tables s join pg_class c on c.oid = s.relid where s.relname = 'changed'`
      assert.deepStrictEqual(table, { dead: 0, changes: 0, counted: true })
    })
  )
})
