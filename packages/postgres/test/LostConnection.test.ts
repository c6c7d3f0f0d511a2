import { assert, layer } from "@effect/vitest"
import { EventStore, EventStoreFailure, ExpectedVersion, StreamId, Transaction } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const stream = StreamId.make("test", "order", "interrupted")
const event = { type: "Lost", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }

layer(layerPostgres.pipe(Layer.provideMerge(PostgresDatabase.layer)))("a connection that is lost", (it) => {
  it.effect("inside a transaction is a failure that can be tried again, and nothing was stored", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* EventStore
      const transaction = yield* Transaction
      const lost = yield* transaction
        .run(
          Effect.gen(function* () {
            yield* store.append(stream, ExpectedVersion.NoStream, [{ ...event, id: SecureRandom.uuidV7Unsafe() }])
            yield* Effect.exit(sql`select pg_terminate_backend(pg_backend_pid())`)
            return yield* store.readPage(stream, { direction: "forwards", from: 1, limit: 1 })
          })
        )
        .pipe(Effect.flip)
      assert.instanceOf(lost, EventStoreFailure)
      assert.isTrue(lost.retryable, lost.message)
      assert.deepStrictEqual(yield* Stream.runCollect(store.read(stream)), [])
    })
  )

  it.effect("does not harm the next transaction", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const transaction = yield* Transaction
      yield* transaction.run(store.append(stream, ExpectedVersion.Any, [{ ...event, id: SecureRandom.uuidV7Unsafe() }]))
      assert.strictEqual(yield* Stream.runCount(store.read(stream)), 1)
    })
  )
})
