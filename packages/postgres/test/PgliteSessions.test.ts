import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Cause, DateTime, Deferred, Effect, Exit, Fiber, Queue, Scope, Stream } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlError } from "effect/sql"
import * as PreparedDatabase from "./PreparedDatabase.ts"

/** A transaction that has begun, on a fiber of its own, and stays open until it is told to end. */
const openTransaction = Effect.fnUntraced(function* <A, E>(body: Effect.Effect<A, E>) {
  const sql = yield* PgClient.PgClient
  const begun = yield* Deferred.make<void>()
  const end = yield* Deferred.make<void>()
  const fiber = yield* sql
    .withTransaction(body.pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Deferred.await(end))))
    .pipe(Effect.forkChild)
  yield* Effect.raceFirst(Deferred.await(begun), Fiber.join(fiber))
  return { fiber, end: Deferred.succeed(end, undefined) }
})

const causeOf = (error: SqlError.SqlError): string => String(Cause.squash(Cause.fail(error.reason.cause)))

const database = PreparedDatabase.layer({ idleInTransaction: "400 millis" })

layer(database, { excludeTestServices: true })("PgliteSessions", (it) => {
  it.effect("never lets the transactions of two fibers mix", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table mixed (fiber int4 not null, xid text not null)`
      const write = (fiber: number) =>
        sql`insert into mixed select ${fiber}::int4, pg_current_xact_id()::text`.pipe(Effect.andThen(Effect.yieldNow))
      const transaction = (fiber: number) =>
        sql.withTransaction(Effect.andThen(write(fiber), Effect.andThen(write(fiber), write(fiber))))
      yield* Effect.forEach(Array.from({ length: 50 }).keys(), transaction, { concurrency: "unbounded", discard: true })
      const [counts] = yield* sql`
        select count(*)::int4 as rows, count(distinct xid)::int4 as transactions, count(distinct (fiber, xid))::int4 as pairs
        from mixed`
      assert.deepStrictEqual(counts, { rows: 150, transactions: 50, pairs: 50 })
    })
  )

  it.effect("rolls back a transaction that fails, and only that", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table failing (id int4 primary key)`
      const insert = (id: number) => sql`insert into failing values (${id})`
      const failure = yield* sql
        .withTransaction(Effect.andThen(insert(1), insert(1)))
        .pipe(Effect.catchReason("SqlError", "UniqueViolation", (reason) => Effect.succeed(reason.constraint)))
      assert.strictEqual(failure, "failing_pkey")
      yield* sql.withTransaction(
        Effect.andThen(insert(2), Effect.ignore(sql.withTransaction(Effect.andThen(insert(3), insert(2)))))
      )
      assert.deepStrictEqual(yield* sql`select id from failing`, [{ id: 2 }])
    })
  )

  it.effect("rolls back an interrupted transaction and frees the backend", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table interrupted (id int4)`
      const open = yield* openTransaction(sql`insert into interrupted values (1)`)
      yield* Fiber.interrupt(open.fiber)
      assert.deepStrictEqual(yield* sql`select id from interrupted`, [])
    })
  )

  it.effect("takes a waiting query back when its fiber is interrupted, and never runs it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table waiting (id int4)`
      const open = yield* openTransaction(sql`select 1`)
      const waiting = yield* Effect.forkChild(sql`insert into waiting values (1)`, { startImmediately: true })
      // Returns while the transaction is still open: the query did not have to run first.
      yield* Fiber.interrupt(waiting)
      yield* open.end
      yield* Fiber.join(open.fiber)
      assert.deepStrictEqual(yield* sql`select id from waiting`, [])
    })
  )

  it.effect("ends a session that idles in a transaction, so that waiting for it is no deadlock", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table idling (id int4)`
      const open = yield* openTransaction(sql`insert into idling values (1)`)
      // Another session's query: it would wait for ever for the transaction, which waits for what comes after it.
      assert.deepStrictEqual(yield* sql`select id from idling`, [])
      yield* open.end
      assert.include(String(yield* Effect.flip(Effect.sandbox(Fiber.join(open.fiber)))), "idle-in-transaction timeout")
    })
  )

  it.effect("serves 200 fibers at once over its ten sessions", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table busy (id int4 primary key, twice int4)`
      const work = (id: number) =>
        sql.withTransaction(
          sql`insert into busy values (${id})`.pipe(
            Effect.andThen(sql`update busy set twice = ${id * 2} where id = ${id}`)
          )
        )
      yield* Effect.forEach(Array.from({ length: 200 }).keys(), work, { concurrency: "unbounded", discard: true })
      const [sums] = yield* sql`select count(*)::int4 as rows, sum(twice)::int4 as twice from busy`
      assert.deepStrictEqual(sums, { rows: 200, twice: 39_800 })
    })
  )

  it.effect("carries parameters and results of 1 MB and 20 MB", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      for (const size of [1_000_000, 20_000_000]) {
        const large = "æ🙂x".repeat(size / 7)
        const [row] = yield* sql<{ readonly same: string }>`select ${large}::text as same`
        assert.isTrue(row?.same === large)
      }
    })
  )

  it.effect("refuses a statement over its limit, which fails the transaction it is in", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table limited (id int4)`
      const tooLarge = sql`select length(${"x".repeat(65 * 1024 * 1024)}::text)`
      assert.include(causeOf(yield* Effect.flip(tooLarge)), "the limit of the embedded database is 67108864")
      const insert = sql`insert into limited values (1)`
      const inTransaction = sql.withTransaction(Effect.andThen(insert, Effect.andThen(Effect.ignore(tooLarge), insert)))
      assert.include(causeOf(yield* Effect.flip(inTransaction)), "current transaction is aborted")
      assert.deepStrictEqual(yield* sql`select id from limited`, [])
    })
  )

  it.effect("keeps the backend alive when a session tries COPY", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`create table copied (id int4)`
      const error = yield* Effect.flip(sql`copy copied from stdin`)
      assert.include(causeOf(error), "COPY is not supported")
      assert.deepStrictEqual(yield* sql`select id from copied`, [])
    })
  )

  it.effect("reuses prepared statements, and closes those of a session that ends", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const prepared = Effect.map(
        sql<{ readonly count: number }>`select count(*)::int4 as count from pg_prepared_statements`,
        ([row]) => row?.count ?? 0
      )
      const run = (client: PgClient.PgClient) =>
        Effect.forEach(Array.from({ length: 150 }).keys(), (n) => client.unsafe(`select ${n} as n, $1::int4`, [n]), {
          discard: true
        })
      yield* prepared
      const before = yield* prepared
      yield* Effect.scoped(
        Effect.gen(function* () {
          const client = yield* PgClient.makeClient({ ...sql.config, preparedStatementCacheSize: 50 }).pipe(
            Effect.provide(Reactivity.layer)
          )
          yield* Effect.andThen(run(client), run(client))
          const during = yield* prepared
          // The cache of the session, and those whose closing waits for its next statement.
          assert.isAtLeast(during - before, 50)
          assert.isAtMost(during - before, 52)
        })
      )
      assert.strictEqual(yield* prepared, before)
    })
  )

  it.effect("decodes and encodes the types the event store uses", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const json = ['{"a":[1,null]}', '"\\ud83d\\ude42"', "1e400"]
      const bytes = new Uint8Array([0, 1, 255])
      const [row] = yield* sql`
        select ${9_007_199_254_740_993n}::int8 as big, ${json[0]}::json as one, (${json}::text[]::json[])[2] as second,
          (${json}::text[]::json[])[3]::text as kept, ${bytes} as bytes, array[1, 2]::int8[] as numbers,
          '12.50'::numeric as amount, 'epoch'::timestamptz as epoch, ${sql.json({ b: true })} as binary, null::text as nothing`
      assert.deepStrictEqual(row, {
        big: 9_007_199_254_740_993n,
        one: { a: [1, null] },
        second: "🙂",
        kept: "1e400",
        bytes,
        numbers: [1n, 2n],
        amount: "12.50",
        epoch: DateTime.toDateUtc(DateTime.makeUnsafe(0)),
        binary: { b: true },
        nothing: null
      })
    })
  )

  it.effect("lets others query while somebody reads a stream", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const sums = yield* sql<{ readonly n: number }>`select n from generate_series(1, 2000) n`.stream.pipe(
        Stream.mapEffect(({ n }) => (n % 500 === 0 ? sql`select ${n}::int4 as n` : Effect.succeed([]))),
        Stream.runFold(
          () => 0,
          (count, rows) => count + rows.length
        )
      )
      assert.strictEqual(sums, 4)
    })
  )

  it.effect("delivers notifications to each listener until it leaves, whoever else leaves", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const brief = yield* Scope.make()
      const leaving = yield* sql.listen("news").pipe(Scope.provide(brief))
      const staying = yield* sql.listen("news")
      yield* sql.notify("news", "one")
      assert.strictEqual((yield* Queue.take(leaving)).payload, "one")
      yield* Scope.close(brief, Exit.void)
      yield* sql.notify("news", "two")
      yield* sql.notify("other", "three")
      yield* sql.withTransaction(sql.notify("news", "four"))
      assert.deepStrictEqual(
        (yield* Queue.takeN(staying, 3)).map(({ channel, payload }) => [channel, payload]),
        [
          ["news", "one"],
          ["news", "two"],
          ["news", "four"]
        ]
      )
      assert.strictEqual((yield* Effect.flip(Effect.scoped(sql.listen("x".repeat(64)))))._tag, "SqlError")
    })
  )

  it.effect("gives one session after another its turn", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const order: Array<number> = []
      const open = yield* openTransaction(sql`select 1`)
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5], (n) =>
        Effect.forkChild(
          Effect.tap(sql`select ${n}::int4`, () => Effect.sync(() => order.push(n))),
          { startImmediately: true }
        )
      )
      yield* open.end
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(order, [1, 2, 3, 4, 5])
    })
  )
})
