/** Three nodes of the service under load on PostgreSQL: one is killed, one is frozen and goes on again. */
import { assert, layer } from "@effect/vitest"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { Database } from "@eventfold/postgres"
import { ConfigProvider, Console, Effect, Layer, Redacted } from "effect"
import { inject } from "vitest"
import * as Scene from "./NodesScene.ts"
import * as Trial from "./NodesTrial.ts"

const key = Redacted.make("sk_test_of_nodes")

/**
 * How long a kind of work may stand still, in milliseconds, beyond what it takes undisturbed. On a machine that does other things
 * as well time says little: five seconds are asked for with `EVENTFOLD_MEASURE=on`, alone on the machine, which prints all that was measured.
 */
const isMeasured = process.env["EVENTFOLD_MEASURE"] !== undefined
const most = isMeasured ? 5000 : 60_000

const at = (url: string) =>
  Layer.fresh(Database.layer).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: url, DATABASE_ROLE: "none" } }))),
    Layer.orDie
  )

layer(Simulator.layer({ apiKey: key }), { excludeTestServices: true })(
  "three nodes of the service under load",
  (it) => {
    it.effect(
      "go on when one is killed and one is frozen; the frozen one stores nothing under what it had before",
      () =>
        Effect.gen(function* () {
          const { book, follow, url } = yield* CardGatewaySimulator
          // So that sagas are in the middle of something at any moment.
          yield* follow({ seed: "nodes", rules: [{ trouble: { kind: "latency", min_ms: 50, max_ms: 500 } }] })
          const server = inject("postgresUrl")
          const database = yield* Effect.provide(Scene.newDatabase(server), yield* Layer.build(at(server)))
          const options = { database, gateway: { url, key, book }, customers: 4, every: 400, part: 8000 }
          const trial = yield* Effect.provide(Trial.run(options), at(database))
          const told = JSON.stringify(
            { ...trial, load: { ...trial.load, orders: trial.load.orders.length } },
            undefined,
            1
          )
          if (isMeasured) yield* Console.log(told)
          const [undisturbed, ...disturbed] = trial.parts
          for (const part of disturbed) {
            for (const kind of ["consumers", "timers", "sagas", "messages"] as const) {
              assert.isAtMost(part[kind], most + (undisturbed?.[kind] ?? 0), `${kind}, ${part.part}: ${told}`)
            }
          }
          assert.deepStrictEqual(trial.wrong, [])
          assert.isAtLeast(trial.load.orders.length, 10)
          assert.isAtLeast(trial.zombie.leases, 5)
          assert.deepStrictEqual([trial.zombie.stillWorth, trial.zombie.storedUnderThem], [0, 0], told)
        }),
      900_000
    )
  }
)
