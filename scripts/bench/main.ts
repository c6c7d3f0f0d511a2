/**
 * `npm run bench -- [--json] [--only NAME] [--seconds N] [--rounds N]`: the rates of eventfold beside their floors.
 *
 * Every measure alternates with its floors in the same run, round by round, and the medians are compared: on a noisy
 * machine only the ratio means something. Uses the server of `TEST_DATABASE_URL` in a database of its own, or starts the
 * server that npm ships, with syncing to disk.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { layerPostgres } from "@eventfold/postgres"
import { Console, Effect, Layer, Option, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import { measure, median, type Rate } from "./Load.ts"
import { type Measure, measures, payload, type Services } from "./Measures.ts"
import { OrderService } from "./OrderService.ts"
import * as Pgbench from "./Pgbench.ts"

interface Figure {
  readonly measure: string
  readonly callers: number
  readonly perSecond: number
  readonly floor: "pgbench" | "driver"
  readonly floorPerSecond: number
  readonly ratio: number
  readonly p50ms: number
  readonly p99ms: number
}

class UnknownMeasure extends Schema.TaggedError<UnknownMeasure>()("UnknownMeasure", {
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `There is no measure of that name; there are ${this.known.join(", ")}`
  }
}

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const database = Effect.gen(function* () {
  const { url } = yield* server
  const admin = yield* PgClient.make({ url: Redacted.make(url), maxConnections: 1 })
  yield* Effect.acquireRelease(
    Effect.andThen(admin`drop database if exists eventfold_bench with (force)`, admin`create database eventfold_bench`),
    // A bench that ends does not fail because of what it leaves behind; the next one drops it.
    () => Effect.ignore(admin`drop database if exists eventfold_bench with (force)`)
  )
  const own = new URL(url)
  own.pathname = "/eventfold_bench"
  return own.toString()
})

const run = Effect.fn(function* (one: Measure, url: string, options: { seconds: number; rounds: number }) {
  yield* one.prepare
  const rates = { ours: new Array<Rate>(), driver: new Array<Rate>(), pgbench: new Array<Rate>() }
  const load = (operation: Effect.Effect<unknown, unknown, Services>, seconds = options.seconds) =>
    measure({ callers: one.callers, seconds, weight: one.weight, operation })
  yield* load(one.operation, 0.5)
  yield* load(one.floor, 0.5)
  for (let round = 0; round < options.rounds; round++) {
    if (one.pgbenchRows !== undefined) {
      // Beyond 32 clients pgbench itself gets slower on two cores; the floor stays at what the machine can do.
      const clients = Math.min(one.callers, 32)
      const floor = yield* Pgbench.inserts({ url, clients, seconds: options.seconds, rows: one.pgbenchRows, payload })
      if (Option.isSome(floor)) rates.pgbench.push(floor.value)
    }
    rates.driver.push(yield* load(one.floor))
    rates.ours.push(yield* load(one.operation))
  }
  const ours = median(rates.ours)
  return (["pgbench", "driver"] as const)
    .filter((floor) => rates[floor].length > 0)
    .map((floor): Figure => {
      const floorPerSecond = median(rates[floor]).perSecond
      const { p50ms, p99ms, perSecond } = ours
      const ratio = perSecond / floorPerSecond
      return { measure: one.name, callers: one.callers, perSecond, floor, floorPerSecond, ratio, p50ms, p99ms }
    })
})

const rounded = (figure: Figure): Figure => ({
  ...figure,
  perSecond: Math.round(figure.perSecond),
  floorPerSecond: Math.round(figure.floorPerSecond),
  ratio: Math.round(figure.ratio * 100) / 100,
  p50ms: Math.round(figure.p50ms * 100) / 100,
  p99ms: Math.round(figure.p99ms * 100) / 100
})

const columns = ["measure", "callers", "perSecond", "floor", "floorPerSecond", "ratio", "p50ms", "p99ms"] as const
const widths = [18, 8, 11, 9, 15, 7, 9, 9]
const row = (cells: ReadonlyArray<string | number>) =>
  cells
    .map((cell, index) =>
      index % 3 === 0 && index < 4 ? String(cell).padEnd(widths[index] ?? 0) : String(cell).padStart(widths[index] ?? 0)
    )
    .join("  ")

const bench = Command.make(
  "bench",
  {
    json: Flag.Boolean("json").pipe(
      Flag.withDefault(false),
      Flag.withDescription("one JSON object per line in place of the table")
    ),
    only: Flag.String("only").pipe(Flag.optional, Flag.withDescription("run the measures of this name only")),
    seconds: Flag.Finite("seconds").pipe(Flag.withDefault(2), Flag.withDescription("how long one run takes")),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(3), Flag.withDescription("how many runs the median is taken of"))
  },
  Effect.fn(function* ({ json, only, rounds, seconds }) {
    const chosen = measures.filter(({ name }) => Option.isNone(only) || only.value === name)
    if (chosen.length === 0) {
      return yield* new UnknownMeasure({ known: Array.from(new Set(measures.map(({ name }) => name))) })
    }
    yield* Effect.gen(function* () {
      const url = yield* database
      // The service last: it finds the tables made.
      const layers = OrderService.layer(url).pipe(
        Layer.provideMerge(layerPostgres),
        Layer.provideMerge(PgClient.layer({ url: Redacted.make(url), maxConnections: 32 }))
      )
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table bench_floor (
          position bigint generated always as identity primary key, stream_id text not null, type text not null,
          data json not null, recorded_at timestamptz not null default now())`
        if (!json) yield* Console.log(row(columns))
        for (const one of chosen) {
          for (const figure of yield* run(one, url, { seconds, rounds })) {
            const shown = rounded(figure)
            yield* Console.log(json ? JSON.stringify(shown) : row(columns.map((column) => shown[column])))
          }
        }
      }).pipe(Effect.provide(layers))
    }).pipe(Effect.scoped)
  })
)

Command.run(bench, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
