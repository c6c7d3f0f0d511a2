import { layer } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId, Transaction } from "@eventfold/event-store"
import { DateTime, Deferred, Effect, Fiber, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const append = Effect.fn(function* (name: string) {
  const store = yield* EventStore
  const event = { type: name, schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
  const stream = StreamId.make("test", "order", SecureRandom.uuidV7Unsafe())
  return yield* store.append(stream, ExpectedVersion.NoStream, [{ ...event, id: SecureRandom.uuidV7Unsafe() }])
})

/** An append whose transaction stays open until it is told how to end. */
const stalledAppend = Effect.fn(function* (name: string) {
  const transaction = yield* Transaction
  const appended = yield* Deferred.make<number>()
  const end = yield* Deferred.make<void, "rolled back">()
  const fiber = yield* transaction
    .run(
      Effect.gen(function* () {
        yield* Deferred.succeed(appended, (yield* append(name)).position)
        yield* Deferred.await(end)
      })
    )
    .pipe(Effect.exit, Effect.forkChild)
  return { position: yield* Deferred.await(appended), end, ended: Fiber.await(fiber) }
})

const namesAfter = Effect.fn(function* (after: number) {
  const store = yield* EventStore
  return (yield* store.readLog({ after, limit: 100 })).events.map((event) => event.type)
})

const end = Effect.map(append("mark"), ({ position }) => position)

layer(layerPostgres.pipe(Layer.provideMerge(PostgresDatabase.layer)))("the order of the log on PostgreSQL", (it) => {
  it.effect("holds back what follows an append that has its position and has not committed", () =>
    Effect.gen(function* () {
      const start = yield* end
      const slow = yield* stalledAppend("slow")
      const fast = yield* append("fast")
      assert.isBelow(slow.position, fast.position)
      assert.deepStrictEqual(yield* namesAfter(start), [])
      yield* Deferred.succeed(slow.end, undefined)
      yield* slow.ended
      assert.deepStrictEqual(yield* namesAfter(start), ["slow", "fast"])
    })
  )

  it.effect("goes on past an append that was rolled back, without waiting for anything", () =>
    Effect.gen(function* () {
      const start = yield* end
      const failed = yield* stalledAppend("failed")
      yield* append("next")
      yield* Deferred.fail(failed.end, "rolled back")
      yield* failed.ended
      assert.deepStrictEqual(yield* namesAfter(start), ["next"])
    })
  )

  it.effect("shows what was committed before a stalled append began", () =>
    Effect.gen(function* () {
      const start = yield* end
      yield* append("before")
      const slow = yield* stalledAppend("slow")
      yield* append("after")
      assert.deepStrictEqual(yield* namesAfter(start), ["before"])
      yield* Deferred.succeed(slow.end, undefined)
      yield* slow.ended
      assert.deepStrictEqual(yield* namesAfter(start), ["before", "slow", "after"])
    })
  )

  it.effect("does not wait for a foreign transaction that stays open", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table foreign_work (id integer)`
      const start = yield* end
      const open = yield* Deferred.make<void>()
      const done = yield* Deferred.make<void>()
      const foreign = yield* sql
        .withTransaction(
          Effect.gen(function* () {
            yield* sql`insert into foreign_work values (1)`
            yield* Deferred.succeed(open, undefined)
            yield* Deferred.await(done)
          })
        )
        .pipe(Effect.forkChild)
      yield* Deferred.await(open)
      yield* append("ours")
      assert.deepStrictEqual(yield* namesAfter(start), ["ours"])
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(foreign)
    })
  )

  it.effect("refuses to be read at a level of isolation at which it could miss events", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* EventStore
      const error = yield* sql
        .withTransaction(store.readLog({ after: 0, limit: 1 }))
        .pipe(
          Effect.provideService(SqlClient.BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ"),
          Effect.catchTag("SqlError", Effect.die),
          Effect.flip
        )
      assert.include(error.message, "READ COMMITTED")
    })
  )
})
