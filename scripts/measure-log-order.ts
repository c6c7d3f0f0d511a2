/**
 * `node scripts/measure-log-order.ts [seconds]`: what the order of the log costs, and what it is worth: the figures of
 * docs/decisions/0005-announce-before-allocating.md.
 *
 * Needs pgbench. Uses the server of `TEST_DATABASE_URL` in databases of its own, or starts the one that npm ships, with syncing to disk.
 * The runs of a comparison alternate, and their medians are compared: on a noisy machine only the ratio means something.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { layerPostgres, Migrations } from "@eventfold/postgres"
import { Subscriptions } from "@eventfold/subscriptions"
import { write } from "@eventfold/testing/LogWriters"
import { Console, Duration, Effect, Fiber, Layer, Redacted, References, Stream } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import * as PostgresServer from "../test/PostgresServer.ts"
import * as Database from "./bench/Database.ts"
import { measure } from "./bench/Load.ts"

const seconds = Number(process.argv[2] ?? 15)
const writers = 32

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const client = (url: string, maxConnections = writers) =>
  PgClient.layer({ url: Redacted.make(url), maxConnections, maxMessageSize: 2 ** 26 })

/** One event appended to a new stream, by the function of the database, on a connection of its own: nothing is coalesced. */
const append = `select outcome from eventfold.append_one('bench', 'bench', gen_random_uuid()::text, 0,
  array[gen_random_uuid()], array['Appended'], array[1], array[now()],
  array['{"text": "${"x".repeat(280)}"}'], array['{}'], false)`.replaceAll("\n", " ")

/** The same, but one of fifty transactions stays open for 50 ms after its append. */
const stalling = `\\set one random(1, 50)
begin;
${append};
\\if :one = 1
select pg_sleep(0.05);
\\endif
commit;`

/** Runs PostgreSQL's own load tool, so that Node's share of the processor is not measured; answers appends a second. */
const pgbench = (url: string, duration: number, script = append) =>
  Effect.promise(async () => {
    const folder = mkdtempSync(join(tmpdir(), "eventfold-measure-"))
    try {
      const file = join(folder, "append.sql")
      writeFileSync(file, `${script}\n`)
      const flags = ["-n", "-M", "prepared", "-c", String(writers), "-j", "2", "-T", String(duration), "-f", file, url]
      const run = spawn("pgbench", flags, { stdio: ["ignore", "pipe", "pipe"] })
      let [output, complaints] = ["", ""]
      run.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()))
      run.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()))
      await once(run, "close")
      const perSecond = Number(/tps = ([0-9.]+)/u.exec(output)?.[1])
      if (!Number.isFinite(perSecond)) throw new Error(`pgbench failed: ${complaints}`)
      return perSecond
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

/** What one look at the horizon costs beside a query that does nothing. */
const polls = Effect.fnUntraced(function* (url: string) {
  const sql = yield* SqlClient.SqlClient
  const statements = { "a query that does nothing": "select 1", "the horizon": "select eventfold.horizon()" }
  const poll = (name: string) =>
    Effect.forEach(
      Object.entries(statements),
      ([what, statement]) =>
        Effect.flatMap(
          measure({ callers: 1, seconds: 2, weight: 1, operation: sql.unsafe(statement) }),
          ({ p50ms, p99ms }) =>
            Console.log(`${what}, ${name}: half within ${p50ms.toFixed(2)} ms, 99 % within ${p99ms.toFixed(2)} ms`)
        ),
      { discard: true }
    )
  yield* poll("at rest")
  const load = yield* Effect.forkChild(pgbench(url, 6))
  yield* Effect.sleep("1 second")
  yield* poll(`with ${writers} writers`)
  yield* Fiber.join(load)
})

/** What a writer can do before it takes its positions, in the place of announcing. */
const ways = {
  announcing: undefined,
  "doing nothing (readers miss events)": "",
  "taking one global lock": "perform pg_advisory_xact_lock(17750, 17750);"
}

/** Puts something in the place of the announcement in the function that appends. */
const replaceAnnouncement = Effect.fnUntraced(function* (by: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly text: string }>`
    select pg_get_functiondef('eventfold.append_one'::regproc) as text`
  const changed = row?.text.replace(/if not pg_try_advisory_xact_lock_shared\([\s\S]*?end if;/u, by)
  if (changed === undefined || changed === row?.text)
    return yield* Effect.die("the function does not announce like this")
  yield* sql.unsafe(changed)
})

const throughput = Effect.fnUntraced(function* (url: string) {
  const rates = new Map<string, Array<readonly [quick: number, stalling: number]>>()
  for (let round = 0; round < 3; round++) {
    for (const [way, instead] of Object.entries(ways)) {
      const run = Effect.gen(function* () {
        const own = yield* Database.create(url, "eventfold_measure")
        const prepare = Effect.andThen(
          Migrations.migrate,
          instead === undefined ? Effect.void : replaceAnnouncement(instead)
        )
        yield* Effect.provide(prepare, Layer.fresh(client(own)))
        yield* pgbench(own, 1)
        return [yield* pgbench(own, 4), yield* pgbench(own, 3, stalling)] as const
      })
      rates.set(way, [...(rates.get(way) ?? []), yield* Effect.scoped(run)])
    }
  }
  for (const [way, of] of rates) {
    const middle = (run: 0 | 1) => Math.round(of.map((rates) => rates[run]).toSorted((a, b) => a - b)[1] ?? Number.NaN)
    yield* Console.log(
      `appends of ${writers} writers, ${way}: ${middle(0)} a second, ` +
        `and ${middle(1)} when one of 50 transactions stays open for 50 ms`
    )
  }
})

/** Reads with one statement until it is told to stop; what comes later is lost to it. */
const followBy = Effect.fnUntraced(function* (statement: string, isOver: () => boolean) {
  const sql = yield* SqlClient.SqlClient
  const seen = new Set<string>()
  let last = 0
  while (true) {
    const over = isOver()
    const page = yield* sql.unsafe<{ readonly id: string; readonly position: number }>(statement, [last])
    for (const { id } of page) seen.add(id)
    last = page.at(-1)?.position ?? last
    if (over && page.length === 0) return seen
  }
})

const columns = "select event_id as id, position::float8 as position from eventfold.events where position > $1"
const naive = `${columns} order by position limit 1000`
const byTransactions = `${columns} and xmin::text::bigint < (pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295)
  order by position limit 1000`

/** Writers that stall, roll back and lose connections, beside a foreign transaction: what do readers see of it? */
const missed = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  let over = false
  let end = Number.POSITIVE_INFINITY
  const foreign = yield* sql
    .withTransaction(Effect.andThen(sql`create table foreign_work as select 1 as one`, Effect.never))
    .pipe(Effect.forkChild)
  const readers = yield* Effect.forEach([naive, byTransactions], (statement) =>
    Effect.forkChild(followBy(statement, () => over))
  )
  const ours: Array<string> = []
  const follower = yield* Subscriptions.stream({ name: "measure", passEvery: 0 }).pipe(
    Stream.takeUntil(({ events, position }) => {
      for (const { id } of events) ours.push(id)
      return position >= end
    }),
    Stream.runDrain,
    Effect.forkChild
  )
  yield* Effect.timeoutOption(write({ writers: 24, appends: 1_000_000 }), Duration.seconds(seconds))
  over = true
  const [naively, transactions] = yield* Effect.forEach(readers, (reader) => Fiber.join(reader))
  yield* Fiber.interrupt(foreign)
  const log = yield* sql<{ readonly id: string; readonly position: number }>`
    select event_id as id, position::float8 as position from eventfold.events order by position`
  end = log.at(-1)?.position ?? 0
  yield* Console.log(`the log after ${seconds} s of 24 writers: ${log.length} events, the last at position ${end}`)
  // An append wakes the follower a last time.
  yield* write({ writers: 1, appends: 1 })
  yield* Fiber.join(follower)
  const inOrder = log.every(({ id }, index) => ours[index] === id)
  const count = (seen: ReadonlySet<string> | undefined) => log.filter(({ id }) => seen?.has(id) !== true).length
  yield* Console.log(`missed by a reader of "position > last": ${count(naively)}`)
  yield* Console.log(`not handed over by a horizon of transaction ids, held by a foreign one: ${count(transactions)}`)
  yield* Console.log(`missed by a subscription: ${count(new Set(ours))}; in order: ${inOrder ? "yes" : "NO"}`)
})

const program = Effect.gen(function* () {
  const { url } = yield* server
  yield* Database.create(url, "eventfold_measure_polls").pipe(
    Effect.flatMap((own) => Effect.provide(Effect.andThen(Migrations.migrate, polls(own)), client(own))),
    Effect.scoped
  )
  yield* throughput(url)
  const own = yield* Database.create(url, "eventfold_measure_order")
  yield* Effect.provide(
    missed,
    Subscriptions.layer.pipe(Layer.provideMerge(layerPostgres), Layer.provideMerge(client(own)))
  )
}).pipe(Effect.scoped, Effect.provide(Reactivity.layer), Effect.provideService(References.MinimumLogLevel, "Error"))

NodeRuntime.runMain(program)
