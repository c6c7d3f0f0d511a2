import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import { Archiver, type ArchivePolicy, StreamId } from "@eventfold/event-store"
import { ArchiveDirectory } from "@eventfold/postgres"
import { Context, Cron, Duration, Effect, Layer, Queue, Schedule } from "effect"
import { TestClock } from "effect/testing"
import * as Archiving from "../src/archive/Archiving.ts"
import * as Service from "../src/Service.ts"
import { Settings } from "../src/Settings.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { draft } from "./Samples.ts"
import { bare } from "./ServiceProcess.ts"
import { request, TestService } from "./TestService.ts"

const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-archive-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** The service as it is with `ARCHIVE_DIR`, and an archiver of the test's own. */
const service = Layer.unwrap(
  Effect.gen(function* () {
    const archiveDirectory = yield* temporaryDirectory
    const archiver = Layer.provide(Archiver.layer, ArchiveDirectory.layer(archiveDirectory))
    const live = yield* Layer.build(Layer.provideMerge(archiver, Layer.fresh(Service.portsMemory)))
    const ports = Archiving.over(Layer.succeedContext(live), { archiveDirectory })
    return TestService.layer({ ports: Layer.provide(ports, Layer.succeed(Settings, Settings.make())) }).pipe(
      Layer.merge(Layer.succeed(Archiver, Context.get(live, Archiver)))
    )
  })
)

const by = { actor: "test", reason: "to see it" }

const cancelled = Effect.gen(function* () {
  const { path } = yield* draft()
  yield* request("POST", `${path}/cancel`, { body: { cancelledBy: "admin", reason: "twice" } })
  const stream = StreamId.make("main", "order", path.slice("/orders/".length))
  return { path, stream }
})

describe("an archived order", () => {
  layer(service, { excludeTestServices: true })((it) => {
    it.effect("is shown as before when it is asked for, with its history", () =>
      Effect.gen(function* () {
        const { path, stream } = yield* cancelled
        const looks = [path, `${path}/events`, `${path}?version=1`]
        const before = yield* Effect.forEach(looks, (look) => request("GET", look))
        yield* (yield* Archiver).archive(stream, by)
        const after = yield* Effect.forEach(looks, (look) => request("GET", look))
        assert.deepStrictEqual(
          after.map(({ body }) => body.value),
          before.map(({ body }) => body.value)
        )
        assert.deepStrictEqual(
          after.map(({ status }) => status),
          [200, 200, 200]
        )
      })
    )

    it.effect("answers commands as before, because it is known how it ended", () =>
      Effect.gen(function* () {
        const { path, stream } = yield* cancelled
        const ship = request("POST", `${path}/ship`, { body: { carrier: "PostNL", trackingNumber: "1" } })
        const draftAgain = request("POST", "/orders", {
          body: { orderId: stream.id, customerId: "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55", currency: "EUR" }
        })
        const answers = Effect.map(Effect.all([ship, draftAgain]), (all) =>
          all.map(({ body, status }) => [status, body.at("type"), body.at("orderStatus")])
        )
        const before = yield* answers
        assert.deepStrictEqual(
          before.map(([status]) => status),
          [409, 409]
        )
        yield* (yield* Archiver).archive(stream, by)
        assert.deepStrictEqual(yield* answers, before)
      })
    )

    it.effect("is in the read models that are built anew, as it was in those before", () =>
      Effect.gen(function* () {
        const { path, stream } = yield* cancelled
        yield* cancelled
        const reads = Effect.forEach(["/orders?limit=100", `${path}/details`, "/orders/search?limit=100"], (read) =>
          Effect.map(request("GET", read), ({ body }) => body.value)
        )
        const current = (name: string) =>
          Effect.repeat(request("GET", `/projections/${name}`), {
            until: ({ body }) => body.at("rows") === "current" && body.at("lag", "events") === 0,
            schedule: Schedule.spaced("20 millis")
          }).pipe(Effect.timeout("20 seconds"))
        const all = Effect.forEach(["order_list", "order_detail", "order_search"], current)
        yield* all
        const before = yield* reads
        yield* (yield* Archiver).archive(stream, by)
        yield* request("POST", "/projections/rebuild")
        yield* all
        assert.deepStrictEqual(yield* reads, before)
        assert.include(JSON.stringify(before[0]), stream.id)
      })
    )

    it.effect("is named in the audit, with who moved it and the file", () =>
      Effect.gen(function* () {
        const { stream } = yield* cancelled
        const { file } = yield* (yield* Archiver).archive(stream, by)
        const { body } = yield* request("GET", `/audit?stream=order/${stream.id}`)
        const [entry] = body.all("entries")
        assert.deepStrictEqual(
          [entry?.at("action"), entry?.at("actor"), entry?.at("details", "file")],
          ["StreamArchived", "test", file.name]
        )
      })
    )
  })
})

describe("the nightly run", () => {
  it.effect("moves orders and accounts at the time that is set, and goes on after one that fails", () =>
    Effect.gen(function* () {
      const runs = yield* Queue.unbounded<ArchivePolicy.ArchivePolicy>()
      const archiver = Layer.mock(Archiver)({
        run: (policy) =>
          Effect.andThen(
            Queue.offer(runs, policy),
            policy.category === "order"
              ? Effect.die("out of luck")
              : Effect.succeed({ streams: 1, events: 2, stayed: 0, why: [] })
          )
      })
      const settings = Settings.make({
        archiveAt: Cron.parseUnsafe("30 2 * * *", "UTC"),
        archiveAfter: Duration.days(90)
      })
      yield* Layer.build(Archiving.nightly.pipe(Layer.provide([archiver, Layer.succeed(Settings, settings)])))
      yield* TestClock.adjust("2 hours")
      assert.strictEqual(yield* Queue.size(runs), 0)
      for (let night = 0; night < 2; night += 1) {
        yield* TestClock.adjust("24 hours")
        const policies = yield* Queue.takeN(runs, 3)
        assert.deepStrictEqual(
          policies.map(({ category, closedFor }) => [category, Duration.toDays(closedFor)]),
          [
            ["order", 90],
            ["account", 90],
            ["heard", 90]
          ]
        )
      }
    })
  )
})

describe("the archive by command", () => {
  const archive = (env: Record<string, string>, ...words: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "../src/archive/main.ts"), ...words], {
        env: { ...bare, ...env }
      })
      let text = ""
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()))
      child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()))
      await once(child, "close")
      return { code: child.exitCode, text }
    })

  it.live(
    "says how it went, and in one line what is wrong",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* temporaryDirectory
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const env = { ARCHIVE_DIR: yield* temporaryDirectory, DATA_DIR }
        assert.deepStrictEqual(yield* archive(env, "verify"), { code: 0, text: "0 files are as they were written\n" })
        const unknown = yield* archive(env, "restore", "order/none", "--actor", "ada", "--reason", "asked")
        assert.strictEqual(unknown.code, 1)
        assert.include(unknown.text, "main/order/none is not moved: there is no such stream")
        const without = yield* archive({ DATA_DIR }, "list")
        assert.strictEqual(without.code, 1)
        assert.include(without.text, "set ARCHIVE_DIR to the directory of the archive")
      }),
    400_000
  )
})
