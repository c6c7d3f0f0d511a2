import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, inject, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, DateTime, Effect, Layer, Redacted } from "effect"
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
    return (yield* TestConsole.logLines).map(String)
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

describe("eventfold", () => {
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
