import { NodeCrypto, NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, Ref, Stream } from "effect"
import { HttpClient } from "effect/http"
import { ChildProcess, type ChildProcessSpawner } from "effect/process"
import * as FoundOrders from "../demo/FoundOrders.ts"
import * as Excerpt from "../demo/Excerpt.ts"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Samples from "../demo/Samples.ts"
import * as Service from "../demo/Service.ts"
import { fileOf, freePort, urlOf } from "./DemoParts.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"

const platform = Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeHttpClient.layerUndici)

/** Starts a program of the app. It ends with the scope, if nothing has ended it before. */
const start = Effect.fnUntraced(function* (
  file: string,
  env: Record<string, string | undefined>,
  stdout: "pipe" | "ignore"
) {
  return yield* ChildProcess.make(process.execPath, [yield* fileOf(file)], {
    env,
    extendEnv: true,
    detached: false,
    stdin: "ignore",
    stdout,
    stderr: "inherit"
  })
})

type Running = ChildProcessSpawner.ChildProcessHandle
const kill9 = (program: Running) => Effect.orDie(program.kill({ killSignal: "SIGKILL" }))

/** Ends the test with what the service says of itself. */
const unwell = (port: number) =>
  HttpClient.get(new URL("/health", urlOf(port))).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.flatMap((health) => Effect.die(new Error(`the service is not well: ${health}`)))
  )

/** Starts the real service on the embedded database in `folder`, and waits until it can do its work. */
const startService = Effect.fnUntraced(function* (port: number, folder: string) {
  const env = {
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: folder,
    DATABASE_URL: undefined,
    CARD_GATEWAY_URL: undefined,
    FULFILMENT: "orchestrated",
    LOG_LEVEL: "Error"
  }
  const service = yield* start("src/main.ts", env, "ignore")
  yield* Effect.raceFirst(
    // On a busy machine the embedded database has much to catch up with, and each part has two seconds to say how it is.
    Service.untilHealthy({ baseUrl: urlOf(port), patience: "2 minutes" }).pipe(Effect.catch(() => unwell(port))),
    Effect.flatMap(service.exitCode, (code) => Effect.die(new Error(`the service ended with exit code ${code}`)))
  )
  return service
})

/** Runs the real demo until it ends, and answers what it prints. When it prints `line`, `then` happens. */
const demo = Effect.fnUntraced(function* <E, R>(
  port: number,
  data: string,
  folder: string,
  line: string,
  then: (demo: Running) => Effect.Effect<void, E, R>
) {
  const env = { BASE_URL: urlOf(port).href, SAMPLES: folder, DATA_DIR: data, CARD_GATEWAY_URL: undefined }
  const program = yield* start("demo/main.ts", env, "pipe")
  const lines = yield* program.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.tap((printed) => (printed === line ? then(program) : Effect.void)),
    Stream.runCollect
  )
  return { lines, exitCode: program.exitCode }
})

/** How many events the service has of the sample orders. */
const eventCount = Effect.fnUntraced(function* (port: number, samples: Samples.Samples) {
  const options = { baseUrl: urlOf(port), patience: "5 seconds" } as const
  const found = yield* FoundOrders.find(yield* Service.make(options), options, samples)
  return Array.from(found.samples.values()).reduce((sum, { version }) => sum + version, 0)
})

const agreed = (line: string | undefined) =>
  line?.startsWith("The service agrees with the CSV files to the cent") === true

layer(platform, { excludeTestServices: true })("a service killed with kill -9 while the demo runs", (it) => {
  it.effect(
    "has lost nothing after a restart: the demo goes on and agrees to the cent",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const data = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-kill-" })
        yield* EmbeddedPorts.prepare(data)
        const folder = yield* Excerpt.first(150)
        const samples = yield* Samples.read(folder)
        const { cancelled } = FulfilmentPlan.make(samples)
        assert.isAtLeast(cancelled.size, 3)
        // Each is drafted, given its lines and placed, then approved and, most of them, shipped; or cancelled.
        const complete = samples.orders.reduce((sum, { lines, number, shippedOn }) => {
          const isShipped = Option.isSome(shippedOn) && !cancelled.has(number)
          return sum + 3 + lines.length + (isShipped ? 1 : 0)
        }, 0)
        const port = yield* freePort
        const service = yield* Ref.make(yield* startService(port, data))
        const kill = Effect.flatMap(Ref.get(service), kill9)
        const restart = Effect.flatMap(startService(port, data), (started) => Ref.set(service, started))

        // Both at once, as when the machine runs out of memory.
        const first = yield* demo(port, data, folder, "  100 of 150 orders", (demo) =>
          Effect.andThen(kill, kill9(demo))
        )
        assert.isFalse(first.lines.some(agreed))
        yield* restart
        const kept = yield* eventCount(port, samples)
        // What was acknowledged: 100 orders of at least four events.
        assert.isAtLeast(kept, 400)
        assert.isBelow(kept, complete)

        // Only the service: the demo holds out until it is there again.
        const second = yield* demo(port, data, folder, "  100 of 150 orders", () => Effect.andThen(kill, restart))
        assert.isTrue(agreed(second.lines.at(-1)), second.lines.join("\n"))
        // One gateway has gone and another has come, with what the first one kept.
        assert.match(second.lines.find((line) => line.startsWith("Payments:")) ?? "", /the card gateway says the same/u)
        assert.strictEqual(yield* second.exitCode, 0)
        assert.strictEqual(yield* eventCount(port, samples), complete)

        const third = yield* demo(port, data, folder, "", () => Effect.void)
        assert.include(third.lines, "Of these, 150 were there before, unchanged.")
        assert.isTrue(agreed(third.lines.at(-1)))
        assert.strictEqual(yield* third.exitCode, 0)
        assert.strictEqual(yield* eventCount(port, samples), complete)
      }),
    1_200_000
  )
})
