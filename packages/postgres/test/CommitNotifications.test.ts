import { PgClient, PgConnection } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { AppendSignal, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Clock, ConfigProvider, Context, DateTime, Effect, Layer, Queue } from "effect"
import { SecureRandom } from "effect/crypto"
import { CommitNotifications, DatabaseInfo, layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

/** One process as far as the store and its signal go: nothing is shared with another one but the database. */
const process = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const services = yield* Layer.build(
    Layer.fresh(CommitNotifications.layer.pipe(Layer.provideMerge(layerPostgres))).pipe(
      Layer.provide(Layer.succeed(PgClient.PgClient, sql)),
      Layer.provide(Layer.effectContext(Effect.context()))
    )
  )
  return { store: Context.get(services, EventStore), signal: Context.get(services, AppendSignal) }
})

const append = (store: EventStore["Service"]) =>
  store.append(StreamId.make("test", "order", SecureRandom.uuidV7Unsafe()), ExpectedVersion.NoStream, [
    {
      id: SecureRandom.uuidV7Unsafe(),
      type: "Noted",
      schemaVersion: 1,
      occurredAt: DateTime.makeUnsafe(0),
      data: {},
      metadata: {}
    }
  ])

/** What is said on the channel, from now on. */
const overheard = Effect.gen(function* () {
  const connection = yield* PgConnection.make((yield* PgClient.PgClient).config)
  return yield* connection.listen(CommitNotifications.channel)
})

layer(PostgresDatabase.layer, { excludeTestServices: true })("notifications between processes", (it) => {
  it.effect("wake the readers of another process, which does not send them on", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      for (const [from, to] of [
        [one, other],
        [other, one]
      ] as const) {
        const heard = yield* to.signal.listen
        const back = yield* Effect.forkChild(yield* to.signal.listenOwn)
        yield* append(from.store)
        yield* heard
        assert.isUndefined(back.pollUnsafe())
      }
    })
  )

  it.effect("are sent at most once in 20 ms, however often a process appends", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      const channel = yield* overheard
      const begun = yield* Clock.currentTimeMillis
      yield* Effect.forEach(Array.from({ length: 200 }), () => append(one.store), { concurrency: 4, discard: true })
      const heard = yield* other.signal.listen
      yield* append(one.store)
      yield* heard
      const took = (yield* Clock.currentTimeMillis) - begun
      assert.isAtMost(yield* Queue.size(channel), took / 20 + 2)
    })
  )

  it.effect("are heard again after the listening connection was lost", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const [one, other] = [yield* process, yield* process]
      // A listener that is there again rings, for what it has not heard.
      const again = yield* other.signal.listen
      yield* sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${CommitNotifications.applicationName} and datname = current_database()`
      yield* again
      const heard = yield* other.signal.listen
      yield* append(one.store)
      yield* heard
    })
  )

  it.effect.each([
    { kind: "server", setting: undefined, listeners: 1 },
    { kind: "server", setting: "OFF", listeners: 0 },
    { kind: "embedded", setting: "on", listeners: 0 }
  ] as const)("listen on a $kind with LOG_NOTIFY=$setting: $listeners", ({ kind, listeners, setting }) =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const place = { description: "", durability: "", protection: { protected: true, description: "" } }
      yield* Layer.build(
        Layer.fresh(CommitNotifications.layerFromEnvironment).pipe(
          Layer.provide([
            Layer.succeed(PgClient.PgClient, sql),
            Layer.succeed(DatabaseInfo, { ...place, kind }),
            Layer.fresh(AppendSignal.layer),
            ConfigProvider.layer(ConfigProvider.fromUnknown(setting === undefined ? {} : { LOG_NOTIFY: setting }))
          ])
        )
      )
      const connections = yield* sql`select from pg_stat_activity
        where application_name = ${CommitNotifications.applicationName} and datname = current_database()
          and query like 'LISTEN%'`
      assert.strictEqual(connections.length, listeners)
    })
  )
})
