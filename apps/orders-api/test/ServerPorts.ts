/** The ports of the service on a real PostgreSQL server: a new database each time, dropped when the tests end. */
import { Database, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import * as OrderListPostgres from "../src/queries/OrderListPostgres.ts"

const at = (url: string) =>
  Layer.fresh(Database.layer).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: url } })))
  )

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
  const server = yield* Layer.build(at(inject("postgresUrl")))
  return yield* Effect.provideContext(newUrl, server)
})

/** A new database each time the layer is built, with its SQL client. */
export const layer = Layer.suspend(() =>
  Layer.merge(layerPostgres, OrderListPostgres.layerPostgres).pipe(
    Layer.provideMerge(Layer.unwrap(Effect.map(newUrl, at)).pipe(Layer.provide(at(inject("postgresUrl")))))
  )
)
