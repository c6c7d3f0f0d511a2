/**
 * The floor by PostgreSQL's own tool: durable inserts of plain rows by `pgbench`, without any of us in between.
 * `None` where pgbench is not installed.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Option } from "effect"
import type { Rate } from "./Load.ts"

/** Whether pgbench is there to be asked. */
export const installed = (): boolean => spawnSync("pgbench", ["--version"]).status === 0

/** Rows per second that `clients` insert, `rows` in each statement, each statement a durable transaction. */
export const inserts = (options: {
  readonly url: string
  readonly clients: number
  readonly seconds: number
  readonly rows: number
  readonly payload: string
}): Effect.Effect<Option.Option<Rate>> =>
  Effect.sync(() => {
    if (!installed()) return Option.none()
    const folder = mkdtempSync(join(tmpdir(), "eventfold-pgbench-"))
    try {
      const script = join(folder, "insert.sql")
      // A colon with a name behind it is a variable to pgbench; with a space behind it, it is JSON as before.
      const payload = options.payload.replaceAll("'", "''").replaceAll(":", ": ")
      const rows = options.rows === 1 ? "" : ` from generate_series(1, ${options.rows})`
      writeFileSync(
        script,
        `insert into bench_floor (stream_id, type, data) select gen_random_uuid()::text, 'ItemAdded', '${payload}'::json${rows};\n`
      )
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
