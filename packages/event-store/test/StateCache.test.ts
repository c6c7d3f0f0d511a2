/** What the cache of states keeps, for whom, and what it lets go. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { StateCache, type StateCacheOptions, StreamId } from "../src/index.ts"
import { evictions, hits, misses } from "../src/StateCache.ts"
import { estimate } from "../src/StateSize.ts"

interface State {
  readonly text: string
}
const streamOf = (tenant: string, id: string) => StreamId.make(tenant, "account", id)
const fold = { initial: { text: "" } }
const otherFold = { initial: { text: "" } }
const streams = (count: number) => Array.from({ length: count }, (_, number) => streamOf("acme", `a-${number}`))

const known = (version: number, text = "") => ({ state: { text }, version, snapshot: { version: 0, millis: 0 } })
const slot = (id: string, owner: { readonly initial: State } = fold) =>
  Effect.flatMap(StateCache, (cache) => cache.slot(owner, streamOf("acme", id)))
const keep = (id: string, version: number, text?: string) =>
  Effect.flatMap(slot(id), (slot) => slot.keep(known(version, text)))
/** The version kept of a stream. */
const kept = (id: string, owner?: { readonly initial: State }) =>
  Effect.map(slot(id, owner), ({ known }) => known?.version)

/** Each test has a cache and counters of its own. */
const onFreshCache = (options?: StateCacheOptions) => (effect: Effect.Effect<void, unknown, StateCache>) =>
  effect.pipe(
    Effect.provide(Layer.fresh(StateCache.layer(options))),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

describe("the state cache", () => {
  it.effect("keeps the newest state of a stream, and an older one that comes late is not kept", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* kept("a"))
      yield* keep("a", 2, "two")
      yield* keep("a", 1, "one")
      assert.deepInclude((yield* slot("a")).known, known(2, "two"))
      yield* keep("a", 3)
      assert.strictEqual(yield* kept("a"), 3)
    }).pipe(onFreshCache())
  )

  it.effect("never shares a state between two folds, also of one category", () =>
    Effect.gen(function* () {
      yield* keep("a", 1)
      assert.isUndefined(yield* kept("a", otherFold))
      assert.strictEqual(yield* kept("a"), 1)
    }).pipe(onFreshCache())
  )

  it.effect("freezes what it keeps, so that nobody can change what others decide on", () =>
    Effect.gen(function* () {
      const state = { text: "", lines: [{ count: 1 }] }
      const cache = yield* StateCache
      const place = yield* cache.slot({ initial: state }, streamOf("acme", "a"))
      yield* place.keep({ state, version: 1, snapshot: { version: 0, millis: 0 } })
      assert.throws(() => Object.assign(state.lines[0] ?? {}, { count: 2 }), TypeError)
      assert.throws(() => state.lines.push({ count: 3 }), TypeError)
    }).pipe(onFreshCache())
  )

  it.effect("lets go of the longest unused when there are too many entries", () =>
    Effect.gen(function* () {
      for (const id of ["a", "b", "c"]) yield* keep(id, 1)
      yield* slot("a")
      yield* keep("d", 1)
      assert.deepStrictEqual(
        [yield* kept("b"), yield* kept("a"), yield* kept("c"), yield* kept("d")],
        [undefined, 1, 1, 1]
      )
      assert.strictEqual((yield* (yield* StateCache).size).entries, 3)
    }).pipe(onFreshCache({ maxEntries: 3 }))
  )

  it.effect(
    "lets go of the longest unused when they take too much memory, and does not keep what is too large alone",
    () =>
      Effect.gen(function* () {
        const cache = yield* StateCache
        for (const id of ["a", "b", "c", "d"]) yield* keep(id, 1, "x".repeat(10_000))
        assert.deepStrictEqual([yield* kept("a"), yield* kept("b"), yield* kept("d")], [undefined, 1, 1])
        yield* keep("huge", 1, "x".repeat(100_000))
        assert.isUndefined(yield* kept("huge"))
        assert.strictEqual(yield* kept("d"), 1)
        const { bytes, entries } = yield* cache.size
        assert.strictEqual(entries, 3)
        assert.isTrue(bytes > 60_000 && bytes <= 70_000, `${bytes} bytes`)
      }).pipe(onFreshCache({ maxBytes: 70_000 }))
  )

  it.effect("counts what a state grows by, and measures it again when that has doubled", () =>
    Effect.gen(function* () {
      const cache = yield* StateCache
      yield* keep("a", 1, "x".repeat(1000))
      const first = (yield* cache.size).bytes
      const grow = (version: number) =>
        Effect.flatMap(slot("a"), (slot) => slot.keep(known(version, "x".repeat(1000)), ["y".repeat(400)]))
      yield* grow(2)
      const second = (yield* cache.size).bytes
      assert.isTrue(second > first + 800 && second < first + 1000, `${first}, then ${second} bytes`)
      for (const version of [3, 4, 5]) yield* grow(version)
      // The state has not grown after all.
      assert.isTrue((yield* cache.size).bytes < 2 * first)
    }).pipe(onFreshCache())
  )

  it.effect("keeps nothing when it may not have entries", () =>
    Effect.gen(function* () {
      yield* keep("a", 1)
      assert.deepStrictEqual(yield* (yield* StateCache).size, { entries: 0, bytes: 0 })
    }).pipe(onFreshCache({ maxEntries: 0 }))
  )

  it("refuses bounds that are not whole numbers from 0", () => {
    for (const bound of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => StateCache.layer({ maxEntries: bound }), RangeError)
      assert.throws(() => StateCache.layer({ maxBytes: bound }), RangeError)
    }
  })

  it.effect("counts hits, misses and evictions", () =>
    Effect.gen(function* () {
      yield* keep("a", 1)
      yield* slot("a")
      yield* slot("a")
      yield* keep("b", 1)
      const counted = yield* Effect.forEach([hits, misses, evictions], (metric) => Metric.value(metric))
      assert.deepStrictEqual(
        counted.map(({ count }) => count),
        [2, 2, 1]
      )
    }).pipe(onFreshCache({ maxEntries: 1 }))
  )
})

describe("an invalidation", () => {
  it.effect("drops one stream for every fold, those that match, or all", () =>
    Effect.gen(function* () {
      const cache = yield* StateCache
      const fill = Effect.gen(function* () {
        for (const stream of streams(4)) {
          for (const owner of [fold, otherFold]) yield* (yield* cache.slot(owner, stream)).keep(known(1, stream.id))
        }
      })
      yield* fill
      yield* cache.invalidate(streamOf("acme", "a-0"))
      assert.deepStrictEqual(
        [yield* kept("a-0"), yield* kept("a-0", otherFold), yield* kept("a-1")],
        [undefined, undefined, 1]
      )
      const gone = yield* cache.invalidateWhere(({ state, stream }) => stream.id === "a-1" && state !== undefined)
      assert.strictEqual(gone, 2)
      assert.deepStrictEqual([yield* kept("a-1"), yield* kept("a-2")], [undefined, 1])
      yield* cache.invalidateAll
      assert.deepStrictEqual(yield* cache.size, { entries: 0, bytes: 0 })
    }).pipe(onFreshCache())
  )

  it.effect("wins over what was begun before it", () =>
    Effect.gen(function* () {
      const cache = yield* StateCache
      for (const invalidate of [
        cache.invalidate(streamOf("acme", "a")),
        cache.invalidateWhere(() => false),
        cache.invalidateAll
      ]) {
        const begun = yield* slot("a")
        yield* invalidate
        yield* begun.keep(known(1))
        assert.isFalse(begun.isCurrent())
        assert.isUndefined(yield* kept("a"))
      }
    }).pipe(onFreshCache())
  )
})

describe("the estimate of a size", () => {
  it("grows with what a value holds, and stops at the limit", () => {
    const line = { product: "p-1", count: 3 }
    const of = (value: unknown) => estimate(value, 1_000_000)
    assert.isTrue(of({ lines: [line] }) < of({ lines: [line, line] }))
    assert.isTrue(of("é".repeat(500)) >= 1000)
    assert.isTrue(of(new Map([["key", "x".repeat(100)]])) > of(new Map()) + 200)
    assert.isTrue(of(new Set(["x".repeat(100)])) > of(new Set()) + 200)
    assert.isTrue(of(10n ** 1000n) > of(1n) + 400)
    const cycle: Array<unknown> = []
    cycle.push(cycle, cycle)
    assert.isTrue(estimate(cycle, 10_000) < 11_000)
  })
})
