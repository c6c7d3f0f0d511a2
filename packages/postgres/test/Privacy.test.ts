/** Personal data on whole databases: what is in their files, what a restored backup brings back, and where keys come from. */
import { cpSync } from "node:fs"
import { readdir, readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { KeyStore, PersonalPlaces, Sealer } from "@eventfold/event-store"
import { ConfigProvider, Effect, Layer, Logger, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Privacy } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const tenant = "acme"
const ada = { tenant, subject: "customer-ada" }
const why = { actor: "user-7", reason: "requested" } as const
const places = PersonalPlaces.of(Personal.schema(Schema.String))

const write = Effect.fnUntraced(function* (subject: string, value: string) {
  const [sealed = null] = yield* (yield* Sealer).seal([{ tenant, places, json: { subject, value } }])
  const sql = yield* SqlClient.SqlClient
  yield* sql`create table if not exists notes (note json not null)`
  yield* sql`insert into notes values (${JSON.stringify(sealed)}::json)`
  return sealed
})

const notes = Effect.gen(function* () {
  const rows = yield* (yield* SqlClient.SqlClient)<{ readonly note: Schema.Json }>`select note from notes`
  return yield* (yield* Sealer).open(rows.map(({ note }) => ({ tenant, json: note })))
})

const environment = (env: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env }))

/** Runs the body on the database of a directory, which is opened before and closed after. */
const inDirectory = <A, E>(directory: string, body: Effect.Effect<A, E, KeyStore | Sealer | SqlClient.SqlClient>) =>
  Effect.provide(
    body,
    Layer.fresh(Privacy.layer()).pipe(
      Layer.provideMerge(PreparedDatabase.layer({ directory })),
      Layer.provide(environment({ DATA_DIR: directory }))
    )
  )

/** Everything in the files below a directory. */
const filesBelow = (directory: string) =>
  Effect.promise(async () => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    return Promise.all(files.map(async (file) => ({ file, bytes: await readFile(file) })))
  })

/** The key of Ada in clear: what nobody but the process may ever see. */
const unwrap = (master: Buffer, wrapped: string) =>
  Effect.promise(async () => {
    const [iv = "", data = ""] = wrapped.split(".")
    const key = await crypto.subtle.importKey("raw", new Uint8Array(master), "AES-GCM", false, ["decrypt"])
    const additionalData = Buffer.from(JSON.stringify(["eventfold key", tenant, ada.subject, 1]))
    const parameters = { name: "AES-GCM", iv: Buffer.from(iv, "base64url"), additionalData }
    return Buffer.from(await crypto.subtle.decrypt(parameters, key, Buffer.from(data, "base64url")))
  })

/** How bytes may stand in text, without padding. */
const forms = (bytes: Buffer) =>
  [bytes.toString("hex"), bytes.toString("base64url"), bytes.toString("base64").replace(/=+$/u, "")].map((text) =>
    Buffer.from(text)
  )

describe("personal data in an embedded database", () => {
  it.live("is in none of its files, and neither is a key that opens it, before forgetting and after", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "data")
      const secret = "a name that stands nowhere else: Ada Lovelace"
      const wrapped = yield* inDirectory(
        directory,
        Effect.gen(function* () {
          yield* write(ada.subject, secret)
          const sql = yield* SqlClient.SqlClient
          const [row] = yield* sql<{ readonly wrapped: string }>`select wrapped from eventfold.subject_keys`
          return row?.wrapped ?? ""
        })
      )
      const master = Buffer.from(yield* Effect.promise(() => readFile(join(directory, "master-key"), "utf8")), "base64")
      const key = yield* unwrap(master, wrapped)
      const lookedFor = [Buffer.from(secret), ...[master, key].flatMap((it) => [it, ...forms(it)])]
      const found = Effect.map(filesBelow(join(directory, "postgres")), (files) => {
        assert.isTrue(
          files.some(({ bytes }) => bytes.includes(wrapped)),
          "the files are not those of the database"
        )
        return files.filter(({ bytes }) => lookedFor.some((it) => bytes.includes(it))).map(({ file }) => file)
      })
      assert.deepStrictEqual(yield* found, [])
      yield* inDirectory(
        directory,
        Effect.flatMap(KeyStore, (keys) => keys.forget(ada, why))
      )
      assert.deepStrictEqual(yield* found, [])
    })
  )

  it.live("stays forgotten when an old copy of the whole directory is put in its place", () =>
    Effect.gen(function* () {
      const parent = yield* temporaryDirectory
      const [directory, copy] = [join(parent, "data"), join(parent, "copy")]
      yield* inDirectory(directory, Effect.andThen(write(ada.subject, "Ada"), write("customer-bob", "Bob")))
      cpSync(directory, copy, { recursive: true })
      yield* inDirectory(
        directory,
        Effect.flatMap(KeyStore, (keys) => keys.forget(ada, why))
      )
      yield* Effect.promise(() => rm(directory, { recursive: true }))
      cpSync(copy, directory, { recursive: true })
      assert.deepStrictEqual(yield* Effect.provide(inDirectory(directory, notes), Logger.layer([])), [
        { subject: ada.subject, redacted: true },
        { subject: "customer-bob", value: "Bob" }
      ])
    })
  )

  it.live("has its master key in a file for the owner only, beside the folder of the database, and keeps it", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "data")
      const file = join(directory, "master-key")
      yield* inDirectory(directory, write(ada.subject, "Ada"))
      const key = yield* Effect.promise(() => readFile(file, "utf8"))
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
      assert.deepStrictEqual(yield* inDirectory(directory, notes), [{ subject: ada.subject, value: "Ada" }])
      assert.strictEqual(yield* Effect.promise(() => readFile(file, "utf8")), key)
    })
  )
})

describe("personal data on a PostgreSQL server", () => {
  const onServer = (env: Record<string, string>) =>
    Layer.fresh(Privacy.layer()).pipe(
      Layer.provideMerge(PostgresDatabase.layer),
      Layer.provide(environment({ DATABASE_URL: "postgres://somebody@somewhere/some", ...env }))
    )

  it.effect("needs EVENTFOLD_MASTER_KEY, and says so when the first of it is to be stored", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* (yield* KeyStore).isForgotten(ada))
      const error = yield* Effect.flip(write(ada.subject, "Ada"))
      assert.strictEqual(error._tag, "MasterKeyMissing")
      assert.include(error.message, "EVENTFOLD_MASTER_KEY")
    }).pipe(Effect.provide(onServer({})))
  )

  it.effect("has a ledger outside of the database where EVENTFOLD_FORGOTTEN_LEDGER says", () =>
    Effect.gen(function* () {
      const ledger = join(yield* temporaryDirectory, "ledger.jsonl")
      const env = {
        EVENTFOLD_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
        EVENTFOLD_FORGOTTEN_LEDGER: ledger
      }
      yield* Effect.flatMap(KeyStore, (keys) => keys.forget(ada, why)).pipe(Effect.provide(onServer(env)))
      // Another database, as if the first one had been lost.
      const isForgotten = Effect.flatMap(KeyStore, (keys) => keys.isForgotten(ada))
      assert.isTrue(yield* Effect.provide(isForgotten, onServer(env)))
      assert.isFalse(yield* Effect.provide(isForgotten, onServer({})))
    })
  )
})
