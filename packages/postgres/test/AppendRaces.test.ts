/** Repetitions and conflicts at the very moment of the first attempt, on a real server. */
import { assert, layer } from "@effect/vitest"
import { EventStore, ExpectedVersion, type NewEvent, StreamId, Transaction } from "@eventfold/event-store"
import { DateTime, Deferred, Effect, Fiber, Layer, Stream } from "effect"
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
      const sql = yield* SqlClient.SqlClient
      const store = yield* EventStore
      const locked = newStream()
      yield* store.append(locked, ExpectedVersion.NoStream, [event()])
      const held = yield* Deferred.make<void>()
      const release = yield* Deferred.make<void>()
      const holder = yield* sql
        .withTransaction(
          Effect.gen(function* () {
            yield* sql`select 1 from eventfold.streams where stream_id = ${locked.id} for update`
            yield* Deferred.succeed(held, undefined)
            yield* Deferred.await(release)
          })
        )
        .pipe(Effect.forkChild)
      yield* Deferred.await(held)
      const blocked = yield* Effect.forkChild(store.append(locked, ExpectedVersion.at(1), [event()]))
      const free = Array.from({ length: 40 }, newStream)
      yield* Effect.forEach(free, (stream) => store.append(stream, ExpectedVersion.NoStream, [event()]), {
        concurrency: "unbounded"
      })
      assert.isUndefined(blocked.pollUnsafe())
      yield* Deferred.succeed(release, undefined)
      assert.strictEqual((yield* Fiber.join(blocked)).version, 2)
      yield* Fiber.join(holder)
    })
  )

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
