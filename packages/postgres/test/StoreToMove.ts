/** Stores to export from and to import into: on the test server with COPY, and embedded. And files with what is in them. */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createHash } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { EventStore, ExpectedVersion, type NewEvent, StreamId } from "@eventfold/event-store"
import { inject } from "@effect/vitest"
import { ConfigProvider, DateTime, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import * as ImportDatabase from "../src/ImportDatabase.ts"
import { layerInsert } from "../src/ImportLoader.ts"
import { layerPostgres } from "../src/index.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

let made = 0

/** The URL of a new database on the test server; dropped with the scope. */
export const newUrl = Effect.gen(function* () {
  made += 1
  const name = `eventfold_move_${process.pid}_${made}`
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

/** A database by the environment of a program; with connections of its own each time, as in a process of its own. */
export const ofEnvironment = (env: Record<string, string>) =>
  Layer.fresh(ImportDatabase.layer).pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

/** New databases, one each time the layer is built. */
export const onServer = Layer.unwrap(Effect.map(newUrl, (url) => ofEnvironment({ DATABASE_URL: url })))

/** The same, embedded and in memory. */
export const embedded = Layer.provideMerge(layerInsert, PreparedDatabase.layer())

/** An embedded database in a directory, empty. */
export const newDirectory = Effect.gen(function* () {
  const directory = join(yield* temporaryDirectory, "data")
  yield* PreparedDatabase.copyInto(directory)
  return directory
})

/** An event with text, numbers and keys that are easily changed on the way. */
export const event = (number: number): NewEvent => ({
  id: SecureRandom.uuidV7Unsafe(),
  type: "ThingHappened",
  schemaVersion: 1 + (number % 3),
  occurredAt: DateTime.makeUnsafe(number * 86_400_123),
  data: {
    z: number,
    a: `tab\t line\n back\\slash "quoted" }{ ,"data": \u0000 \ud800 é 漢 😀`,
    list: [1.5, null, { b: [] }]
  },
  metadata: { correlationId: `c-${number}`, actor: 'A. "B" {C}, \\ D' }
})

/** Two tenants, streams in turns, appends of one to three events, a position that was given up. */
export const fill = Effect.gen(function* () {
  const store = yield* EventStore
  const sql = yield* SqlClient.SqlClient
  for (let number = 0; number < 40; number++) {
    const stream = StreamId.make(number % 2 === 0 ? "main" : "other", "thing", `t-${number % 7}\\é"`)
    const events = Array.from({ length: 1 + (number % 3) }, (_, at) => event(number * 10 + at))
    yield* store.append(stream, ExpectedVersion.Any, events)
    if (number === 20) yield* sql`select nextval('eventfold.event_position')`
  }
  // Written past the store: digits, spaces and doubled keys that no JavaScript number or object keeps.
  yield* sql`select eventfold.append_one('main', 'thing', 'by hand', 0, array[gen_random_uuid()], array['Odd'], array[1],
    array['2024-02-29T12:00:00.123456Z'::timestamptz],
    array['{"a" : 1.0, "b":12345678901234567890, "b":1e3, "c":"\\u00e9"}'], array['{ "actor" : "me" }'], false)`
})

/** The ports of a store in a database. */
export const store = layerPostgres

/** The lines of a file. */
export const linesOf = (path: string) =>
  Effect.promise(async () => (await readFile(path, "utf8")).split("\n").slice(0, -1))

/** Writes lines with a footer that fits them. */
export const writeExport = (path: string, lines: ReadonlyArray<string>) =>
  Effect.promise(() => {
    const body = lines.map((line) => `${line}\n`).join("")
    const sha256 = createHash("sha256").update(body).digest("hex")
    const events = lines.slice(1).filter((line) => !line.startsWith('{"kind"')).length
    const footer = JSON.stringify({ end: "eventfold-export", events, sha256 })
    return writeFile(path, `${body}${footer}\n`)
  })
