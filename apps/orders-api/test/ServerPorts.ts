/** The ports of the service on a real PostgreSQL server: a new database each time, dropped when the tests end. */
import { Database, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import * as FormerTables from "../src/projections/FormerTables.ts"

const at = (url: string, env: Record<string, string> = {}) =>
  Layer.fresh(Database.layer).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: url, ...env } })))
  )

/** As whoever may create databases, which the role of the service may not. */
const server = Layer.suspend(() => at(inject("postgresUrl"), { DATABASE_ROLE: "none" }))

/** On a server nobody else knows the master key. */
export const masterKey = Buffer.alloc(32, 7).toString("base64")

let made = 0

const newUrl = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  made += 1
  const name = `orders_api_${process.pid}_${made}`
  yield* Effect.acquireRelease(sql.unsafe(`create database ${name}`), () =>
    // A database that stays behind on a given server is untidy, but no reason to fail the tests.
    Effect.ignore(sql.unsafe(`drop database if exists ${name} with (force)`))
  )
  const url = new URL(inject("postgresUrl"))
  url.pathname = `/${name}`
  return url.toString()
})

/** The URL of a new database, dropped with the scope. */
export const newDatabaseUrl = Effect.gen(function* () {
  return yield* Effect.provideContext(newUrl, yield* Layer.build(server))
})

const ports = (env: Record<string, string> = {}) =>
  Layer.merge(layerPostgres, FormerTables.layer).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { EVENTFOLD_MASTER_KEY: masterKey, ...env } })))
  )

/** A new database each time the layer is built, with its SQL client. */
export const layer = Layer.suspend(() =>
  ports().pipe(Layer.provideMerge(Layer.unwrap(Effect.map(newUrl, at)).pipe(Layer.provide(server))))
)

/** The database of a URL, with its SQL client and whatever else the environment says. */
export const layerAt = (url: string, env: Record<string, string> = {}) =>
  Layer.fresh(ports(env)).pipe(Layer.provideMerge(at(url)))
