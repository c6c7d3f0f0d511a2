/**
 * Three processes share 45 pieces of work on one database; one is killed, one is frozen and goes on later. Measured from the rows
 * alone: how long any piece stood still, what placing costs while nothing happens, and what the frozen process wrote of work
 * that was somebody else's by then.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** Who places the work. */
export type PlacedBy = "leases" | "cluster" | "cluster-quick"

const program = fileURLToPath(new URL("./PlacedWork.ts", import.meta.url))

const start = (by: PlacedBy, node: string, url: string) =>
  Effect.acquireRelease(
    Effect.callback<ChildProcess>((resume) => {
      const child = spawn(process.execPath, [program, by, node], {
        env: { ...process.env, DATABASE_URL: url },
        stdio: ["ignore", "pipe", "inherit"]
      })
      child.stdout.on("data", (text: Buffer) => {
        if (text.toString().includes("ready")) resume(Effect.succeed(child))
      })
    }),
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  )

const now = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Statistics are as old as a second: what a backend has done it tells when it rests.
  const [row] = yield* sql<{ now: Date; commits: number; rows: number }>`
    select clock_timestamp() as now, (select count(*)::float8 from work) as rows,
      (select xact_commit::float8 from pg_stat_database where datname = current_database()) as commits`
  return row ?? (yield* Effect.die(new Error("the server does not answer")))
})

/** How many names each process has written in the last half second. */
const sharesNow = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ node: string; n: number }>`
    select node, count(distinct name)::int as n from work where at > clock_timestamp() - interval '500 milliseconds' group by 1`
})

/** The longest time between two rows of a name that reaches into a time, in milliseconds. */
const longestGap = Effect.fnUntraced(function* (from: Date, to: Date) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ millis: number }>`
    select coalesce(max(1000 * extract(epoch from next - at)), 0)::float8 as millis from (
      select at, lead(at, 1, clock_timestamp()) over (partition by name order by at, id) as next from work
    ) w where next > ${from} and at < ${to}`
  return Math.round(row?.millis ?? 0)
})

/** Rows a process has written since a moment of work that another one wrote before and after it, within a second. */
const stale = Effect.fnUntraced(function* (node: string, since: Date) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ n: number }>`
    select count(*)::int as n from work w where w.node = ${node} and w.at > ${since}
      and w.at < ${since}::timestamptz + interval '3 seconds'
      and exists (select from work o where o.name = w.name and o.node <> w.node and o.at between w.at - interval '1 second' and w.at)
      and exists (select from work o where o.name = w.name and o.node <> w.node and o.at between w.at and w.at + interval '1 second')`
  return row?.n ?? 0
})

/** Runs it. The SQL client is one of a new database. */
export const run = Effect.fnUntraced(function* (by: PlacedBy, url: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create table work (id bigint generated always as identity primary key, name text not null, node text not null,
    at timestamptz not null default clock_timestamp())`
  yield* sql`create index work_name on work (name, at, id)`
  yield* start(by, "one", url)
  const two = yield* start(by, "two", url)
  const three = yield* start(by, "three", url)
  const begun = yield* now
  yield* Effect.repeat(sharesNow, {
    schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
    until: (found) => found.length === 3 && found.reduce((sum, { n }) => sum + n, 0) >= 45
  })
  yield* Effect.sleep("3 seconds")
  const shares = (yield* sharesNow).map(({ n }) => n)
  const before = yield* now
  yield* Effect.sleep("5 seconds")
  const after = yield* now
  const seconds = (after.now.getTime() - before.now.getTime()) / 1000
  const overhead = (after.commits - before.commits - (after.rows - before.rows)) / seconds
  const long = by === "cluster" ? "45 seconds" : "8 seconds"

  two.kill("SIGKILL")
  yield* Effect.sleep(long)
  const killed = yield* longestGap(after.now, (yield* now).now)
  const freezing = yield* now
  three.kill("SIGSTOP")
  yield* Effect.sleep(long)
  const resumed = yield* now
  const frozen = yield* longestGap(freezing.now, resumed.now)
  three.kill("SIGCONT")
  yield* Effect.sleep("4 seconds")
  return {
    measure: "placing",
    by,
    joinedMillis: before.now.getTime() - begun.now.getTime() - 3000,
    shares,
    commitsPerSecondBesideTheWork: Math.round(overhead * 10) / 10,
    pauseAfterKillMillis: killed,
    pauseAfterFreezeMillis: frozen,
    staleRowsOfTheFrozenOne: yield* stale("three", resumed.now)
  }
})
