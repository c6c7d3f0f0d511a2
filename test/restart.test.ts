/** A subscription outlives its connections, and the server itself: it loses nothing and repeats nothing. */
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import { Subscriptions } from "@eventfold/subscriptions"
import { DateTime, Effect, Fiber, Layer, Redacted, References, Schedule, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { start } from "./PostgresServer.ts"

/** An append that is made again until it is answered: its event id keeps it from being stored twice. */
const append = Effect.gen(function* () {
  const store = yield* EventStore
  const event = { type: "Noted", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
  const stream = StreamId.make("test", "order", SecureRandom.uuidV7Unsafe())
  const events = [{ ...event, id: SecureRandom.uuidV7Unsafe() }]
  yield* store.append(stream, ExpectedVersion.NoStream, events).pipe(
    Effect.retry({
      schedule: Schedule.spaced("20 millis"),
      while: (error) => error._tag === "EventStoreFailure" && error.retryable
    })
  )
})

const appends = Effect.forEach(Array.from({ length: 100 }), () => append, { concurrency: 4, discard: true })

const server = Effect.acquireRelease(
  Effect.promise(() => start({ durable: false })),
  ({ stop }) => Effect.promise(stop)
)

const exercise = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const reader = yield* Subscriptions.stream({ name: "reader", batchSize: 10 }).pipe(
    Stream.flatMap(({ events }) => Stream.fromIterable(events)),
    Stream.map(({ id }) => id),
    Stream.take(300),
    Stream.runCollect,
    Effect.forkChild
  )

  const first = yield* Effect.forkChild(appends)
  yield* sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  yield* Fiber.join(first)

  const [backend] = yield* sql<{ readonly pid: number }>`select pg_backend_pid() as pid`
  const second = yield* Effect.forkChild(appends)
  // A backend that dies like this takes the server down: it ends all others and recovers from its log.
  yield* Effect.sync(() => process.kill(backend?.pid ?? Number.NaN, "SIGKILL"))
  yield* Fiber.join(second)

  yield* appends
  const log = yield* sql<{ readonly id: string }>`select event_id as id from eventfold.events order by position`
  assert.strictEqual(log.length, 300)
  assert.deepStrictEqual(
    yield* Fiber.join(reader),
    log.map(({ id }) => id)
  )
})

it.live("a subscription goes on after its connections and then its server were killed", () =>
  Effect.gen(function* () {
    const { url } = yield* server
    const database = PgClient.layer({ url: Redacted.make(url), maxConnections: 10 })
    yield* Effect.provide(
      exercise,
      Subscriptions.layer.pipe(Layer.provideMerge(layerPostgres), Layer.provideMerge(database))
    )
  }).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))
)
