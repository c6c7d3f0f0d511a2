/** Stores to try the commands on, and the commands themselves, run as `main.ts` runs them. */
import { spawn } from "node:child_process"
import { cpSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
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

const program = fileURLToPath(new URL("../../orders-api/src/main.ts", import.meta.url))

/** The order service on the store of an environment, as a process of its own; answers where it is. */
export const started = (env: Environment) =>
  Effect.gen(function* () {
    const service = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [program], { env: { PATH: process.env["PATH"], PORT: "0", ...env } })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines = createInterface({ input: service.stdout })
    return yield* Effect.callback<string>((resume) => {
      lines.on("line", (line) => {
        const [, url] = /API +(http:\S+)/u.exec(line) ?? []
        if (url !== undefined) resume(Effect.succeed(url))
      })
      lines.once("close", () => resume(Effect.die(new Error("the service ended before it said where it is"))))
    })
  })
