import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, forgetPerson, StreamId } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { name, shown } from "./People.ts"
import { directory, embedded, eventfold, failing, newDatabase, serving } from "./Stores.ts"

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
  it.live("moves personal data from the embedded database to a server and back, and nobody who was forgotten", () =>
    Effect.gen(function* () {
      const here = yield* directory
      const [from, file] = [yield* embedded, join(here, "store.jsonl")]
      const forget = forgetPerson({ tenant: "main", subject: "bob" }, { actor: "me", reason: "requested" })
      yield* serving(from, Effect.andThen(name("ada", "bob"), forget))
      const exported = yield* eventfold(from, "export", file)
      assert.include(exported, "beside them: 1 audited action, 1 forgotten person, 2 keys of personal data")
      const [, masterKey = ""] =
        /the master key ([0-9a-f]{16}) is not in it: without it, 1 key/u.exec(exported.join()) ?? []
      assert.strictEqual(masterKey.length, 16)
      const verified = yield* eventfold({}, "verify", file)
      assert.deepStrictEqual(verified.slice(2), exported.slice(1))

      const server = { DATABASE_URL: yield* newDatabase }
      const imported = yield* eventfold(server, "import", file)
      assert.include(
        imported.at(-1),
        `WARNING: 1 key of personal data is wrapped by the master key ${masterKey}, which is not at hand here: ` +
          "give it to the service in EVENTFOLD_MASTER_KEY"
      )
      const key = (yield* Effect.promise(() => readFile(join(from["DATA_DIR"] ?? "", "master-key"), "utf8"))).trim()
      const withKey = { ...server, EVENTFOLD_MASTER_KEY: key }
      assert.deepStrictEqual(yield* serving(withKey, shown), [{ name: "I am ada" }, { name: "[REDACTED]" }])

      const [again, back] = [`${file}.gz`, { ...(yield* embedded), EVENTFOLD_MASTER_KEY: key }]
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

  it.live("takes no embedded database that a service runs on, and says who has it", () =>
    Effect.gen(function* () {
      const env = yield* embedded
      const by = ["--actor", "grace", "--reason", "requested"]
      const commands = [
        ["export", "x"],
        ["audit"],
        ["repair", "--position", "1", "--data", "{}", ...by],
        ["forget", "--subject", "bob", ...by],
        ["rotate-key", "--subject", "bob", ...by],
        ["rotate-master-key", ...by]
      ]
      const messages = yield* serving(
        env,
        Effect.forEach(commands, (words) => failing(env, ...words))
      )
      for (const message of messages) {
        assert.match(message, /^The data directory .* is in use by process \d+ on host .* Stop that process, or /u)
      }
    })
  )

  it.live("makes no store in a database of a server that has none", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* newDatabase }
      assert.match(yield* failing(env, "audit"), /^there is no event store in PostgreSQL .*, database eventfold_cli_/u)
      assert.include(yield* failing(env, "export", "x"), "there is no event store")
    })
  )

  it.live("ends with code 0 when it has done what it should", () =>
    Effect.gen(function* () {
      const main = join(import.meta.dirname, "../src/main.ts")
      const env = yield* embedded
      yield* serving(env, name("ada"))
      const words = ["forget", "--subject", "ada", "--actor", "grace", "--reason", "requested"]
      const { status, stderr, stdout } = yield* Effect.sync(() =>
        spawnSync(process.execPath, [main, ...words], { encoding: "utf8", env: { ...process.env, ...env } })
      )
      assert.deepStrictEqual([status, stderr], [0, ""])
      assert.match(stdout, /^forgot ada of tenant main, for ever: destroyed 1 key of personal data\n/u)
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
