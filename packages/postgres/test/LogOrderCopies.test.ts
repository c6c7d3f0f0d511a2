/** The order of the log in a database that was copied from another one, with its sequences and without them. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId, Transaction } from "@eventfold/event-store"
import { Context, DateTime, Deferred, Effect, Fiber, Layer, References } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { layerPostgres, Migrations } from "../src/index.ts"
import * as LogSequence from "../src/LogSequence.ts"
import { stored } from "./LogReaders.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const append = Effect.gen(function* () {
  const store = yield* EventStore
  const event = { type: "Noted", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
  const stream = StreamId.make("test", "order", SecureRandom.uuidV7Unsafe())
  const events = [{ ...event, id: SecureRandom.uuidV7Unsafe() }]
  const { position } = yield* store.append(stream, ExpectedVersion.NoStream, events)
  return { position, stream }
})

const readAfter = (after: number) =>
  Effect.flatMap(EventStore, (store) =>
    Effect.map(store.readLog({ after, limit: 100 }), ({ events }) => events.map(({ position }) => position))
  )

/** A database with ten events, in which a rolled-back append has left holes. */
const original = Effect.gen(function* () {
  const transaction = yield* Transaction
  for (let count = 0; count < 5; count++) yield* append
  yield* Effect.exit(transaction.run(Effect.andThen(append, Effect.fail("no"))))
  for (let count = 0; count < 5; count++) yield* append
  return (yield* stored).map(({ position }) => position)
})

/** A new database with the rows of this one, as they are copied table by table. */
const copied = Effect.gen(function* () {
  const from = yield* SqlClient.SqlClient
  const services = yield* Layer.build(Layer.fresh(PostgresDatabase.layer))
  const to = Context.get(services, PgClient.PgClient)
  yield* Effect.provideService(Migrations.migrate, SqlClient.SqlClient, to)
  for (const table of ["eventfold.streams", "eventfold.events"]) {
    const [rows] = yield* from.unsafe<{ readonly text: string }>(`select json_agg(t)::text as text from ${table} t`)
    yield* to.unsafe(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`, [
      rows?.text ?? "[]"
    ])
  }
  return to
})

const copySequences = Effect.fnUntraced(function* (to: SqlClient.SqlClient) {
  const from = yield* SqlClient.SqlClient
  for (const sequence of ["eventfold.event_position", "eventfold.stream_key"]) {
    const [row] = yield* from.unsafe<{ readonly last: bigint }>(`select last_value as last from ${sequence}`)
    yield* to.unsafe(`select setval('${sequence}', $1::bigint)`, [row?.last ?? 0n])
  }
})

/** Runs with the ports opened anew over a database. */
const opened = <A, E, R>(sql: PgClient.PgClient, effect: Effect.Effect<A, E, R>) =>
  Effect.provide(
    effect,
    Layer.fresh(layerPostgres).pipe(Layer.provideMerge(Layer.succeed(SqlClient.SqlClient, sql)))
  ).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))

layer(layerPostgres.pipe(Layer.provideMerge(PostgresDatabase.layer)), { excludeTestServices: true })(
  "a copied database",
  (it) => {
    it.effect("goes on where the other one stood, and its readers do too", () =>
      Effect.gen(function* () {
        const positions = yield* original
        const copy = yield* copied
        yield* copySequences(copy)
        yield* opened(
          copy,
          Effect.gen(function* () {
            const half = positions[4] ?? 0
            assert.deepStrictEqual(yield* readAfter(half), positions.slice(5))
            const { position } = yield* append
            assert.isAbove(position, Math.max(...positions))
            assert.deepStrictEqual(yield* readAfter(half), [...positions.slice(5), position])
          })
        )
      })
    )

    it.effect(
      "without its sequences shows nothing and stores nothing, until it is opened: then they are set right",
      () =>
        Effect.gen(function* () {
          const store = yield* EventStore
          yield* original
          const positions = (yield* stored).map(({ position }) => position)
          const copy = yield* copied
          const [{ horizon } = { horizon: -1 }] = yield* copy<{ readonly horizon: number }>`
        select eventfold.horizon()::float8 as horizon`
          assert.strictEqual(horizon, 0)
          yield* opened(
            copy,
            Effect.gen(function* () {
              assert.deepStrictEqual(yield* readAfter(0), positions)
              const [one, other] = [yield* append, yield* append]
              assert.isAbove(one.position, Math.max(...positions))
              const copied = yield* EventStore
              const page = yield* copied.readPage(one.stream, { direction: "forwards", from: 1, limit: 10 })
              assert.deepStrictEqual(
                page.map(({ position }) => position),
                [one.position]
              )
              assert.deepStrictEqual(yield* readAfter(one.position), [other.position])
            })
          )
          assert.deepStrictEqual(
            (yield* store.readLog({ after: 0, limit: 100 })).events.map(({ position }) => position),
            positions
          )
        })
    )

    it.effect("is set right only when no append is on its way with a position from before", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const transaction = yield* Transaction
        const { position } = yield* append
        yield* sql`select setval('eventfold.event_position', ${position + 1000}::float8::bigint)`
        const last = (yield* append).position
        yield* sql`select setval('eventfold.event_position', ${position}::float8::bigint)`
        const appended = yield* Deferred.make<number>()
        const end = yield* Deferred.make<void>()
        const writer = yield* transaction
          .run(
            Effect.gen(function* () {
              yield* Deferred.succeed(appended, (yield* append).position)
              yield* Deferred.await(end)
            })
          )
          .pipe(Effect.forkChild)
        assert.strictEqual(yield* Deferred.await(appended), position + 1)
        const check = yield* Effect.forkChild(LogSequence.check)
        const waits = sql`select from pg_locks where relation = 'eventfold.streams'::regclass and not granted`
        while ((yield* waits).length === 0) assert.isUndefined(check.pollUnsafe())
        yield* Deferred.succeed(end, undefined)
        yield* Fiber.join(writer)
        yield* Fiber.join(check)
        assert.strictEqual((yield* append).position, last + 1)
      }).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))
    )
  }
)
