/** A fresh, empty database on the test server each time the layer is built; dropped when its scope closes. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { inject } from "vitest"

const urlOf = (database: string) => {
  const url = new URL(inject("postgresUrl"))
  url.pathname = `/${database}`
  return Redacted.make(url.toString())
}

let made = 0

/** The SQL client of a new database. */
export const layer = Layer.suspend(() =>
  Layer.unwrap(
    Effect.gen(function* () {
      const server = yield* PgClient.PgClient
      made += 1
      const name = `eventfold_${process.pid}_${made}`
      yield* Effect.acquireRelease(server.unsafe(`create database ${name}`), () =>
        // A database that stays behind on a given server is untidy, but no reason to fail the tests.
        Effect.ignore(server.unsafe(`drop database if exists ${name} with (force)`))
      )
      return PgClient.layer({ url: urlOf(name), maxConnections: 20 })
    })
  ).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(inject("postgresUrl")), maxConnections: 1 })))
)
