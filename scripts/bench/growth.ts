/**
 * `npm run bench:growth -- [--events N] [--seconds N] [--rounds N]`: what an append costs when the log has grown.
 *
 * Measures appends on a log of 100,000 events and again when it holds N (10,000,000), each in alternation with `pgbench`
 * on a table of its own, or with the driver where pgbench is not installed: the ratios are compared, because a machine
 * is not equally fast all the time. The log is filled inside the server, in streams of a hundred events.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { layerPostgres } from "@eventfold/postgres"
import { Console, Effect, Layer, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import * as Database from "./Database.ts"
import { chunk, grow } from "./GrownLog.ts"
import { measure, median } from "./Load.ts"
import { measures } from "./Measures.ts"
import { OrderService } from "./OrderService.ts"
import * as Pgbench from "./Pgbench.ts"
import { payload } from "./Samples.ts"

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const appends = measures({ messages: 1000, events: 1000, orders: 1 }).filter(
  ({ callers, name }) => name === "append-1" && callers <= 32
)

const compare = Effect.fnUntraced(function* (url: string, options: { seconds: number; rounds: number }) {
  const ratios = new Map<number, number>()
  for (const { callers, floor, operation } of appends) {
    const ours = []
    const floors = []
    yield* measure({ callers, seconds: 0.5, weight: 1, operation })
    for (let round = 0; round < options.rounds; round++) {
      const { seconds } = options
      const pgbench = yield* Pgbench.inserts({ url, clients: callers, seconds, kind: "plain", rows: 1, payload })
      floors.push(
        Option.isSome(pgbench) ? pgbench.value : yield* measure({ callers, seconds, weight: 1, operation: floor })
      )
      ours.push(yield* measure({ callers, seconds, weight: 1, operation }))
    }
    const [rate, other] = [median(ours)?.perSecond ?? 0, median(floors)?.perSecond ?? 0]
    ratios.set(callers, rate / other)
    const figures = { callers, perSecond: Math.round(rate), floorPerSecond: Math.round(other) }
    yield* Console.log(JSON.stringify({ ...figures, ratio: Math.round((rate / other) * 100) / 100 }))
  }
  return ratios
})

const growth = Command.make(
  "growth",
  {
    events: Flag.Int("events").pipe(Flag.withDefault(10_000_000), Flag.withDescription("how many events it grows to")),
    seconds: Flag.Finite("seconds").pipe(Flag.withDefault(2), Flag.withDescription("how long one run takes")),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5), Flag.withDescription("how many runs the median is taken of"))
  },
  Effect.fn(function* ({ events, rounds, seconds }) {
    yield* Effect.gen(function* () {
      const { url: serverUrl } = yield* server
      const url = yield* Database.create(serverUrl, "eventfold_growth")
      const layers = OrderService.notStarted.pipe(
        Layer.provideMerge(layerPostgres),
        Layer.provideMerge(PgClient.layer({ url: Redacted.make(url), maxConnections: 32 }))
      )
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const table of Pgbench.tables) yield* sql.unsafe(table)
        yield* grow(0, chunk)
        yield* sql`vacuum analyze`
        yield* Console.log(`${chunk} events`)
        const small = yield* compare(url, { seconds, rounds })
        yield* grow(chunk, events)
        yield* sql`vacuum analyze`
        // What filling has left to write must not be written while appends are measured.
        yield* sql`checkpoint`
        yield* Console.log(`${events} events`)
        const large = yield* compare(url, { seconds, rounds })
        for (const [callers, before] of small) {
          const change = Math.round(((large.get(callers) ?? 0) / before - 1) * 100)
          yield* Console.log(`${callers} callers: ${change >= 0 ? "+" : ""}${change} % against the floor`)
        }
      }).pipe(Effect.provide(layers))
    }).pipe(Effect.scoped)
  })
)

Command.run(growth, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
