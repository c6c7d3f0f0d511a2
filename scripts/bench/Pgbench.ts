/**
 * The floors by PostgreSQL's own tool: durable inserts by `pgbench`, without any of us in between. `None` where pgbench is
 * not installed.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Option } from "effect"
import type { Rate } from "./Load.ts"

/** Whether pgbench is there to be asked. */
export const installed = (): boolean => spawnSync("pgbench", ["--version"]).status === 0

/** What one statement writes. */
export type Rows = "plain" | "same"

/** The tables of both kinds of rows: the second have the columns and the indexes of the log. */
export const tables = [
  `create table bench_floor (
    position bigint generated always as identity primary key, stream_id text not null, type text not null,
    data json not null, recorded_at timestamptz not null default now())`,
  "create table bench_streams (like eventfold.streams including all)",
  "create table bench_events (like eventfold.events including all)",
  "create sequence bench_position",
  "create sequence bench_id"
]

/** `plain`: rows with one index. `same`: what an append writes, with ids that grow as its ids do, and no function. */
const statement = (kind: Rows, rows: number, payload: string): string =>
  kind === "plain"
    ? `insert into bench_floor (stream_id, type, data)
       select gen_random_uuid()::text, 'ItemAdded', ${payload}::json${rows === 1 ? "" : ` from generate_series(1, ${rows})`}`
    : `with s as (
         insert into bench_streams (tenant, category, stream_id, version)
         values ('bench', 'account', lpad(to_hex(nextval('bench_id')), 36, '0'), ${rows}) returning *
       )
       insert into bench_events (position, tenant, category, stream_id, stream_key, version,
         event_id, type, schema_version, occurred_at, recorded_at, data, metadata, append_size)
       select nextval('bench_position'), s.tenant, s.category, s.stream_id, s.stream_key, n,
         lpad(to_hex(nextval('bench_id')), 32, '0')::uuid, 'ItemAdded', 1, now(), clock_timestamp(),
         ${payload}::json, '{"actor": "bench"}'::json, ${rows}
       from s, generate_series(1, ${rows}) n`

/** Rows per second that `clients` insert, `rows` in each statement, each statement a durable transaction. */
export const inserts = (options: {
  readonly url: string
  readonly clients: number
  readonly seconds: number
  readonly kind: Rows
  readonly rows: number
  readonly payload: string
}): Effect.Effect<Option.Option<Rate>> =>
  Effect.sync(() => {
    if (!installed()) return Option.none()
    const folder = mkdtempSync(join(tmpdir(), "eventfold-pgbench-"))
    try {
      const script = join(folder, "insert.sql")
      // A colon with a name behind it is a variable to pgbench; with a space behind it, it is JSON as before.
      // A colon with a name behind it is a variable to pgbench; with a space behind it, it is JSON as before.
      const payload = options.payload.replaceAll("'", "''").replaceAll(":", ": ")
      writeFileSync(script, `${statement(options.kind, options.rows, `'${payload}'`).replaceAll("\n", " ")};\n`)
      const seconds = String(Math.max(1, Math.round(options.seconds)))
      const threads = String(Math.min(2, options.clients))
      const run = spawnSync(
        "pgbench",
        [
          "-n",
          "-M",
          "prepared",
          "-c",
          String(options.clients),
          "-j",
          threads,
          "-T",
          seconds,
          "-f",
          script,
          options.url
        ],
        { encoding: "utf8" }
      )
      const tps = Number(/tps = ([0-9.]+)/u.exec(run.stdout)?.[1])
      const latency = Number(/latency average = ([0-9.]+)/u.exec(run.stdout)?.[1])
      if (!Number.isFinite(tps)) throw new Error(`pgbench failed: ${run.stderr}`)
      // pgbench reports a mean, not percentiles: it stands for the median here and says nothing about the tail.
      return Option.some({ perSecond: tps * options.rows, p50ms: latency, p99ms: Number.NaN })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
