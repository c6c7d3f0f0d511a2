import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, inject, it } from "@effect/vitest"
import { DomainEvent, Personal } from "@eventfold/decider"
import {
  EventCodec,
  EventStore,
  ExpectedVersion,
  forgetPerson,
  type KeyStore,
  type StateCache,
  StreamId
} from "@eventfold/event-store"
import { Database, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, DateTime, Effect, Layer, Logger, Redacted, Schema, Stream } from "effect"
import { Command } from "effect/cli"
import { TestConsole } from "effect/testing"
import { command } from "../src/Cli.ts"
import { CurrentScreen } from "../src/ProgressReport.ts"

const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-cli-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

let made = 0

/** The URL of a new database; dropped with the scope. */
const newDatabase = Effect.gen(function* () {
  made += 1
  const name = `eventfold_cli_${process.pid}_${made}`
  const url = new URL(inject("postgresUrl"))
  const server = PgClient.layer({ url: Redacted.make(url.toString()), maxConnections: 1 })
  const run = (statement: string) =>
    Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe(statement)).pipe(Effect.provide(server))
  yield* Effect.acquireRelease(run(`create database ${name}`), () =>
    Effect.ignore(run(`drop database if exists ${name} with (force)`))
  )
  url.pathname = `/${name}`
  return url.toString()
})

/** Runs `eventfold` with these words in an environment; answers what it printed. */
const eventfold = (env: Record<string, string>, ...words: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    yield* Command.runWith(command, { version: "test" })(words)
    return [...(yield* TestConsole.logLines), ...(yield* TestConsole.errorLines)].map(String)
  }).pipe(
    Effect.provide([TestConsole.layer, NodeServices.layer]),
    Effect.provideService(CurrentScreen, { terminal: false, columns: () => 80, write: () => {} }),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

const failing = (env: Record<string, string>, ...words: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(eventfold(env, ...words)), ({ message }) => message)

const appendOne = (url: string) =>
  Effect.gen(function* () {
    const store = yield* EventStore
    yield* store.append(StreamId.make("main", "thing", "t-1"), ExpectedVersion.NoStream, [
      {
        id: "00000000-0000-7000-8000-000000000001",
        type: "ThingHappened",
        schemaVersion: 1,
        occurredAt: DateTime.makeUnsafe(0),
        data: { a: 1 },
        metadata: {}
      }
    ])
  }).pipe(
    Effect.provide(
      Layer.fresh(layerPostgres).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })))
    )
  )

const Named = DomainEvent.make("Named", { name: Personal.schema(Schema.String) })
const codec = EventCodec.make(Schema.Union([Named]))
const people = StreamId.make("main", "person", "p-1")
const [ada, bob] = ["ada", "bob"].map((subject) => ({ tenant: "main", subject }))

/** A service on the store of an environment. */
const serving = <A, E>(env: Record<string, string>, body: Effect.Effect<A, E, EventStore | KeyStore | StateCache>) =>
  Effect.provide(
    body,
    Layer.fresh(layerPostgres).pipe(
      Layer.provide(Layer.fresh(Database.layer)),
      Layer.provideMerge(Logger.layer([])),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
    )
  )

const nameTwo = Effect.gen(function* () {
  const occurredAt = DateTime.makeUnsafe(0)
  const events = [ada, bob].map((person) => {
    const subject = person?.subject ?? ""
    return Named.make({ occurredAt, name: Personal.of(subject, `I am ${subject}`) })
  })
  const encoded = yield* codec.encode(events, "main")
  const ids = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"]
  const stored = encoded.map((event, at) => ({ ...event, id: ids[at] ?? "", metadata: {} }))
  yield* (yield* EventStore).append(people, ExpectedVersion.NoStream, stored)
})

const shown = Effect.gen(function* () {
  const events = yield* Stream.runCollect((yield* EventStore).read(people))
  return yield* codec.show(events)
})

describe("eventfold", () => {
  it.live("moves personal data from the embedded database to a server and back, and nobody who was forgotten", () =>
    Effect.gen(function* () {
      const here = yield* directory
      const [from, file] = [{ DATA_DIR: join(here, "data") }, join(here, "store.jsonl")]
      const forget = forgetPerson({ tenant: "main", subject: "bob" }, { actor: "me", reason: "requested" })
      yield* serving(from, Effect.andThen(nameTwo, forget))
      const exported = yield* eventfold(from, "export", file)
      assert.include(exported, "beside them: 1 audited action, 1 forgotten person, 2 keys of personal data")
      const [, name = ""] = /the master key ([0-9a-f]{16}) is not in it: without it, 1 key/u.exec(exported.join()) ?? []
      assert.strictEqual(name.length, 16)
      const verified = yield* eventfold({}, "verify", file)
      assert.deepStrictEqual(verified.slice(2), exported.slice(1))

      const server = { DATABASE_URL: yield* newDatabase }
      const imported = yield* eventfold(server, "import", file)
      assert.include(
        imported.at(-1),
        `WARNING: 1 key of personal data is wrapped by the master key ${name}, which is not at hand here: ` +
          "give it to the service in EVENTFOLD_MASTER_KEY"
      )
      const key = (yield* Effect.promise(() => readFile(join(from.DATA_DIR, "master-key"), "utf8"))).trim()
      const withKey = { ...server, EVENTFOLD_MASTER_KEY: key }
      assert.deepStrictEqual(yield* serving(withKey, shown), [{ name: "I am ada" }, { name: "[REDACTED]" }])

      const [again, back] = [`${file}.gz`, { DATA_DIR: join(here, "back"), EVENTFOLD_MASTER_KEY: key }]
      yield* eventfold(withKey, "export", again)
      assert.notInclude((yield* eventfold(back, "import", again)).join(), "WARNING")
      assert.deepStrictEqual(yield* serving(back, shown), [{ name: "I am ada" }, { name: "[REDACTED]" }])

      const copy = join(here, "copy.jsonl")
      const small = yield* eventfold(server, "export", copy, "--without", "keys", "--without", "actions")
      assert.include(small, "without: keys, actions")
    })
  )

  it.live("moves a store from one database to another", () =>
    Effect.gen(function* () {
      const [from, to] = [yield* newDatabase, yield* newDatabase]
      const file = join(yield* directory, "store.jsonl")
      yield* appendOne(from)
      const exported = yield* eventfold({ DATABASE_URL: from }, "export", file)
      assert.deepStrictEqual(exported, [`exported 1 event up to position 1 into ${file}`])
      const verified = yield* eventfold({}, "verify", file)
      assert.include(verified[0], `${file} is whole: 1 event up to position 1`)
      assert.match(verified[1] ?? "", /^exported on \d{4}-.* from PostgreSQL .*, database eventfold_cli_/u)
      const imported = yield* eventfold({ DATABASE_URL: to }, "import", file)
      assert.match(imported[0] ?? "", /^imported 1 event up to position 1 into PostgreSQL /u)
      const again = `${file}.gz`
      yield* eventfold({ DATABASE_URL: to }, "export", again)
      assert.include((yield* eventfold({}, "verify", again))[0], "is whole: 1 event")
      assert.include(yield* failing({ DATABASE_URL: to }, "import", file), "the store is not empty")
      assert.include(yield* failing({ DATABASE_URL: to }, "export", file), "exists already")
    })
  )

  it.live("makes no database where there is none to export, and takes none that ends with it", () =>
    Effect.gen(function* () {
      const data = join(yield* directory, "data")
      assert.include(yield* failing({ DATA_DIR: data }, "export", "store.jsonl"), `there is no database in ${data}`)
      assert.isFalse(existsSync(data))
      assert.include(yield* failing({ DATA_DIR: "memory" }, "export", "x"), "DATA_DIR is memory")
      assert.include(yield* failing({ DATA_DIR: "memory" }, "import", "x"), "DATA_DIR is memory")
      assert.include(yield* failing({ DATABASE_URL: "nonsense" }, "export", "x"), "DATABASE_URL")
    })
  )

  it.live("ends with code 1 and one line on standard error when something is wrong", () =>
    Effect.gen(function* () {
      const main = join(import.meta.dirname, "../src/main.ts")
      const { status, stderr, stdout } = yield* Effect.sync(() =>
        spawnSync(process.execPath, [main, "verify", "/nowhere/store.jsonl"], { encoding: "utf8" })
      )
      assert.strictEqual(status, 1)
      assert.strictEqual(stdout, "")
      assert.deepStrictEqual(
        stderr
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== ""),
        ["ERROR", "/nowhere/store.jsonl: there is no such file"]
      )
    })
  )
})
