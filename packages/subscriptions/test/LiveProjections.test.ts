import { assert, describe, it } from "@effect/vitest"
import { Paging, Projection, ReadModel, Rows, Specification } from "@eventfold/decider"
import { EventStore, EventStoreFailure, layerMemory } from "@eventfold/event-store"
import { Arbitrary, Context, Deferred, Effect, Fiber, Layer, References, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { LiveProjections, type LiveOptions, ManagedProjection } from "../src/index.ts"
import { append, broken, Noted, noted, Tallies, tallies } from "./Tallies.ts"

/** Counts the reads of the log, and does something before each. */
class Reads extends Context.Service<Reads, { count: number; before: Effect.Effect<void, EventStoreFailure> }>()(
  "test/Reads"
) {}

const observed = Layer.effect(
  EventStore,
  Effect.gen(function* () {
    const [store, reads] = [yield* EventStore, yield* Reads]
    return {
      ...store,
      readLog: (page) =>
        Effect.suspend(() => {
          reads.count += 1
          return Effect.andThen(reads.before, store.readLog(page))
        })
    }
  })
).pipe(
  Layer.provideMerge(
    Layer.merge(
      layerMemory,
      Layer.sync(Reads, () => ({ count: 0, before: Effect.void }))
    )
  )
)

const layer = (options: LiveOptions = {}) =>
  Layer.fresh(
    LiveProjections.layer([ManagedProjection.make(Tallies(), { mode: "live", catchUpBatchSize: 3 })], options).pipe(
      Layer.provideMerge(observed)
    )
  )

const quiet = Effect.provideService(References.MinimumLogLevel, "None")
const question = Result.getOrThrow(Paging.ask(Rows.of(tallies), { where: Specification.everything, limit: 100 }))
const all = Effect.flatMap(LiveProjections, (live) => live.find(tallies, "main", question))
const row = (id: string, seen: number, sum: number) => ({ id, seen, sum })
const status = Effect.map(
  Effect.flatMap(LiveProjections, ({ statuses }) => statuses),
  ([one]) => one
)

describe("a live projection", () => {
  it.effect.prop(
    "is the fold of the log, whenever it is asked",
    [
      Arbitrary.array(
        Arbitrary.all([Arbitrary.schema(Schema.Literals(["a", "b", "c"])), Arbitrary.schema(Schema.Boolean)]),
        { maxLength: 30 }
      )
    ],
    ([steps]) =>
      Effect.gen(function* () {
        const expected = new Map<string, { id: string; seen: number; sum: number }>()
        for (const [index, [id, ask]] of steps.entries()) {
          yield* append(id, [noted(index)])
          const { seen, sum } = expected.get(id) ?? row(id, 0, 0)
          expected.set(id, row(id, seen + 1, sum + index))
          if (ask) {
            const rows = Array.from(expected.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
            assert.deepStrictEqual<unknown>(yield* all, rows)
          }
        }
        const live = yield* LiveProjections
        assert.strictEqual(yield* live.count(tallies, "main", Specification.everything), expected.size)
        assert.strictEqual(yield* live.count(tallies, "other", Specification.everything), 0)
        assert.strictEqual(yield* live.catchUp("tallies"), steps.length)
      }).pipe(Effect.provide(layer())),
    { arbitrary: { runs: 20 } }
  )

  it.effect("answers keys and specifications", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      yield* append("b", [noted(2), noted(3)])
      const live = yield* LiveProjections
      const keys = ["b", "c"].map((id) => ({ tenant: "main", key: { id }, id: tallies.idOf("main", { id }) }))
      assert.deepStrictEqual(yield* live.get(tallies, keys), Projection.rowsOf(tallies, "main", [row("b", 2, 5)]))
      const many = Specification.gt(Rows.of(tallies).field("seen"), 1)
      assert.strictEqual(yield* live.count(tallies, "main", many), 1)
      const unknown = yield* Effect.flip(live.catchUp("nothing"))
      assert.strictEqual(unknown._tag, "ReadModelNotReady")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("catches up once for all who ask meanwhile, and with what was stored before they asked", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      const go = yield* Deferred.make<void>()
      yield* append("a", [noted(1)])
      reads.before = Deferred.await(go)
      const first = yield* Effect.forkChild(all, { startImmediately: true })
      yield* settled
      yield* append("b", [noted(1)])
      const others = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(all, { startImmediately: true }))
      yield* Deferred.succeed(go, undefined)
      assert.isAtLeast((yield* Fiber.join(first)).length, 1)
      for (const other of others) assert.strictEqual((yield* Fiber.join(other)).length, 2)
      assert.strictEqual(reads.count, 2)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("holds the partition of an event that fails, says so, and goes on with the others", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), broken, noted(2)])
      yield* append("b", [noted(3)])
      assert.deepStrictEqual<unknown>(yield* all, [row("a", 1, 1), row("b", 1, 3)])
      yield* append("a", [noted(4)])
      assert.deepStrictEqual<unknown>(yield* all, [row("a", 1, 1), row("b", 1, 3)])
      const held = [{ tenant: "main", partition: "note/a", position: 2, error: "ProjectionFailed" }]
      assert.deepInclude(yield* status, { state: "ready", position: 5, rows: 2, heldCount: 1, held })
    }).pipe(quiet, Effect.provide(layer()))
  )

  it.effect("holds back what leads to rows that cannot be kept, found among many", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), noted(Number.MAX_SAFE_INTEGER - 1)])
      yield* append("b", [noted(2)])
      yield* append("a", [noted(3)])
      const found = yield* Effect.flatMap(LiveProjections, (live) => live.find(sums, "main", sumsQuestion))
      assert.deepStrictEqual<unknown>(found, [{ all: "all", sum: Number.MAX_SAFE_INTEGER }])
      assert.deepInclude(yield* status, { position: 4, heldCount: 2 })
    }).pipe(
      quiet,
      Effect.provide(
        Layer.fresh(
          LiveProjections.layer([ManagedProjection.make(Sums, { mode: "live" })]).pipe(Layer.provideMerge(observed))
        )
      )
    )
  )

  it.effect("fails with its bound when there are too many rows, and tries again later", () =>
    Effect.gen(function* () {
      for (const id of ["a", "b", "c"]) yield* append(id, [noted(1)])
      const failure = yield* Effect.flip(all)
      assert.deepInclude(failure, { _tag: "LiveRowsExceeded", readModel: "tallies", bound: 2 })
      const { count } = yield* Reads
      assert.deepStrictEqual(yield* Effect.flip(all), failure)
      assert.strictEqual((yield* Reads).count, count)
      assert.deepInclude(yield* status, { state: "failed", problem: failure.message, rows: 0 })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* Effect.flip(all), failure)
      assert.isAbove((yield* Reads).count, count)
    }).pipe(Effect.provide(layer({ maxRows: 2 })))
  )

  it.effect("drops its rows when nobody asks, and folds them again", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const before = yield* all
      assert.deepInclude(yield* status, { state: "ready", rows: 1 })
      yield* TestClock.adjust("10 minutes")
      assert.deepInclude(yield* status, { state: "idle", rows: 0 })
      assert.deepStrictEqual(yield* all, before)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("fails those who wait when the log cannot be read, and goes on where it stood", () =>
    Effect.gen(function* () {
      const reads = yield* Reads
      yield* append("a", [noted(1)])
      yield* all
      reads.before = Effect.fail(
        new EventStoreFailure({ operation: "EventStore.readLog", retryable: true, cause: undefined })
      )
      assert.strictEqual((yield* Effect.flip(all))._tag, "EventStoreFailure")
      assert.deepInclude(yield* status, { state: "failed", rows: 1 })
      reads.before = Effect.void
      assert.deepStrictEqual<unknown>(yield* all, [row("a", 1, 1)])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not let a question wait for ever", () =>
    Effect.gen(function* () {
      ;(yield* Reads).before = Effect.uninterruptible(Effect.sleep("5 minutes"))
      const asked = yield* Effect.forkChild(Effect.flip(all), { startImmediately: true })
      yield* TestClock.adjust("30 seconds")
      assert.deepInclude(yield* Fiber.join(asked), { _tag: "ReadModelNotReady", readModel: "tallies" })
      yield* TestClock.adjust("10 minutes")
    }).pipe(Effect.provide(layer()))
  )
})

/** One row that all events are counted in. */
const sums = ReadModel.make({ name: "sums", key: ["all"], row: Schema.Struct({ all: Schema.String, sum: Schema.Int }) })
const Sums = Projection.counters({
  readModel: sums,
  events: Schema.Union([Noted]),
  counters: ["sum"],
  initial: ({ all: key }) => ({ all: key, sum: 0 }),
  count: ({ note }) => [Projection.increment({ all: "all" }, "sum", note)]
})
const sumsQuestion = Result.getOrThrow(Paging.ask(Rows.of(sums), { where: Specification.everything, limit: 10 }))

const settled = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })
