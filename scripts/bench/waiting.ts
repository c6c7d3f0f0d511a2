/**
 * `npm run bench:waiting -- [--sagas N]`: what sagas that wait cost. Starts N (100,000) of them in a process, each of which
 * waits for an hour, and one that waits for a second; kills the process and starts another one. One JSON object comes out:
 * what the processes held (MiB, once the garbage is collected) before, with all of them, and after the restart; and how many
 * seconds after it began the second process had gone on with the saga that was due. It has to take over two leases of five
 * seconds each, which run at the same time.
 */
import { fileURLToPath } from "node:url"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import * as Database from "./Database.ts"

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const Held = Schema.Struct({ rss: Schema.Int, heap: Schema.Int })
const Filled = Schema.Struct({ idle: Held, waiting: Held, startedPerSecond: Schema.Int })
const Restarted = Schema.Struct({ seconds: Schema.Finite, waiting: Held })

/** Runs a process to its end, which it makes itself; what it says is one JSON object. */
const said = <S extends Schema.Codec<unknown, unknown>>(schema: S, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const main = fileURLToPath(new URL("WaitingSagas.ts", import.meta.url))
    const text = yield* spawner.string(
      ChildProcess.make(process.execPath, ["--expose-gc", main, ...args], { stdin: "ignore", stderr: "inherit" })
    )
    return yield* Schema.decodeEffect(Schema.fromJsonString(schema))(text)
  })

const bench = Command.make(
  "waiting",
  { sagas: Flag.Int("sagas").pipe(Flag.withDefault(100_000), Flag.withDescription("how many sagas wait")) },
  Effect.fn(function* ({ sagas }) {
    yield* Effect.gen(function* () {
      const { url: serverUrl } = yield* server
      const url = yield* Database.create(serverUrl, "eventfold_waiting")
      const { idle, startedPerSecond, waiting } = yield* said(Filled, url, "fill", String(sagas))
      const restarted = yield* said(Restarted, url, "restart", String(sagas))
      yield* Console.log(
        JSON.stringify({
          sagas,
          startedPerSecond,
          idle,
          waiting,
          aboveIdle: waiting.rss - idle.rss,
          restartSeconds: restarted.seconds,
          afterRestart: restarted.waiting
        })
      )
    }).pipe(Effect.scoped)
  })
)

Command.run(bench, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.merge(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
