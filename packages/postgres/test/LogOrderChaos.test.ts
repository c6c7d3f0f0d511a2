/**
 * The order of the log when everything goes wrong at once: writers in several processes and pools that stall, roll back,
 * lose connections and are killed, beside foreign transactions that stay open from beginning to end.
 */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { effort } from "@eventfold/testing"
import * as LogWriters from "@eventfold/testing/LogWriters"
import { Context, Deferred, Effect, Fiber, Layer, Redacted } from "effect"
import { inject } from "vitest"
import { layerPostgres } from "../src/index.ts"
import * as Fixture from "./Fixture.ts"
import * as LogReaders from "./LogReaders.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const appends = 30 * effort

/** A transaction that has written something and stays open until the scope closes. */
const openTransaction = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  const services = yield* Layer.build(Layer.fresh(PgClient.layer({ url, maxConnections: 1 })))
  const sql = Context.get(services, PgClient.PgClient)
  const open = yield* Deferred.make<void>()
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        yield* sql`create temporary table foreign_work as select pg_current_xact_id() as id`
        yield* Deferred.succeed(open, undefined)
        return yield* Effect.never
      })
    )
    .pipe(Effect.forkScoped)
  yield* Deferred.await(open)
})

layer(layerPostgres.pipe(Layer.provideMerge(PostgresDatabase.layer)), { excludeTestServices: true })(
  "the order of the log among writers of several processes, some of which fail",
  (it) => {
    it.effect("holds for every reader, and a reader without a horizon misses events", () =>
      Effect.gen(function* () {
        const { config } = yield* PgClient.PgClient
        const url = config.url ?? Redacted.make("")
        yield* openTransaction(url)
        yield* openTransaction(Redacted.make(inject("postgresUrl")))

        const end = yield* Deferred.make<number>()
        const readings: ReadonlyArray<LogReaders.Reading> = [
          {},
          { batchSize: 7, batchesPerSubscription: 5 },
          { woken: false, filter: { tenant: "test", categories: ["even", "closing"] } }
        ]
        const readers = yield* Effect.forEach(readings, (reading) => Effect.forkChild(LogReaders.follow(end, reading)))
        const naive = yield* Effect.forkChild(LogReaders.followNaively(end))

        const otherPool = Layer.fresh(
          layerPostgres.pipe(Layer.provideMerge(PgClient.layer({ url, maxConnections: 12 })))
        )
        const inProcess = LogWriters.write({ writers: 10, appends })
        const completed = Effect.gen(function* () {
          const writer = yield* Fixture.start("WriteLog", Redacted.value(url), "6", String(appends))
          const lines = yield* writer.rest
          assert.strictEqual(lines.at(-1), "done", writer.complaints())
        })
        const killed = Effect.gen(function* () {
          const writer = yield* Fixture.start("WriteLog", Redacted.value(url), "6", "100000")
          for (let line = 0; line < 4 * appends; line++) yield* writer.line
          yield* writer.signal("SIGKILL")
          assert.strictEqual(yield* writer.end, "SIGKILL")
        })
        yield* Effect.all([completed, killed, inProcess, Effect.provide(inProcess, otherPool)], {
          concurrency: "unbounded"
        })

        yield* Deferred.succeed(end, yield* LogReaders.closing)
        const seen = yield* Effect.forEach(readers, (reader) => Fiber.join(reader))
        const log = yield* LogReaders.stored
        for (const [index, { filter }] of readings.entries()) {
          const wanted = log.filter(({ category }) => filter?.categories?.includes(category) ?? true)
          assert.deepStrictEqual(
            seen[index],
            wanted.map(({ id }) => id)
          )
        }
        assert.isBelow(log.length, log.at(-1)?.position ?? 0, "some appends must have been rolled back")

        const found = yield* Fiber.join(naive)
        const missed = log.filter(({ id }) => !found.has(id)).length
        assert.isAbove(missed, 0, `of ${log.length} events the reader without a horizon should miss some`)
      })
    )
  }
)
