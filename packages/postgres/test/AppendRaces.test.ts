/** Repetitions and conflicts at the very moment of the first attempt, on a real server. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import {
  type Appended,
  type AppendError,
  EventStore,
  ExpectedVersion,
  type NewEvent,
  StreamId,
  Transaction
} from "@eventfold/event-store"
import { Context, DateTime, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const event = (): NewEvent => ({
  id: SecureRandom.uuidV7Unsafe(),
  type: "Happened",
  schemaVersion: 1,
  occurredAt: DateTime.makeUnsafe(0),
  data: {},
  metadata: {}
})
const newStream = () => StreamId.make("test", "race", SecureRandom.uuidV7Unsafe())

/** Runs `first` in a transaction that stays open until `second`, in another one, waits for a lock. */
const race = Effect.fnUntraced(function* <A, E, B, F>(
  first: Effect.Effect<A, E, EventStore>,
  second: Effect.Effect<B, F, EventStore>
) {
  const sql = yield* SqlClient.SqlClient
  const transaction = yield* Transaction
  const done = yield* Deferred.make<void>()
  const commit = yield* Deferred.make<void>()
  const one = yield* transaction
    .run(Effect.tap(first, () => Effect.andThen(Deferred.succeed(done, undefined), Deferred.await(commit))))
    .pipe(Effect.forkChild)
  yield* Deferred.await(done)
  const other = yield* Effect.forkChild(transaction.run(second))
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((yield* waiting).length === 0 && other.pollUnsafe() === undefined) yield* Effect.yieldNow
  yield* Deferred.succeed(commit, undefined)
  return [yield* Fiber.join(one), yield* Fiber.join(other)] as const
})

/** Holds the row of a stream locked until `release` runs. */
const hold = Effect.fnUntraced(function* (stream: StreamId.StreamId) {
  const sql = yield* SqlClient.SqlClient
  const [held, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const holder = yield* sql
    .withTransaction(
      Effect.gen(function* () {
        yield* sql`select 1 from eventfold.streams where stream_id = ${stream.id} for update`
        yield* Deferred.succeed(held, undefined)
        yield* Deferred.await(release)
      })
    )
    .pipe(Effect.forkScoped)
  yield* Deferred.await(held)
  return { release: Effect.andThen(Deferred.succeed(release, undefined), Fiber.join(holder)) }
})

const append = (...parameters: Parameters<EventStore["Service"]["append"]>) =>
  Effect.flatMap(EventStore, (store) => store.append(...parameters))

layer(layerPostgres.pipe(Layer.provideMerge(PostgresDatabase.layer)))("appends at the same moment", (it) => {
  for (const expected of [ExpectedVersion.Any, ExpectedVersion.NoStream]) {
    it.effect(`a repetition in a transaction is answered like the first attempt under way (${expected._tag})`, () =>
      Effect.gen(function* () {
        const stream = newStream()
        const events = [event(), event()]
        const [first, second] = yield* race(append(stream, expected, events), append(stream, expected, events))
        assert.deepStrictEqual(second, first)
      })
    )
  }

  it.effect("a repetition under StreamExists meets the first attempt under way", () =>
    Effect.gen(function* () {
      const stream = newStream()
      yield* append(stream, ExpectedVersion.NoStream, [event()])
      const events = [event()]
      const repeat = append(stream, ExpectedVersion.StreamExists, events)
      const [first, second] = yield* race(repeat, repeat)
      assert.deepStrictEqual(second, first)
    })
  )

  for (const single of [true, false]) {
    it.effect(
      `a repetition of an append that follows another one under way is answered like it (single: ${single})`,
      () =>
        Effect.gen(function* () {
          const stream = newStream()
          yield* append(stream, ExpectedVersion.NoStream, [event()])
          const events = single ? [event()] : [event(), event()]
          // Whoever repeats it sees version 1 at first, and waits.
          const repeated = append(stream, ExpectedVersion.at(2), events)
          const [first, second] = yield* race(
            Effect.andThen(append(stream, ExpectedVersion.at(1), [event()]), repeated),
            repeated
          )
          assert.deepStrictEqual(second, first)
        })
    )
  }

  it.effect("an append that waited for the version it expects is stored", () =>
    Effect.gen(function* () {
      const stream = newStream()
      yield* append(stream, ExpectedVersion.NoStream, [event()])
      const [, second] = yield* race(
        append(stream, ExpectedVersion.at(1), [event()]),
        append(stream, ExpectedVersion.at(2), [event()])
      )
      assert.strictEqual(second.version, 3)
    })
  )

  it.effect("a stream that somebody holds locked keeps no other stream waiting", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const locked = newStream()
      yield* store.append(locked, ExpectedVersion.NoStream, [event()])
      const { release } = yield* hold(locked)
      const blocked = yield* Effect.forkChild(store.append(locked, ExpectedVersion.at(1), [event()]))
      const free = Array.from({ length: 40 }, newStream)
      yield* Effect.forEach(free, (stream) => store.append(stream, ExpectedVersion.NoStream, [event()]), {
        concurrency: "unbounded"
      })
      assert.isUndefined(blocked.pollUnsafe())
      yield* release
      assert.strictEqual((yield* Fiber.join(blocked)).version, 2)
    })
  )

  for (const beside of [1, 3]) {
    it.effect(`appends that keep coming to a locked stream do not use up the connections (${beside} beside each)`, () =>
      Effect.gen(function* () {
        const { config } = yield* PgClient.PgClient
        const connections = 3
        const services = yield* Layer.build(
          Layer.fresh(
            layerPostgres.pipe(Layer.provide(PgClient.layer({ url: config.url, maxConnections: connections })))
          )
        )
        const store = Context.get(services, EventStore)
        const locked = newStream()
        yield* store.append(locked, ExpectedVersion.NoStream, [event()])
        const { release } = yield* hold(locked)
        const blocked: Array<Fiber.Fiber<Appended, AppendError>> = []
        for (let turn = 0; turn < 2 * connections; turn += 1) {
          blocked.push(yield* Effect.forkChild(store.append(locked, ExpectedVersion.Any, [event()])))
          const free = Array.from({ length: beside }, newStream)
          yield* Effect.forEach(free, (stream) => store.append(stream, ExpectedVersion.Any, [event()]), {
            concurrency: "unbounded"
          })
        }
        yield* release
        const versions = (yield* Effect.forEach(blocked, Fiber.join)).map(({ version }) => version)
        assert.deepStrictEqual(
          versions.toSorted((one, other) => one - other),
          blocked.map((_, index) => index + 2)
        )
      })
    )
  }

  it.effect("twins of one append, beside one that makes their call fail, are stored once and answered alike", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const used = event()
      yield* store.append(newStream(), ExpectedVersion.NoStream, [used])
      for (let round = 0; round < 20; round += 1) {
        const stream = newStream()
        const events = [event()]
        const twin = store.append(stream, ExpectedVersion.Any, events)
        const poison = Effect.flip(store.append(newStream(), ExpectedVersion.NoStream, [used]))
        const other = store.append(newStream(), ExpectedVersion.NoStream, [event()])
        const [, one, refused, two] = yield* Effect.all([other, twin, poison, twin], { concurrency: "unbounded" })
        assert.strictEqual(refused._tag, "EventIdConflict")
        assert.deepStrictEqual(one, two)
        assert.lengthOf(yield* Stream.runCollect(store.read(stream)), 1)
      }
    })
  )

  it.effect("appends to the same streams in different orders do not wait for each other in a circle", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const streams = [newStream(), newStream(), newStream()]
      yield* Effect.forEach(streams, (stream) => store.append(stream, ExpectedVersion.NoStream, [event()]))
      const orders = [streams, streams.toReversed(), [...streams.slice(1), ...streams.slice(0, 1)]]
      const all = orders.flatMap((order) =>
        Array.from({ length: 20 }, () =>
          store.appendAll(
            order.map((stream) => ({ stream, expected: ExpectedVersion.StreamExists, events: [event()] }))
          )
        )
      )
      yield* Effect.all(all, { concurrency: 12, discard: true })
      for (const stream of streams) assert.lengthOf(yield* Stream.runCollect(store.read(stream)), 61)
    })
  )
})
