/**
 * `npm run bench:rebuild -- [--events N] [--commands N] [--seconds N] [--slices N]`: what building rows anew costs those who
 * work meanwhile.
 *
 * Fills a log of N (1,000,000) events, builds the rows of its accounts, and handles so many commands a second (500), first
 * for a while without a rebuild, then while one goes on in the same process, to the switch. Readers look all the time
 * whether a read fails or a row falls back. One JSON object comes out.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { CommandHandler, EventStore } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  LiveProjections,
  ProjectionRunner,
  ReadModels,
  Rebuild,
  rebuildText,
  Subscriptions
} from "@eventfold/subscriptions"
import { Console, Effect, Fiber, Layer, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import * as PostgresServer from "../../test/PostgresServer.ts"
import { account } from "./Account.ts"
import * as Database from "./Database.ts"
import { grow } from "./GrownLog.ts"
import * as RebuildRows from "./RebuildRows.ts"
import { occurredAt, accountOf, fillAccounts } from "./Samples.ts"
import * as SteadyLoad from "./SteadyLoad.ts"

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const handler = CommandHandler.make(account, { readFirst: true })
const accounts = 2000
let turn = 0

/** A deposit to one account after another. */
const command = Effect.suspend(() => {
  turn = (turn + 1) % accounts
  return handler.handle(accountOf("busy", turn), { _tag: "Deposit", amount: 5, occurredAt })
})

/** Waits until the rows of a generation after `last` are read; answers that one, and says how far it is. */
const served = Effect.fnUntraced(function* (last: number) {
  const rebuild = yield* Rebuild
  for (let look = 0; ; look += 1) {
    const [status] = yield* rebuild.statuses
    if (status?.building !== undefined && look % 20 === 0) {
      yield* Console.error(rebuildText(status.projection, status.building.progress, 100))
    }
    const generation = status?.serving?.generation ?? 0
    if (generation > last) return generation
    yield* Effect.sleep("250 millis")
  }
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const begun = performance.now()
    return Effect.map(effect, (answer) => ({ answer, seconds: (performance.now() - begun) / 1000 }))
  })

const measured = Effect.fnUntraced(function* (options: { commands: number; seconds: number }) {
  const log = yield* EventStore
  const first = yield* timed(served(0))
  const events = yield* log.end
  yield* Effect.repeat(command, { times: accounts })
  const readings: RebuildRows.Readings = { reads: 0, failed: 0, backInTime: 0 }
  const readers = yield* Effect.forkChild(RebuildRows.readOn(readings))
  const calm = yield* SteadyLoad.during(options.commands, command, Effect.sleep(`${options.seconds} seconds`))
  const busy = yield* SteadyLoad.during(
    options.commands,
    command,
    timed(
      Effect.andThen(
        Effect.flatMap(Rebuild, (rebuilds) => rebuilds.rebuild("bench_accounts")),
        served(first.answer)
      )
    )
  )
  yield* Fiber.interrupt(readers)
  return {
    events,
    firstBuildPerSecond: events / first.seconds,
    rebuildSeconds: busy.answer.seconds,
    rebuildPerSecond: events / busy.answer.seconds,
    without: calm.steady,
    with: busy.steady,
    ...readings
  }
})

const bench = Command.make(
  "rebuild",
  {
    events: Flag.Int("events").pipe(Flag.withDefault(1_000_000), Flag.withDescription("how many events the log holds")),
    commands: Flag.Int("commands").pipe(Flag.withDefault(500), Flag.withDescription("how many commands a second")),
    seconds: Flag.Finite("seconds").pipe(
      Flag.withDefault(10),
      Flag.withDescription("how long commands are measured without a rebuild")
    ),
    slices: Flag.Int("slices").pipe(Flag.withDefault(1), Flag.withDescription("into how many slices it is divided"))
  },
  Effect.fn(function* (options) {
    yield* Effect.gen(function* () {
      const { url: serverUrl } = yield* server
      const url = yield* Database.create(serverUrl, "eventfold_rebuild")
      const database = Layer.provideMerge(
        layerPostgres,
        PgClient.layer({ url: Redacted.make(url), maxConnections: 32 })
      )
      const projections = [RebuildRows.projection(options.slices)]
      const readSide = Rebuild.layer(projections).pipe(
        Layer.provideMerge(ProjectionRunner.layer(projections)),
        Layer.provideMerge(Layer.mergeAll(Generations.layer, LiveProjections.layer(projections), ReadModels.layer)),
        Layer.provideMerge(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer))
      )
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* grow(0, options.events)
        yield* fillAccounts("busy", accounts)
        yield* sql`vacuum analyze`
        const figures = yield* Effect.provide(measured(options), readSide)
        yield* Console.log(
          JSON.stringify(figures, (_, value: unknown) => (typeof value === "number" ? rounded(value) : value))
        )
      }).pipe(Effect.provide(database))
    }).pipe(Effect.scoped)
  })
)

const rounded = (value: number) => Math.round(value * 100) / 100

Command.run(bench, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
