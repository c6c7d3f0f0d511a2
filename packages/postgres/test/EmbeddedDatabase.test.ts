import { cpSync, existsSync } from "node:fs"
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { effort } from "@eventfold/testing"
import { Deferred, Effect, Exit, Fiber, Logger, Queue } from "effect"
import type { SqlError } from "effect/sql"
import * as EmbeddedDatabase from "../src/EmbeddedDatabase.ts"
import * as Fixture from "./Fixture.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

/** A directory whose database has the table `notes`, made once. */
const prepared = Effect.runSync(
  Effect.cached(
    Effect.gen(function* () {
      const directory = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-prepared-")))
      yield* Effect.flatMap(PgClient.PgClient, (sql) => sql`create table notes (text text not null)`).pipe(
        Effect.provide(PreparedDatabase.layer({ directory }))
      )
      return directory
    })
  )
)

afterAll(() =>
  Effect.runPromise(Effect.flatMap(prepared, (directory) => Effect.promise(() => rm(directory, { recursive: true }))))
)

/** A directory whose database has the empty table `notes`. */
const databaseDirectory = Effect.gen(function* () {
  const directory = yield* temporaryDirectory
  const original = yield* prepared
  // The synchronous copy is ten times as fast as the other.
  yield* Effect.sync(() => cpSync(original, directory, { recursive: true }))
  return directory
})

/** Runs the body in the database of the directory, which is opened before and closed after. */
const inDirectory = <A, E>(directory: string, body: (sql: PgClient.PgClient) => Effect.Effect<A, E>) =>
  Effect.flatMap(PgClient.PgClient, body).pipe(
    Effect.provide(EmbeddedDatabase.layer({ directory, closeWithin: "50 millis" }))
  )

const note = (text: string) => (sql: PgClient.PgClient) => sql`insert into notes values (${text})`

const notes = (sql: PgClient.PgClient) =>
  Effect.map(sql<{ readonly text: string }>`select text from notes order by text`, (rows) =>
    rows.map(({ text }) => text)
  )

/** What PostgreSQL said. */
const wordsOf = (error: SqlError.SqlError) => (error.reason.cause as Error).message

/** Whether PostgreSQL notes in its control file that it was shut down in order. */
const shutDownInOrder = (directory: string) =>
  Effect.promise(async () => {
    const control = await readFile(join(directory, "postgres", "global", "pg_control"))
    return control.readInt32LE(16) === 1
  })

/** For tests of what is logged as a failure. */
const quietly = Effect.provide(Logger.layer([]))

describe("EmbeddedDatabase", () => {
  it.live("keeps what was written when it is opened again", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      yield* inDirectory(directory, note("kept"))
      assert.isTrue(yield* shutDownInOrder(directory))
      assert.deepStrictEqual(yield* inDirectory(directory, notes), ["kept"])
    })
  )

  it.live("makes the directory and a new database on the first start", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "made", "deep")
      const [row] = yield* Effect.flatMap(
        PgClient.PgClient,
        (sql) => sql`select current_setting('max_wal_size') as size`
      ).pipe(Effect.provide(EmbeddedDatabase.layer({ directory })))
      assert.deepStrictEqual(row, { size: "64MB" })
    })
  )

  it.live("starts each database in memory from the prepared template, with data of its own", () =>
    Effect.gen(function* () {
      const loadDataDir = yield* EmbeddedDatabase.template(
        Effect.flatMap(PgClient.PgClient, (sql) => sql`create table notes (text text not null)`)
      )
      const use = (text: string) =>
        Effect.flatMap(PgClient.PgClient, (sql) => Effect.andThen(note(text)(sql), notes(sql))).pipe(
          Effect.provide(EmbeddedDatabase.layer({ loadDataDir }))
        )
      assert.deepStrictEqual(yield* Effect.all([use("a"), use("b")], { concurrency: 2 }), [["a"], ["b"]])
    })
  )

  it.live("refuses a directory that is open already, and leaves its database alone", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      const answer = yield* inDirectory(directory, (sql) =>
        Effect.gen(function* () {
          const second = yield* Effect.flip(inDirectory(directory, note("second")))
          assert.strictEqual(second._tag, "DatabaseInUse")
          yield* note("first")(sql)
          return yield* notes(sql)
        })
      )
      assert.deepStrictEqual(answer, ["first"])
    })
  )

  it.live("loses no acknowledged row when its process is killed in the middle of writing", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      const acknowledged: Array<string> = []
      for (let round = 0; round < 3 * effort; round++) {
        const writer = yield* Fixture.start("WriteRows", directory)
        const first = yield* writer.line
        for (let line = 0; line < 50 + 75 * (round % 3); line++) yield* writer.line
        yield* writer.signal("SIGKILL")
        const last = (yield* writer.rest).at(-1)
        assert.strictEqual(yield* writer.end, "SIGKILL")
        assert.isFalse(yield* shutDownInOrder(directory))
        acknowledged.push(first, ...(last === undefined ? [] : [last]))
      }
      const found = yield* inDirectory(
        directory,
        (sql) => sql<{ readonly ids: ReadonlyArray<bigint>; readonly holes: number }>`
          select array_agg(id order by id) as ids from written`
      )
      const ids = (found[0]?.ids ?? []).map(String)
      assert.includeMembers(ids, acknowledged)
      assert.isAtLeast(ids.length, 50 + 125 + 200)
    })
  )

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.live(`closes in order on ${signal} and gives the directory back`, () =>
      Effect.gen(function* () {
        const directory = yield* databaseDirectory
        const writer = yield* Fixture.start("WriteRows", directory)
        yield* writer.line
        yield* writer.signal(signal)
        const last = (yield* writer.rest).at(-1) ?? "1"
        assert.strictEqual(yield* writer.end, 130)
        assert.strictEqual(writer.complaints(), "")
        assert.isTrue(yield* shutDownInOrder(directory))
        assert.isFalse(existsSync(join(directory, "owner.json")))
        const rows = yield* inDirectory(directory, (sql) => sql`select max(id)::int4 as last from written`)
        assert.isAtLeast(Number(rows[0]?.["last"]), Number(last))
      })
    )
  }

  it.live("starts over after a first start that was cut short", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const incomplete = join(directory, "postgres.incomplete")
      yield* Effect.promise(() => mkdir(incomplete))
      yield* Effect.promise(() => writeFile(join(incomplete, "PG_VERSION"), "18\n"))
      const [row] = yield* Effect.flatMap(PgClient.PgClient, (sql) => sql`select 1 as one`).pipe(
        Effect.provide(EmbeddedDatabase.layer({ directory, loadDataDir: yield* PreparedDatabase.archive }))
      )
      assert.deepStrictEqual(row, { one: 1 })
      assert.isFalse(existsSync(incomplete))
    })
  )

  it.live("says in PostgreSQL's words what is wrong with a damaged directory, and lets go of it", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      yield* inDirectory(directory, note("kept"))
      const control = join(directory, "postgres", "global", "pg_control")
      const whole = yield* Effect.promise(() => readFile(control))
      yield* Effect.promise(() => truncate(control, 10))
      const error = yield* Effect.flip(inDirectory(directory, notes))
      assert.strictEqual(error._tag, "EmbeddedDatabaseFailed")
      assert.include(error.message, directory)
      assert.include(error.message, 'could not read file "global/pg_control"')
      yield* Effect.promise(() => writeFile(control, whole))
      assert.deepStrictEqual(yield* inDirectory(directory, notes), ["kept"])
    })
  )

  it.live("does not build a new database over files it does not recognise", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      yield* inDirectory(directory, note("kept"))
      const version = join(directory, "postgres", "PG_VERSION")
      yield* Effect.promise(() => rm(version))
      const error = yield* Effect.flip(inDirectory(directory, notes))
      assert.include(error.message, "has no PG_VERSION")
      yield* Effect.promise(() => writeFile(version, "18\n"))
      assert.deepStrictEqual(yield* inDirectory(directory, notes), ["kept"])
    })
  )

  it.live("names the path when that is a file, below a file, or cannot be written", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const file = join(directory, "file")
      yield* Effect.promise(() => writeFile(file, ""))
      // Root may write anywhere, but nobody opens a folder as a file.
      const unlockable = join(directory, "unlockable")
      yield* Effect.promise(() => mkdir(join(unlockable, "lock"), { recursive: true }))
      for (const path of [file, join(file, "below"), unlockable]) {
        const error = yield* Effect.flip(inDirectory(path, notes))
        assert.strictEqual(error._tag, "EmbeddedDatabaseFailed")
        assert.include(error.message, `in ${path} cannot be opened: `)
      }
    })
  )

  it.live("recovers from a crash of PostgreSQL: the statement fails, what was committed stays, listeners go on", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      const crash = (sql: PgClient.PgClient) => {
        const deep = "[".repeat(20_000) + "]".repeat(20_000)
        return sql`select ${deep}::json is null`
      }
      const left = yield* inDirectory(directory, (sql) =>
        Effect.gen(function* () {
          const listener = yield* sql.listen("news")
          yield* note("kept")(sql)
          const error = yield* Effect.flip(crash(sql))
          assert.include(wordsOf(error), "crashed and was opened again: RangeError")
          const inTransaction = sql.withTransaction(Effect.andThen(note("lost")(sql), Effect.ignore(crash(sql))))
          assert.isTrue(Exit.isFailure(yield* Effect.exit(inTransaction)))
          yield* note("after")(sql)
          yield* sql.notify("news", "still here")
          assert.strictEqual((yield* Queue.take(listener)).payload, "still here")
          return yield* notes(sql)
        }).pipe(Effect.scoped)
      )
      assert.deepStrictEqual(left, ["after", "kept"])
    }).pipe(quietly)
  )

  it.live("lets its process end after crashes", () =>
    Effect.gen(function* () {
      const crashing = yield* Fixture.start("CrashAndEnd", yield* databaseDirectory)
      assert.strictEqual((yield* crashing.rest).at(-1), "recovered")
      assert.strictEqual(yield* crashing.end, 0)
    })
  )

  it.live("fails every query after a crash in memory, instead of hanging", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const crash = sql`select ${"[".repeat(20_000) + "]".repeat(20_000)}::json is null`
      assert.include(wordsOf(yield* Effect.flip(crash)), "crashed: RangeError")
      const after = yield* Effect.flip(sql`select 1`)
      assert.strictEqual(after.reason._tag, "ConnectionError")
      assert.include(wordsOf(after), "crashed: RangeError")
    }).pipe(Effect.provide(PreparedDatabase.layer()), quietly)
  )

  it.live("turns endless recursion into an error of PostgreSQL's own", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      const words = yield* inDirectory(directory, (sql) =>
        sql
          .unsafe("create function endless(n int) returns int language plpgsql as 'begin return endless(n + 1); end'")
          .pipe(Effect.andThen(sql`select endless(1)`), Effect.flip, Effect.map(wordsOf))
      )
      assert.include(words, "stack depth limit exceeded")
    })
  )

  it.live("closes in time under a session that is never given back, rolling it back", () =>
    Effect.gen(function* () {
      const directory = yield* databaseDirectory
      const begun = yield* Deferred.make<void>()
      const fiber = yield* inDirectory(directory, (sql) =>
        sql
          .withTransaction(
            note("never")(sql).pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
          )
          .pipe(Effect.forkDetach, Effect.tap(Deferred.await(begun)))
      )
      assert.isTrue(yield* shutDownInOrder(directory))
      assert.deepStrictEqual(yield* inDirectory(directory, notes), [])
      yield* Fiber.interrupt(fiber)
    }).pipe(quietly)
  )
})
