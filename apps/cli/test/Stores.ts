/** Stores to try the commands on, and the commands themselves, run as `main.ts` runs them. */
import { cpSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { inject } from "@effect/vitest"
import { Database, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Effect, Layer, Logger, Redacted } from "effect"
import { Command } from "effect/cli"
import { TestConsole } from "effect/testing"
import { command } from "../src/Cli.ts"
import { CurrentScreen } from "../src/ProgressReport.ts"

/** Variables of the environment. */
export type Environment = Record<string, string>

/** A new directory; removed with the scope. */
export const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-cli-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

let made = 0

/** The URL of a new database; dropped with the scope. */
export const newDatabase = Effect.gen(function* () {
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

/** Runs `eventfold` with these words in an environment; answers what it printed, standard output first. */
export const eventfold = (env: Environment, ...words: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    yield* Command.runWith(command, { version: "test" })(words)
    return [...(yield* TestConsole.logLines), ...(yield* TestConsole.errorLines)].map(String)
  }).pipe(
    Effect.provide([TestConsole.layer, NodeServices.layer]),
    Effect.provideService(CurrentScreen, { terminal: false, columns: () => 80, write: () => {} }),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

/** The line in which it says why it failed. */
export const failing = (env: Environment, ...words: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(eventfold(env, ...words)), ({ message }) => message)

/** A service on the store of an environment. */
export const serving = <A, E>(env: Environment, body: Effect.Effect<A, E, Layer.Success<typeof layerPostgres>>) =>
  Effect.provide(
    body,
    Layer.fresh(layerPostgres).pipe(
      Layer.provide(Layer.fresh(Database.layer)),
      Layer.provideMerge(Logger.layer([])),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
    )
  )

/** The environment of a store in a directory of its own: an empty database, which takes seconds to make, is there. */
export const embedded = Effect.map(directory, (path): Environment => {
  const data = join(path, "data")
  cpSync(inject("embeddedTemplate").folder, join(data, "postgres"), { recursive: true })
  return { DATA_DIR: data }
})

/** A master key; the number tells them apart. */
export const masterKeyOf = (number: number): string => Buffer.alloc(32, number).toString("base64")

/** The environment of a store in a database of its own on the server. */
export const server = Effect.map(Effect.orDie(newDatabase), (url): Environment => ({
  DATABASE_URL: url,
  EVENTFOLD_MASTER_KEY: masterKeyOf(1)
}))

/** The databases that a command works on. */
export const databases = [
  ["the embedded database", embedded],
  ["a server", server]
] as const
