/** Snapshots are written in the background: nobody waits, nothing piles up, and a deletion wins. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Deferred, Effect, Logger, Metric, Option } from "effect"
import {
  EventStoreFailure,
  type Snapshot,
  SnapshotStore,
  type SnapshotStoreDriver,
  type SnapshotWriterOptions,
  StreamId
} from "../src/index.ts"
import { dropped, failed, written } from "../src/SnapshotStore.ts"

const stream = StreamId.make("acme", "account", "a-1")
const snapshot = (version: number): Snapshot => ({
  stream,
  fingerprint: "f",
  version,
  state: { version },
  takenAt: DateTime.makeUnsafe(0)
})

/** A store over a list, with what happens when a snapshot is saved. */
const storeOf = (
  saves: (snapshot: Snapshot, save: Effect.Effect<void>) => Effect.Effect<void, EventStoreFailure>,
  options?: SnapshotWriterOptions
) => {
  let stored: ReadonlyArray<Snapshot> = []
  const clear = Effect.sync(() => {
    const { length } = stored
    stored = []
    return length
  })
  const driver: SnapshotStoreDriver = {
    load: () => Effect.succeed(Option.fromNullishOr(stored.at(-1))),
    save: (snapshot) =>
      saves(
        snapshot,
        Effect.sync(() => {
          stored = [...stored, snapshot]
        })
      ),
    deleteStream: () => clear,
    deleteAll: () => clear,
    count: () => Effect.sync(() => stored.length)
  }
  return Effect.map(SnapshotStore.make(driver, options), (store) => ({
    store,
    soon: (version: number) => store.saveSoon(stream, Effect.succeed(snapshot(version))),
    versions: Effect.sync(() => stored.map(({ version }) => version))
  }))
}

const counts = Effect.map(
  Effect.forEach([written, dropped, failed], (metric) => Metric.value(metric)),
  (values) => values.map(({ count }) => count)
)

const quietly = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(Effect.provideService(Metric.MetricRegistry, new Map()), Effect.provide(Logger.layer([])))

describe("the writer of snapshots", () => {
  it.effect("stores what it is given, in order, and says when it has", () =>
    Effect.gen(function* () {
      const { soon, store, versions } = yield* storeOf((_, save) => save)
      for (const version of [1, 2, 3]) assert.isTrue(yield* soon(version))
      yield* store.settled
      assert.deepStrictEqual(yield* versions, [1, 2, 3])
      assert.deepStrictEqual(yield* counts, [3, 0, 0])
    }).pipe(quietly)
  )

  it.effect("turns down what does not fit into its queue, and counts it", () =>
    Effect.gen(function* () {
      const [begun, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const { soon, store, versions } = yield* storeOf(
        (_, save) => Effect.andThen(Deferred.succeed(begun, undefined), Effect.andThen(Deferred.await(goOn), save)),
        { capacity: 2 }
      )
      yield* soon(1)
      yield* Deferred.await(begun)
      assert.deepStrictEqual([yield* soon(2), yield* soon(3), yield* soon(4)], [true, true, false])
      yield* Deferred.succeed(goOn, undefined)
      yield* store.settled
      assert.deepStrictEqual(yield* versions, [1, 2, 3])
      assert.deepStrictEqual(yield* counts, [3, 1, 0])
    }).pipe(quietly)
  )

  it.effect("goes on after a failure, a defect and a snapshot that cannot be taken, and counts them", () =>
    Effect.gen(function* () {
      const failure = new EventStoreFailure({ operation: "save", retryable: true, cause: "full" })
      const { soon, store, versions } = yield* storeOf(({ version }, save) =>
        version === 1 ? Effect.fail(failure) : version === 2 ? Effect.die("a bug") : save
      )
      for (const version of [1, 2]) yield* soon(version)
      yield* store.saveSoon(stream, Effect.fail(failure))
      yield* soon(4)
      yield* store.settled
      assert.deepStrictEqual(yield* versions, [4])
      assert.deepStrictEqual(yield* counts, [1, 0, 3])
    }).pipe(quietly)
  )

  it.effect("stores nothing that was asked for before a deletion, not even what is under way", () =>
    Effect.gen(function* () {
      for (const deletion of ["deleteStream", "deleteAll"] as const) {
        const [begun, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const { soon, store, versions } = yield* storeOf((_, save) =>
          Effect.andThen(Deferred.succeed(begun, undefined), Effect.andThen(Deferred.await(goOn), save))
        )
        yield* soon(1)
        yield* soon(2)
        yield* Deferred.await(begun)
        yield* deletion === "deleteAll" ? store.deleteAll() : store.deleteStream(stream)
        yield* Deferred.succeed(goOn, undefined)
        yield* store.settled
        assert.deepStrictEqual(yield* versions, [])
        yield* soon(3)
        yield* store.settled
        assert.deepStrictEqual(yield* versions, [3])
      }
    }).pipe(quietly)
  )

  it.effect("refuses a state that is too large", () =>
    Effect.gen(function* () {
      const { store, versions } = yield* storeOf((_, save) => save)
      const error = yield* Effect.flip(store.save({ ...snapshot(1), state: "x".repeat(16 * 1024 * 1024) }))
      assert.instanceOf(error, EventStoreFailure)
      assert.isFalse(error.retryable)
      assert.deepStrictEqual(yield* versions, [])
    }).pipe(quietly)
  )
})
