import { assert, describe, it } from "@effect/vitest"
import { StreamId } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { DeadLetterDesk, InlineProjections, ManagedProjection, ReadModelStore, refold } from "../src/index.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, broken, Days, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const table = { readModel: tallies, generation: 1 }
const projection = ManagedProjection.make(Tallies())
const rows = Effect.map(rowsIn(table), (found) => found.map(({ row }) => [row.id, row.seen, row.sum]))
const stream = (id: string) => StreamId.make("main", "note", id)

/** Writes into a row what no event says. */
const spoil = Effect.fnUntraced(function* (id: string) {
  const key = { id }
  const change = { _tag: "Upsert" as const, tenant: "main", key, id: tallies.idOf("main", key) }
  yield* (yield* ReadModelStore).apply(table, [{ ...change, row: { id, seen: 99, sum: 99 } }])
})

describe("making rows of streams anew", () => {
  it.effect("folds what their consumer has dealt with, leaves other rows alone, and the consumer goes on", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), noted(2)])
      yield* append("b", [noted(5)])
      const { runner } = yield* node([projection])
      yield* pass(1)
      yield* runner.stop("tallies")
      yield* pass(2)
      yield* append("a", [noted(4)])
      yield* Effect.forEach(["a", "b", "gone"], spoil)
      assert.deepStrictEqual(yield* refold(projection, [stream("a"), stream("gone")]), [stream("gone")])
      assert.deepStrictEqual(yield* rows, [
        ["a", 2, 3],
        ["b", 99, 99],
        ["gone", 99, 99]
      ])
      yield* runner.start("tallies")
      yield* pass(2)
      assert.deepStrictEqual((yield* rows)[0], ["a", 3, 7])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps dead letters, and what was discarded, out", () =>
    Effect.gen(function* () {
      const consumer = "projection:tallies:1"
      yield* append("a", [noted(1)])
      const first = yield* append("a", [broken])
      yield* append("a", [noted(2), broken, noted(4)])
      yield* node([projection])
      yield* pass(1)
      yield* (yield* DeadLetterDesk).discard({ consumer, position: first, by: "sue", reason: "nonsense" })
      const before = yield* standing(consumer)
      yield* spoil("a")
      yield* refold(projection, [stream("a")])
      assert.deepStrictEqual(yield* rows, [["a", 2, 3]])
      const { letters, positions } = yield* standing(consumer)
      assert.deepStrictEqual([letters, positions], [before.letters, before.positions])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps an event out that fails now, and all behind it, however many there are", () =>
    Effect.gen(function* () {
      const mended = { mends: true }
      const fragile = ManagedProjection.make(Tallies(1, mended))
      const many = Array.from({ length: 1001 }, () => noted(1))
      yield* append("a", [noted(1), broken, ...many])
      yield* node([fragile])
      yield* pass(1)
      assert.deepStrictEqual(yield* rows, [["a", 1003, 1002]])
      mended.mends = false
      yield* refold(fragile, [stream("a")])
      assert.deepStrictEqual(yield* rows, [["a", 1, 1]])
      mended.mends = true
      const { replayed } = yield* (yield* DeadLetterDesk).replay({
        consumer: "projection:tallies:1",
        by: "sue",
        reason: "mended"
      })
      assert.strictEqual(replayed, 1002)
      assert.deepStrictEqual(yield* rows, [["a", 1003, 1002]])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("lets nothing pass an event that fails now, though nothing was held back before", () =>
    Effect.gen(function* () {
      const mended = { mends: true }
      const fragile = ManagedProjection.make(Tallies(1, mended))
      yield* append("a", [noted(1), broken, noted(2)])
      yield* node([fragile])
      yield* pass(1)
      mended.mends = false
      yield* refold(fragile, [stream("a")])
      yield* append("a", [noted(4)])
      yield* append("b", [noted(8)])
      yield* pass(2)
      assert.deepStrictEqual(yield* rows, [
        ["a", 1, 1],
        ["b", 1, 8]
      ])
      const { letters } = yield* standing("projection:tallies:1")
      assert.strictEqual(letters.length, 3)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("folds only what the projection is given", () =>
    Effect.gen(function* () {
      const startAfter = yield* append("a", [noted(1)])
      const later = ManagedProjection.make(Tallies(), { startAfter, filter: { tenant: "main" } })
      yield* append("a", [noted(2)])
      yield* append("a", [noted(8)], "other")
      yield* node([later])
      yield* pass(1)
      assert.deepStrictEqual(yield* rows, [["a", 1, 2]])
      yield* refold(later, [stream("a"), StreamId.make("other", "note", "a")])
      assert.deepStrictEqual(yield* rows, [["a", 1, 2]])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("is refused for rows that many streams share", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(refold(ManagedProjection.make(Days), [stream("a")]))
      assert.strictEqual(refused._tag, "RowsNotByStream")
    }).pipe(Effect.provide(layer))
  )
})

describe("making rows of streams anew that appends write", () => {
  const inline = ManagedProjection.make(Tallies(), { mode: "inline" })
  /** Appends write the rows from now on. */
  const start = Effect.gen(function* () {
    yield* Layer.build(Layer.fresh(InlineProjections.layer([inline])))
    yield* node([inline])
    yield* pass(2)
  })

  it.effect("folds all there is while nobody appends, and keeps dead letters out", () =>
    Effect.gen(function* () {
      yield* start
      yield* append("a", [noted(1), noted(2)])
      yield* append("b", [noted(5)])
      yield* append("c", [noted(3), broken, noted(4)])
      const before = yield* standing("projection:tallies:1")
      assert.strictEqual(before.letters.length, 2)
      yield* Effect.forEach(["a", "b", "c", "gone"], spoil)
      const { calls, store } = observed(yield* ReadModelStore)
      const left = refold(inline, ["a", "c", "gone"].map(stream)).pipe(Effect.provideService(ReadModelStore, store))
      assert.deepStrictEqual(yield* left, [stream("gone")])
      // One transaction each: the fence comes before anything is written.
      assert.deepStrictEqual(calls, [
        "fence tallies",
        "write",
        "write",
        "fence tallies",
        "write",
        "write",
        "fence tallies"
      ])
      assert.deepStrictEqual(yield* rows, [
        ["a", 2, 3],
        ["b", 99, 99],
        ["c", 1, 3],
        ["gone", 99, 99]
      ])
      assert.deepStrictEqual(yield* standing("projection:tallies:1"), before)
      yield* append("a", [noted(4)])
      yield* append("c", [noted(4)])
      assert.deepStrictEqual((yield* rows).slice(0, 3), [
        ["a", 3, 7],
        ["b", 99, 99],
        ["c", 1, 3]
      ])
      assert.strictEqual((yield* standing("projection:tallies:1")).letters.length, 3)
    }).pipe(Effect.scoped, quiet, Effect.provide(layer))
  )

  it.effect("folds all there is when readers are led to the rows just before, and leaves alone what is gone", () =>
    Effect.gen(function* () {
      yield* start
      yield* append("a", [noted(1), noted(2)])
      yield* spoil("a")
      const store = yield* ReadModelStore
      const [serving] = yield* store.generations("tallies")
      if (serving === undefined) return assert.fail("nothing is read")
      // What was being built when it was looked for is read, or dropped, when its turn comes.
      const listed = [
        { ...serving, state: "building" as const },
        { ...serving, generation: 7, state: "building" as const }
      ]
      let looks = 0
      const generations: typeof store.generations = (name) =>
        Effect.suspend(() => ((looks += 1) === 1 ? Effect.succeed(listed) : store.generations(name)))
      const left = yield* refold(inline, [stream("a")]).pipe(
        Effect.provideService(ReadModelStore, { ...store, generations })
      )
      assert.deepStrictEqual(left, [])
      assert.deepStrictEqual(yield* rows, [["a", 2, 3]])
    }).pipe(Effect.scoped, quiet, Effect.provide(layer))
  )
})

/** The same rows, and what is done with them. */
const observed = (store: ReadModelStore["Service"]) => {
  const calls: Array<string> = []
  const noting = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      calls.push(call)
      return effect
    })
  const watched: ReadModelStore["Service"] = {
    ...store,
    fenceAppends: (name) => noting(`fence ${name}`, store.fenceAppends(name)),
    apply: (...given) => noting("write", store.apply(...given))
  }
  return { calls, store: watched }
}
