/** Readers of the log: sound ones, which must see everything in order, and a naive one, which must not. */
import { AppendSignal, EventStore, ExpectedVersion, type LogFilter, StreamId } from "@eventfold/event-store"
import { Subscriptions } from "@eventfold/subscriptions"
import { DateTime, Deferred, Effect, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"

/** What the log holds, in order, read when nobody writes. */
export const stored = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly id: string; readonly position: number; readonly category: string }>`
    select event_id as id, position::float8 as position, category from eventfold.events order by position`
})

/** Appends the last event of a test, and answers its position. */
export const closing = Effect.gen(function* () {
  const store = yield* EventStore
  const stream = StreamId.make("test", "closing", SecureRandom.uuidV7Unsafe())
  const event = { type: "Closed", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
  const { position } = yield* store.append(stream, ExpectedVersion.NoStream, [
    { ...event, id: SecureRandom.uuidV7Unsafe() }
  ])
  return position
})

/** How a reader goes about it. */
export interface Reading {
  readonly filter?: LogFilter
  readonly batchSize?: number
  /** It ends its subscription after so many batches, and begins another where it stands. */
  readonly batchesPerSubscription?: number
  /** Whether it is woken by the appends of this process; otherwise it looks at intervals only. */
  readonly woken?: boolean
}

/** Follows the log until it has passed the position that `end` will hold, and answers the ids of what it was handed. */
export const follow = Effect.fnUntraced(function* (
  end: Deferred.Deferred<number>,
  { batchesPerSubscription = Number.POSITIVE_INFINITY, batchSize, filter, woken = true }: Reading = {}
) {
  const ids: Array<string> = []
  let at = 0
  let last = Number.POSITIVE_INFINITY
  yield* Effect.forkChild(
    Effect.map(Deferred.await(end), (position) => {
      last = position
    })
  )
  const isThere = () => at >= last
  while (!isThere()) {
    let batches = 0
    yield* Subscriptions.stream({
      name: "reader",
      after: at,
      passEvery: "20 millis",
      pollEvery: { idle: "100 millis" },
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(filter === undefined ? {} : { filter })
    }).pipe(
      Stream.takeUntil((batch) => {
        assert.strictEqual(batch.after, at)
        for (const { id, position } of batch.events) {
          assert.isAbove(position, at)
          at = position
          ids.push(id)
        }
        assert.isAtLeast(batch.position, at)
        at = batch.position
        batches += 1
        return isThere() || batches >= batchesPerSubscription
      }),
      Stream.runDrain,
      Effect.provide(woken ? Subscriptions.layer : Layer.provide(Subscriptions.layer, Layer.fresh(AppendSignal.layer))),
      Effect.scoped
    )
  }
  return ids
})

/** Reads the log as one would without knowing better, until `end` holds a position: `position > last`. */
export const followNaively = Effect.fnUntraced(function* (end: Deferred.Deferred<number>) {
  const sql = yield* SqlClient.SqlClient
  const ids = new Set<string>()
  let last = 0
  while (true) {
    const finished = yield* Deferred.isDone(end)
    const page = yield* sql<{ readonly id: string; readonly position: number }>`
      select event_id as id, position::float8 as position from eventfold.events
      where position > ${last} order by position limit 500`
    for (const { id } of page) ids.add(id)
    last = page.at(-1)?.position ?? last
    if (finished && page.length === 0) return ids
  }
})
