/** A long log, filled inside the server: streams of a hundred deposits. */
import { Console, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { payload } from "./Samples.ts"

/** How many events are added in a transaction. */
export const chunk = 100_000

/** Adds streams of a hundred events until the log holds `events`; ids are as those of real events, ascending by time. */
export const grow = Effect.fnUntraced(function* (from: number, events: number) {
  const sql = yield* SqlClient.SqlClient
  for (let at = from; at < events; at += chunk) {
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`select eventfold.announce()`
        yield* sql`insert into eventfold.streams (tenant, category, stream_id, version)
          select 'bench', 'grown', to_char(${at}::bigint / 100 + g, 'FM000000000000'), 100
          from generate_series(1, ${chunk / 100}::integer) g`
        yield* sql`insert into eventfold.events (
            position, tenant, category, stream_id, stream_key, version, event_id, type, schema_version,
            occurred_at, recorded_at, data, metadata, append_size)
          select nextval('eventfold.event_position'), s.tenant, s.category, s.stream_id, s.stream_key, v,
            (lpad(to_hex(1700000000000 + (${at}::bigint + row_number() over ()) / 30), 12, '0') || '7'
              || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
            'MoneyDeposited', 1, now(), clock_timestamp(), ${payload}::json, '{"actor":"bench"}'::json, 1
          from (select * from eventfold.streams where category = 'grown'
            and stream_id > to_char(${at}::bigint / 100, 'FM000000000000')) s, generate_series(1, 100) v`
      })
    )
    if ((at / chunk) % 10 === 9) yield* Console.error(`  ${at + chunk} events`)
  }
})
