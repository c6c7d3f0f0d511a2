/** Databases of their own on the test server, and the service on them as a login and a role: for the tests of roles. */
import { PgClient } from "@effect/sql-pg"
import { inject } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Database, layerPostgres } from "../src/index.ts"

const server = PgClient.layer({ url: Redacted.make(inject("postgresUrl")), maxConnections: 1 })

/** A name nobody else has. */
export const unique = () => `t${SecureRandom.uuidV7Unsafe().replaceAll("-", "").slice(-20)}`

/** A database of its own, and what to do as the superuser of the server when the test ends. */
export const withDatabase = Effect.fnUntraced(function* (ends: ReadonlyArray<string> = []) {
  const sql = Layer.build(server)
  const name = `eventfold_role_${unique()}`
  const run = (statement: string) =>
    Effect.scoped(
      Effect.flatMap(sql, (context) =>
        Effect.provideContext(
          Effect.flatMap(SqlClient.SqlClient, (c) => c.unsafe(statement)),
          context
        )
      )
    )
  yield* Effect.acquireRelease(run(`create database ${name}`), () =>
    Effect.forEach([`drop database if exists ${name} with (force)`, ...ends], (statement) =>
      Effect.ignore(run(statement))
    )
  )
  return { name, run }
})

/** The URL of a database, for the superuser of the server or a login with the password `secret`. */
export const urlOf = (database: string, login?: string) => {
  const url = new URL(inject("postgresUrl"))
  url.pathname = `/${database}`
  if (login !== undefined) {
    url.username = login
    url.password = "secret"
  }
  return url.toString()
}

/** The service on a database, as its login: the ports, the client and what they promise. */
export const service = (database: string, env: Record<string, string> = {}, as?: string) =>
  Layer.provideMerge(layerPostgres, Database.layer).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: urlOf(database, as), ...env } }))),
    Layer.provide(Logger.layer([]))
  )

/** A client on a database, as the superuser of the server and nobody else. */
export const login = (database: string) => PgClient.layer({ url: Redacted.make(urlOf(database)), maxConnections: 1 })
