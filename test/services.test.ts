/**
 * The demo against five services with a database each and a gateway before them, over NATS: a random one of them is killed every
 * few seconds with `kill -9`, and NATS twice; and once one of those that orders need stays away for half a minute. In the end each
 * context's own store is counted, by the rule to which one service is held: nothing was lost, nothing happened twice, and every order
 * has ended as it does in one process. So none was cancelled because somebody was away.
 *
 * The moments, who is killed, how fulfilment is coordinated and how programs find each other come from a seed, which a failure names; `EVENTFOLD_SEED` makes
 * the same ones again. `EVENTFOLD_EFFORT` says how many orders and kills there are.
 */
import { NodeCrypto, NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { EventStore } from "@eventfold/event-store"
import * as DerivedIds from "@eventfold/orders-api/demo/DerivedIds"
import * as Excerpt from "@eventfold/orders-api/demo/Excerpt"
import * as FulfilmentPlan from "@eventfold/orders-api/demo/FulfilmentPlan"
import * as Samples from "@eventfold/orders-api/demo/Samples"
import * as Stores from "@eventfold/orders-api/demo/Stores"
import { Database, layerPostgres } from "@eventfold/postgres"
import { effort } from "@eventfold/testing/Effort"
import { Cause, ConfigProvider, Effect, Exit, Fiber, FileSystem, Layer, Random, Schedule, Stream } from "effect"
import { execFile } from "node:child_process"
import { join } from "node:path"
import * as Services from "../scripts/services/Services.ts"
import * as Topology from "../scripts/services/Topology.ts"

/** How many orders are replayed, and how often somebody is killed. */
const [count, kills] = [Math.min(40 * effort, 553), 4 * effort + 4]
/** How often the demo may give up: who is killed again and again can be away for longer than it waits. */
const mostRuns = kills + 2

const platform = Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeHttpClient.layerUndici)

layer(platform, { excludeTestServices: true })("five services that are killed at random while the demo runs", (it) => {
  it.effect(
    "have lost nothing and done nothing twice, in any context's store, and end as one service does",
    () => {
      const given = process.env["EVENTFOLD_SEED"]
      return Effect.gen(function* () {
        const seed = given ?? String(yield* Random.nextIntBetween(0, 1_000_000))
        const exit = yield* killed.pipe(Effect.scoped, Random.withSeed(seed), Effect.exit)
        if (Exit.isFailure(exit)) {
          return yield* Effect.die(new Error(`with EVENTFOLD_SEED=${seed}: ${Cause.pretty(exit.cause)}`))
        }
      })
    },
    1_200_000 * Math.max(1, effort / 3)
  )
})

const mortals = Topology.services.programs.filter(({ app }) => app !== "card-gateway-simulator")
const hosts = mortals.filter(({ app }) => app === "orders-api")
/** One of these stays away, for longer than all attempts of a step take. */
const needed = ["inventory", "payments", "shipping"] as const

/** The store of a service, as it works with it. */
const storeOf = (env: Readonly<Record<string, string>>) =>
  Layer.provideMerge(layerPostgres, Layer.fresh(Database.layer)).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  )

/** Everything in which the stores differ from the files. What services have heard of each other is not counted again. */
const counted = Effect.fnUntraced(function* (
  samples: Samples.Samples,
  environmentOf: Services.RunningServices["environmentOf"]
) {
  const logs = yield* Effect.forEach(hosts, ({ name }) =>
    Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll())).pipe(
      Effect.provide(storeOf(environmentOf(name)))
    )
  )
  const events = logs.flat().filter(({ stream }) => stream.category !== "heard")
  const uuids = new Map(
    yield* Effect.forEach(samples.orders, ({ number }) =>
      Effect.map(DerivedIds.order(number), (id) => [number, id] as const)
    )
  )
  return Stores.differences(samples.orders, FulfilmentPlan.make(samples), uuids, events.map(Stores.stored))
})

const program = join(import.meta.dirname, "../apps/orders-api/demo/main.ts")

/** Runs the demo until it ends; answers its lines when it agrees, and fails with what it says when it does not. */
const demo = (env: Record<string, string>) =>
  Effect.callback<ReadonlyArray<string>, string>((resume) => {
    const child = execFile(process.execPath, [program], { env }, (error, output, errors) => {
      const lines = output.trimEnd().split("\n")
      resume(error === null ? Effect.succeed(lines) : Effect.fail(`${errors}${lines.slice(-3).join("\n")}`))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const killed = Effect.gen(function* () {
  const folder = yield* Excerpt.first(count)
  const samples = yield* Samples.read(folder)
  assert.isAtLeast(FulfilmentPlan.make(samples).cancelled.size, 1)
  const data = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "eventfold-services-" })
  const bare = { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "" }
  const said: Array<string> = []
  const running = yield* Services.start({
    topology: Topology.services,
    data,
    portsFrom: "free",
    restart: true,
    temporaryDatabases: `_${process.pid}`,
    registry: (yield* Random.nextBoolean) ? "static" : "nats",
    environment: {
      ...bare,
      FULFILMENT: (yield* Random.nextBoolean) ? "orchestrated" : "choreographed",
      LOG_LEVEL: "Error",
      // What the kills cut off, of all orders together, would open it, and they would wait for an hour.
      BREAKER_FAILURES: "1000",
      // Where nobody coordinates, stock that is late cancels an order, whoever is away.
      STOCK_TIME_LIMIT: "10 minutes"
    },
    say: (name, line) => void said.push(`${name}: ${line}`)
  })
  const { CARD_GATEWAY_KEY = "", CARD_GATEWAY_URL = "" } = running.environmentOf("payments")
  const cards = { CARD_GATEWAY_URL, CARD_GATEWAY_KEY }
  const base = running.url ?? assert.fail("the gateway was not started")
  const replay = demo({ ...bare, ...cards, BASE_URL: base, SAMPLES: folder })

  const killing = yield* Effect.forEach(
    Array.from({ length: kills }, (_, index) => index),
    Effect.fnUntraced(function* (index) {
      yield* Effect.sleep(yield* Random.nextIntBetween(1_000, 5_000))
      const one = mortals[yield* Random.nextIntBetween(0, mortals.length - 1)]?.name ?? "gateway"
      const isForNats = index === Math.floor(kills / 3) || index === Math.floor((2 * kills) / 3)
      yield* running.kill(isForNats ? "nats" : one)
      if (index !== Math.floor(kills / 2)) return
      const away = needed[yield* Random.nextIntBetween(0, needed.length - 1)] ?? "inventory"
      yield* running.stop(away)
      yield* Effect.sleep("30 seconds")
      yield* running.start(away)
    }),
    { discard: true }
  ).pipe(Effect.forkChild)
  yield* Effect.retry(replay, { times: mostRuns })
  yield* Fiber.join(killing)
  yield* Effect.forEach(mortals, ({ name }) => running.untilHealthy(name), { concurrency: "unbounded", discard: true })
  const lines = yield* replay
  assert.include(lines, `Of these, ${count} were there before, unchanged.`)
  assert.match(lines.at(-1) ?? "", /agrees with the CSV files to the cent/u)

  // What follows from the last of it needs a moment longer than the answers the demo waits for.
  const look = counted(samples, running.environmentOf)
  const patience = Schedule.spaced("2 seconds").pipe(Schedule.upTo({ duration: "90 seconds" }))
  const found = yield* Effect.repeat(look, { schedule: patience, until: (differences) => differences.length === 0 })
  assert.deepStrictEqual(found, [], said.slice(-20).join("\n"))
})
