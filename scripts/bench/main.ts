/**
 * `npm run bench -- [--json] [--only NAME] [--seconds N] [--rounds N] [--peers]`: the rates of eventfold beside
 * their floors.
 *
 * Every measure alternates with its floors in the same run, round by round, and the medians are compared: on a noisy
 * machine only the ratio means something. Uses the server of `TEST_DATABASE_URL` in a database of its own, or starts the
 * server that npm ships, with syncing to disk. `docs/benchmark.md` says what is compared with what.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Console, Effect, Layer, Option, Redacted, Schema } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import * as Inline from "./Inline.ts"
import * as Database from "./Database.ts"
import { measure, type Measured, median, type Rate } from "./Load.ts"
import { type Measure, measures, type Services } from "./Measures.ts"
import { masterKey, OrderService } from "./OrderService.ts"
import type { PeerName } from "./peers/Peer.ts"
import * as Peers from "./peers/Peers.ts"
import * as OrderLog from "./OrderLog.ts"
import * as Pgbench from "./Pgbench.ts"
import { itemPayload, payload } from "./Samples.ts"

/** What eventfold is compared with. */
type Floor = "pgbench" | "same rows" | "driver" | PeerName

interface Figure {
  readonly measure: string
  readonly callers: number
  readonly perSecond: number
  readonly floor: Floor
  readonly floorPerSecond: number
  readonly ratio: number
  readonly p50ms: number
  readonly p99ms: number
  readonly floorP50ms: number
  /** `NaN`, `null` in JSON, for pgbench, which does not tell. */
  readonly floorP99ms: number
  readonly memoryMb: number
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

const run = Effect.fn(function* (
  one: Measure,
  url: string,
  peers: ReadonlyArray<Peers.RunningPeer>,
  options: { seconds: number; rounds: number }
) {
  yield* one.prepare
  const { callers, name, weight } = one
  const ours: Array<Measured> = []
  const floors = new Map<Floor, Array<Rate>>()
  const keep = (floor: Floor, rate: Rate) => floors.set(floor, [...(floors.get(floor) ?? []), rate])
  const load = (operation: Effect.Effect<unknown, unknown, Services>, seconds = options.seconds) =>
    measure({ callers, seconds, weight, operation })
  yield* load(one.operation, 0.5)
  yield* load(one.floor, 0.5)
  for (let round = 0; round < options.rounds; round++) {
    if (one.pgbenchRows !== undefined) {
      // Beyond 32 clients pgbench itself gets slower on two cores; the floor stays at what the machine can do.
      const inserts = { url, clients: Math.min(callers, 32), seconds: options.seconds, rows: one.pgbenchRows, payload }
      const plain = yield* Pgbench.inserts({ ...inserts, kind: "plain" })
      if (Option.isSome(plain)) keep("pgbench", plain.value)
      const same = one.overHttp === true ? plain : yield* Pgbench.inserts({ ...inserts, kind: "same" })
      if (Option.isSome(same) && same !== plain) keep("same rows", same.value)
    }
    keep("driver", yield* load(one.floor))
    ours.push(yield* load(one.operation))
    for (const peer of peers) {
      const rate = yield* peer.rate({ measure: name, callers, seconds: options.seconds })
      if (Option.isSome(rate)) keep(peer.name, rate.value)
    }
  }
  const middle = median(ours)
  if (middle === undefined) return []
  // A peer that failed on the way has no median of as many rounds: it is not shown.
  return Array.from(floors).flatMap(([floor, rates]): ReadonlyArray<Figure> => {
    const other = median(rates)
    if (other === undefined || rates.length < options.rounds) return []
    const { memoryMb, p50ms, p99ms, perSecond } = middle
    const { p50ms: floorP50ms, p99ms: floorP99ms, perSecond: floorPerSecond } = other
    const ratio = perSecond / floorPerSecond
    const times = { p50ms, p99ms, floorP50ms, floorP99ms }
    return [{ measure: one.name, callers, perSecond, floor, floorPerSecond, ratio, ...times, memoryMb }]
  })
})

const rounded = (figure: Figure): Figure => ({
  ...figure,
  perSecond: Math.round(figure.perSecond),
  floorPerSecond: Math.round(figure.floorPerSecond),
  ratio: Math.round(figure.ratio * 100) / 100,
  p50ms: Math.round(figure.p50ms * 100) / 100,
  p99ms: Math.round(figure.p99ms * 100) / 100,
  memoryMb: Math.round(figure.memoryMb),
  floorP50ms: Math.round(figure.floorP50ms * 100) / 100,
  floorP99ms: Math.round(figure.floorP99ms * 100) / 100
})

const columns = [
  "measure",
  "callers",
  "perSecond",
  "floor",
  "floorPerSecond",
  "ratio",
  "p50ms",
  "p99ms",
  "floorP50ms",
  "floorP99ms",
  "memoryMb"
] as const
const widths = [18, 7, 9, 15, 14, 6, 8, 8, 10, 10, 8]
const cell = (value: string | number) => (Number.isNaN(value) ? "-" : value)
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
    peers: Flag.Boolean("peers").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "beside other event stores, workflow engines and a queue of jobs too, which npm installs into node_modules/.cache/eventfold"
      )
    ),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(3), Flag.withDescription("how many runs the median is taken of")),
    events: Flag.Int("events").pipe(
      Flag.optional,
      Flag.withDescription(
        "how many events scan-all reads (100,000), catch-up-order-list projects and outbox-relay publishes (20,000), rounded up"
      )
    )
  },
  Effect.fn(function* ({ events, json, only, peers: withPeers, rounds, seconds }) {
    const wanted = (standard: number) =>
      Math.max(
        Option.getOrElse(events, () => standard),
        1
      )
    const all = measures({
      events: Math.ceil(wanted(100_000) / 1000) * 1000,
      messages: Math.ceil(wanted(20_000) / 1000) * 1000,
      orders: Math.ceil(wanted(20_000) / OrderLog.perOrder)
    })
    const chosen = all.filter(({ name }) => Option.isNone(only) || only.value === name)
    if (chosen.length === 0) {
      // As an error of the user, it is shown as its message, without a stack.
      const cause = new UnknownMeasure({ known: Array.from(new Set(all.map(({ name }) => name))) })
      return yield* new CliError.UserError({ cause, userMessage: cause.message })
    }
    yield* Effect.gen(function* () {
      const { url: serverUrl } = yield* server
      const url = yield* Database.create(serverUrl, "eventfold_bench")
      const peers = withPeers
        ? yield* Peers.start({
            server: serverUrl,
            measures: chosen.map(({ name }) => name),
            payloads: { payload, item: yield* itemPayload, order: yield* OrderLog.plainOrder }
          })
        : []
      // The service last: it finds the tables made.
      const service = chosen.some(({ overHttp }) => overHttp) ? OrderService.layer(url) : OrderService.notStarted
      const layers = Layer.merge(service, Inline.layer).pipe(
        Layer.provideMerge(layerPostgres),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ EVENTFOLD_MASTER_KEY: masterKey }))),
        Layer.provideMerge(PgClient.layer({ url: Redacted.make(url), maxConnections: 32 }))
      )
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const table of Pgbench.tables) yield* sql.unsafe(table)
        if (!json) yield* Console.log(row(columns))
        for (const one of chosen) {
          for (const figure of yield* run(one, url, peers, { seconds, rounds })) {
            const shown = rounded(figure)
            yield* Console.log(json ? JSON.stringify(shown) : row(columns.map((column) => cell(shown[column]))))
          }
        }
        // What a measure has begun ends before the database does.
      }).pipe(Effect.scoped, Effect.provide(layers))
    }).pipe(Effect.scoped)
  })
)

Command.run(bench, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
