import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, inject, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import * as Database from "../src/Database.ts"
import { DatabaseInfo } from "../src/DatabaseInfo.ts"
import * as ServerDatabase from "../src/ServerDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const withEnvironment = (env: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const use = <A, E>(
  env: Record<string, string>,
  body: Effect.Effect<A, E, PgClient.PgClient | DatabaseInfo>
): Effect.Effect<A, E | Database.DatabaseError> => body.pipe(Effect.provide(Database.layer), withEnvironment(env))

const connect = (url: string) =>
  ServerDatabase.make({ url: Redacted.make(url), maxConnections: 1, connectWithin: "50 millis" }).pipe(
    Effect.scoped,
    Effect.provide(Reactivity.layer)
  )

const session = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql`
    select current_setting('application_name') as name, current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`
)

describe("Database", () => {
  it.live("is the server that DATABASE_URL names, with limits on every connection", () =>
    Effect.gen(function* () {
      const url = new URL(inject("postgresUrl"))
      const body = Effect.all([DatabaseInfo, session])
      const [info, limits] = yield* use({ DATABASE_URL: url.href, DATA_DIR: "memory" }, body)
      assert.deepStrictEqual(limits, [{ name: "eventfold", statement: "1min", lock: "30s", idle: "4s" }])
      assert.strictEqual(info.kind, "server")
      assert.match(info.description, new RegExp(`^PostgreSQL [\\d.]+ at ${url.hostname}:${url.port}, database `, "u"))
      assert.include(info.durability, "power cut")
    })
  )

  it.live("lets the options of the URL win over its own limits", () =>
    Effect.gen(function* () {
      const url = new URL(inject("postgresUrl"))
      url.searchParams.set("options", "-c statement_timeout=5s")
      const [limits] = yield* use({ DATABASE_URL: url.href }, session)
      assert.deepStrictEqual(limits, { name: "eventfold", statement: "5s", lock: "30s", idle: "4s" })
    })
  )

  it.live("opens no more connections than DATABASE_POOL_MAX", () =>
    Effect.gen(function* () {
      const own = Effect.flatMap(
        PgClient.PgClient,
        (sql) => sql<{ readonly pid: number }>`select pg_backend_pid() as pid`
      )
      const rows = yield* use(
        { DATABASE_URL: inject("postgresUrl"), DATABASE_POOL_MAX: "3" },
        Effect.all(
          Array.from({ length: 20 }, () => own),
          { concurrency: "unbounded" }
        )
      )
      assert.isAtMost(new Set(rows.flat().map(({ pid }) => pid)).size, 3)
    })
  )

  it.live("is in memory when DATA_DIR says so, also when DATABASE_URL is empty", () =>
    Effect.gen(function* () {
      const info = yield* use({ DATA_DIR: "memory", DATABASE_URL: "" }, DatabaseInfo)
      assert.strictEqual(info.kind, "embedded-memory")
      assert.match(info.description, /^PGlite \(PostgreSQL 18\.\d+\) in memory$/u)
      assert.include(info.durability, "Nothing is kept")
    })
  )

  it.live("is in the directory that DATA_DIR names", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "data")
      yield* Effect.scoped(Layer.build(PreparedDatabase.layer({ directory })))
      const info = yield* use({ DATA_DIR: directory }, DatabaseInfo)
      assert.strictEqual(info.kind, "embedded")
      assert.include(info.description, directory)
      assert.include(info.durability, "A killed process loses nothing; a power cut may")
    })
  )

  it.effect("is in .eventfold/data when nothing is said, or the variables are empty", () =>
    Effect.gen(function* () {
      const empty = { DATABASE_URL: "", DATABASE_POOL_MAX: "", DATA_DIR: "" }
      assert.deepStrictEqual(
        yield* withEnvironment(empty)(Database.settings),
        yield* withEnvironment({})(Database.settings)
      )
      const settings = yield* withEnvironment({})(Database.settings)
      assert.deepStrictEqual(settings, { _tag: "Embedded", directory: join(process.cwd(), ".eventfold", "data") })
    })
  )

  it.effect("names the variable that is wrong, and never shows the URL", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [string, string]> = [
        ["DATABASE_URL", "mysql://user:hidden@host/orders"],
        ["DATABASE_URL", "hidden"],
        ["DATABASE_POOL_MAX", "0"],
        ["DATABASE_POOL_MAX", "201"],
        ["DATABASE_POOL_MAX", "2.5"],
        ["DATABASE_POOL_MAX", "many"]
      ]
      for (const [name, value] of wrong) {
        const error = yield* Effect.flip(withEnvironment({ [name]: value })(Database.settings))
        assert.include(error.message, name)
        assert.notInclude(error.message, "hidden")
      }
    })
  )
})

describe("ServerDatabase", () => {
  it.live("names a server that does not answer, but not the password", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(connect("postgres://someone:hidden@127.0.0.1:1/orders"))
      assert.strictEqual(error._tag, "DatabaseUnreachable")
      assert.include(error, {
        host: "127.0.0.1",
        port: 1,
        database: "orders",
        reason: "connect ECONNREFUSED 127.0.0.1:1"
      })
      assert.include(error.message, "PostgreSQL at 127.0.0.1:1, database orders, cannot be used: connect ECONNREFUSED")
      assert.notInclude(error.message, "hidden")
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.live("says what the server says when that refuses", () =>
    Effect.gen(function* () {
      const url = new URL(inject("postgresUrl"))
      url.pathname = "/missing"
      const error = yield* Effect.flip(connect(url.href))
      assert.include(error.message, 'database "missing" does not exist')
    })
  )

  it("finds host, port and database in a URL as libpq does", () => {
    const address = (url: string) => Object.values(ServerDatabase.addressOf(Redacted.make(url))).join(" ")
    assert.strictEqual(address("postgres://user:hidden@db.example.org:6543/orders"), "db.example.org 6543 orders")
    assert.strictEqual(address("postgresql://user@db"), "db 5432 user")
    assert.strictEqual(address("postgres:///orders?host=/run/postgresql&port=6000"), "/run/postgresql 6000 orders")
    assert.strictEqual(address("postgres://db/ignored?dbname=orders"), "db 5432 orders")
  })
})
