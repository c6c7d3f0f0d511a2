import { createReadStream, createWriteStream } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Effect, Layer, Redacted, Result, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { checkFile, exportStore, importStore } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const exportTo = (path: string, resume = false) => exportStore({ path, source: "a test", pageSize: 7, resume })
const importFrom = (path: string, resume = false) => importStore({ path, batchSize: 9, resume })

/** A file with a store in it, made once per kind of database. */
const filled = Effect.gen(function* () {
  const file = join(yield* temporaryDirectory, "store.jsonl")
  yield* StoreToMove.fill
  return { file, exported: yield* exportTo(file) }
}).pipe(Effect.provide(Layer.fresh(StoreToMove.store)))

/** All lines but what names the moment: the time in the header, and with it the checksum. */
const comparable = (path: string) =>
  Effect.map(StoreToMove.linesOf(path), (lines) =>
    lines.map((line) => line.replace(/"createdAt":"[^"]*"|"sha256":"[^"]*"/u, ""))
  )

for (const [name, database] of [
  ["a PostgreSQL server", StoreToMove.onServer],
  ["the embedded database", StoreToMove.embedded]
] as const) {
  describe(`export and import on ${name}`, () => {
    it.live("makes the same file of an imported store, whatever the pages and batches", () =>
      Effect.gen(function* () {
        const { file } = yield* Effect.provide(filled, database)
        const again = join(yield* temporaryDirectory, "again.jsonl")
        yield* Effect.andThen(importFrom(file), exportTo(again)).pipe(Effect.provide(Layer.fresh(database)))
        const lines = yield* comparable(again)
        assert.deepStrictEqual(lines, yield* comparable(file))
        assert.isAbove(lines.length, 70)
        const odd = lines.find((line) => line.includes('"by hand"'))
        assert.include(
          odd,
          '"metadata":{ "actor" : "me" },"data":{"a" : 1.0, "b":12345678901234567890, "b":1e3, "c":"\\u00e9"}}'
        )
        assert.include(odd, '"occurredAt":"2024-02-29T12:00:00.123456Z"')
      })
    )

    it.live("goes on after an import: new events, known events, and readers of the log", () =>
      Effect.gen(function* () {
        const { exported, file } = yield* Effect.provide(filled, database)
        yield* Effect.gen(function* () {
          yield* importFrom(file)
          const store = yield* EventStore
          const stream = StreamId.make("main", "thing", 't-0\\é"')
          const events = yield* Stream.runCollect(store.read(stream))
          const last = events.at(-1)
          const all = yield* Stream.runCollect(store.readAll())
          assert.strictEqual(all.length, exported.events)

          const first = events.filter(({ position }) => position === events[0]?.position)
          const repeated = yield* store.append(stream, ExpectedVersion.NoStream, first)
          assert.deepStrictEqual(repeated, { version: 1, position: events[0]?.position })
          const appended = yield* store.append(stream, ExpectedVersion.Exact(last?.version ?? 0), [
            StoreToMove.event(1)
          ])
          assert.deepStrictEqual(appended, { version: (last?.version ?? 0) + 1, position: exported.upTo + 1 })
          yield* store.append(StreamId.make("main", "thing", "new"), ExpectedVersion.NoStream, [StoreToMove.event(2)])
          const seen = yield* store.readLog({ after: exported.upTo, limit: 10 })
          assert.deepStrictEqual(
            seen.events.map(({ version }) => version),
            [appended.version, 1]
          )
        }).pipe(Effect.provide(Layer.provideMerge(StoreToMove.store, database)))
      })
    )

    it.live("refuses a store with anything in it, and changes nothing", () =>
      Effect.gen(function* () {
        const { file } = yield* filled
        const refused = yield* Effect.flip(importFrom(file))
        assert.include(refused.message, "the store is not empty")
        // To resume an import that is complete is no error: nothing is left to do.
        assert.strictEqual((yield* importFrom(file, true)).resumedAfter, (yield* checkFile({ path: file })).events)
        const store = yield* EventStore
        yield* store.append(StreamId.make("main", "thing", "more"), ExpectedVersion.NoStream, [StoreToMove.event(9)])
        const other = yield* Effect.flip(importFrom(file, true))
        assert.include(other.message, "is not the beginning of")
      }).pipe(Effect.provide(Layer.provideMerge(StoreToMove.store, database)))
    )

    it.live("leaves nothing of a batch behind in which the database finds a rule broken", () =>
      Effect.gen(function* () {
        const { file } = yield* Effect.provide(filled, Layer.fresh(database))
        const lines = (yield* StoreToMove.linesOf(file)).slice(0, -1)
        const id = /"id":"([^"]*)"/u.exec(lines[12] ?? "")?.[1] ?? ""
        const broken = lines.with(15, (lines[15] ?? "").replace(/"id":"[^"]*"/u, `"id":"${id}"`))
        yield* StoreToMove.writeExport(file, broken)
        const error = yield* Effect.flip(importStore({ path: file, batchSize: 9, checked: true }))
        assert.include(error.message, "store.jsonl, lines 11 to 19: duplicate key")
        const sql = yield* SqlClient.SqlClient
        const [row] = yield* sql`select (select count(*) from eventfold.events)::int4 as events,
          (select sum(version) from eventfold.streams)::int4 as versions, eventfold.horizon()::int4 as horizon`
        assert.deepStrictEqual(row, { events: 9, versions: 9, horizon: 0 })
      }).pipe(Effect.provide(database))
    )
  })
}

describe("import on a PostgreSQL server", () => {
  it.live("keeps readers and writers away until all is there", () =>
    Effect.gen(function* () {
      const { file } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      const url = yield* StoreToMove.newUrl
      const service = StoreToMove.store.pipe(
        Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 2 }))
      )
      const seen: Array<string> = []
      yield* Effect.gen(function* () {
        const store = yield* EventStore
        const look = Effect.gen(function* () {
          const { events } = yield* store.readLog({ after: 0, limit: 10 })
          const append = yield* Effect.result(
            store.append(StreamId.make("main", "thing", "x"), ExpectedVersion.NoStream, [StoreToMove.event(1)])
          )
          seen.push(`${events.length} events, ${Result.isFailure(append) ? "refused" : "appended"}`)
        }).pipe(Effect.orDie)
        const second = importFrom(file, true).pipe(
          Effect.provide(StoreToMove.ofEnvironment({ DATABASE_URL: url })),
          Effect.flip,
          Effect.tap((error) => Effect.sync(() => seen.push(error.message))),
          Effect.orDie
        )
        yield* importStore({
          path: file,
          batchSize: 60,
          onProgress: ({ done, task, total }) =>
            task === "loading" && done < total ? Effect.andThen(look, second) : Effect.void
        }).pipe(Effect.provide(StoreToMove.ofEnvironment({ DATABASE_URL: url })))
        yield* look
      }).pipe(Effect.provide(service))
      const busy = "somebody else is writing to this store, or importing into it: stop that first"
      assert.deepStrictEqual(seen, ["0 events, refused", busy, "10 events, appended"])
    })
  )
})

describe("export", () => {
  it.live("goes on where an interrupted one stopped, and makes the file that would have been", () =>
    Effect.gen(function* () {
      const { file } = yield* filled
      const whole = yield* Effect.promise(() => readFile(file))
      const directory = yield* temporaryDirectory
      for (const [at, cut] of [0, 20, 400, 5000, whole.length - 30, whole.length].entries()) {
        const path = join(directory, `${at}.jsonl`)
        yield* Effect.promise(() => writeFile(`${path}.part`, whole.subarray(0, cut)))
        const refused = yield* Effect.flip(exportTo(path))
        assert.include(refused.message, "go on with --resume, or delete it")
        yield* exportTo(path, true)
        assert.deepStrictEqual(yield* comparable(path), yield* comparable(file))
        yield* checkFile({ path })
        assert.include((yield* Effect.flip(exportTo(path, true))).message, "exists already")
      }
    }).pipe(Effect.provide(Layer.provideMerge(StoreToMove.store, StoreToMove.onServer)))
  )

  it.live("goes on with a compressed file that ends anywhere", () =>
    Effect.gen(function* () {
      const { file } = yield* filled
      const path = join(yield* temporaryDirectory, "store.jsonl.gz")
      yield* exportTo(path)
      const whole = yield* Effect.promise(() => readFile(path))
      for (const [at, cut] of [0, 5, 700, whole.length - 60].entries()) {
        const again = path.replace("store", String(at))
        yield* Effect.promise(() => writeFile(`${again}.part`, whole.subarray(0, cut)))
        yield* exportTo(again, true)
        yield* checkFile({ path: again })
        const plain = again.replace(".gz", "")
        yield* Effect.promise(() => pipeline(createReadStream(again), createGunzip(), createWriteStream(plain)))
        assert.deepStrictEqual(yield* comparable(plain), yield* comparable(file))
      }
    }).pipe(Effect.provide(Layer.provideMerge(StoreToMove.store, StoreToMove.onServer)))
  )

  it.live("does not go on with a file of another store, or one that was changed", () =>
    Effect.gen(function* () {
      const { file } = yield* Effect.provide(filled, Layer.fresh(StoreToMove.onServer))
      const mine = yield* filled
      const path = join(yield* temporaryDirectory, "other.jsonl")
      const lines = yield* StoreToMove.linesOf(file)
      yield* Effect.promise(() => writeFile(`${path}.part`, `${lines.slice(0, 20).join("\n")}\n`))
      assert.include((yield* Effect.flip(exportTo(path, true))).message, "was exported from another store")
      const changed = (yield* StoreToMove.linesOf(mine.file)).slice(0, 20).with(10, "{}")
      yield* Effect.promise(() => writeFile(`${path}.part`, `${changed.join("\n")}\n`))
      assert.include((yield* Effect.flip(exportTo(path, true))).message, "other.jsonl.part, line 11: line: must be")
    }).pipe(Effect.provide(Layer.provideMerge(StoreToMove.store, StoreToMove.onServer)))
  )

  it.live("refuses a database without a store", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "none.jsonl")
      assert.include((yield* Effect.flip(exportTo(path))).message, "there is no event store")
    }).pipe(Effect.provide(StoreToMove.onServer))
  )
})
