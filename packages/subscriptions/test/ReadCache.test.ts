/** The cache of rows: what it answers, on one node and on several, when news come, come late, or are lost. */
import { assert, describe, it } from "@effect/vitest"
import { StreamId } from "@eventfold/event-store"
import { Effect, Fiber, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import {
  ConsistencyDemand,
  consumerOf,
  ConsumerProgress,
  Consumers,
  DeadLetters,
  type Generation,
  ManagedProjection,
  ReadCache,
  ReadCacheFailure,
  ReadCacheMemory,
  ReadCacheStore,
  ReadModels,
  ReadModelStore,
  refold
} from "../src/index.ts"
import { park, ports, project, Queries, serve, sumOf } from "./Projector.ts"
import { append, noted, Tallies, tallies } from "./Tallies.ts"

/** One node: a cache and reads of its own, over the ports that all nodes share. */
const node = <E, R>(cache: Layer.Layer<ReadCacheStore, E, R>) =>
  Layer.fresh(
    ReadModels.layer.pipe(
      Layer.provideMerge(ReadCache.layer()),
      Layer.provideMerge(Layer.merge(cache, ConsumerProgress.layer))
    )
  )
const inMemory = node(ReadCacheMemory.layer())

/** How many queries for single rows an effect makes, and what it answers. */
const counting = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { gets } = yield* Queries
    gets.length = 0
    const answer = yield* effect
    return [answer, gets.length] as const
  })

/** The sum of the stream "a"; how many queries it took. */
const read = counting(sumOf("a"))
const wait = (millis: number) => TestClock.adjust(millis)
/** Projects, and tells this node what has changed. */
const projectHere = Effect.fnUntraced(function* (generation: Generation, from: number, to: number) {
  yield* project(generation)
  const changed = [tallies.idOf("main", { id: "a" })]
  const change = { consumer: consumerOf(generation), slice: 0, title: "tallies", from, position: to, changed }
  yield* Effect.flatMap(ConsumerProgress, (progress) => progress.tell(change))
  yield* wait(0)
})

/** A read model with a row, and a cache that is in use. */
const warm = Effect.gen(function* () {
  const generation = yield* serve(1)
  yield* append("a", [noted(1)])
  yield* project(generation)
  yield* read
  yield* wait(500)
  return generation
})
const onOneNode = Effect.provide(inMemory.pipe(Layer.provideMerge(Layer.fresh(ports))))

describe("the cache of rows on one node", () => {
  it.effect("answers a row, and the knowledge that there is none, without a query", () =>
    Effect.gen(function* () {
      yield* warm
      assert.deepStrictEqual(yield* read, [1, 1])
      assert.deepStrictEqual(yield* read, [1, 0])
      assert.deepStrictEqual(yield* counting(sumOf("none")), [undefined, 1])
      assert.deepStrictEqual(yield* counting(sumOf("none")), [undefined, 0])
      const { hits, misses } = yield* Effect.flatMap(ReadCache, ({ statistics }) => statistics)
      assert.deepStrictEqual({ hits, misses }, { hits: 2, misses: 3 })
    }).pipe(onOneNode)
  )

  it.effect("answers no changed row as soon as this node has heard of the change", () =>
    Effect.gen(function* () {
      const generation = yield* warm
      yield* read
      yield* append("a", [noted(5)])
      yield* projectHere(generation, 1, 2)
      assert.deepStrictEqual(yield* read, [6, 1])
      assert.deepStrictEqual(yield* read, [6, 0])
      const { clears, invalidations } = yield* Effect.flatMap(ReadCache, ({ statistics }) => statistics)
      assert.deepStrictEqual({ clears, invalidations }, { clears: 1, invalidations: 1 })
    }).pipe(onOneNode)
  )

  it.effect("answers no changed row for longer than a second when it has heard of nothing", () =>
    Effect.gen(function* () {
      const generation = yield* warm
      yield* read
      yield* append("a", [noted(5)])
      yield* project(generation)
      assert.deepStrictEqual(yield* read, [1, 0])
      yield* wait(1000)
      assert.deepStrictEqual(yield* read, [6, 1])
      assert.deepStrictEqual(yield* read, [6, 0])
    }).pipe(onOneNode)
  )

  it.effect("answers a reader with a token from rows that are new enough", () =>
    Effect.gen(function* () {
      const generation = yield* warm
      yield* read
      yield* append("a", [noted(5)])
      yield* project(generation)
      const demanded = counting(ConsistencyDemand.demand({ tenant: "main", position: 2, streams: [] })(sumOf("a")))
      assert.deepStrictEqual(yield* demanded, [6, 1])
    }).pipe(onOneNode)
  )

  it.effect("lets go of a row after its time to live", () =>
    Effect.gen(function* () {
      yield* warm
      yield* read
      for (let second = 0; second < 59; second += 1) yield* wait(1000)
      assert.deepStrictEqual(yield* read, [1, 0])
      yield* wait(1000)
      assert.deepStrictEqual(yield* read, [1, 1])
    }).pipe(onOneNode)
  )

  it.effect("does not cache while an event is held back, and forgets what was replayed", () =>
    Effect.gen(function* () {
      const generation = yield* warm
      yield* read
      yield* park(generation, "a", 1)
      yield* wait(500)
      assert.deepStrictEqual(yield* read, [1, 1])
      assert.deepStrictEqual(yield* read, [1, 1])
      yield* Effect.flatMap(DeadLetters, (letters) => letters.resolve(consumerOf(generation), [1]))
      yield* wait(500)
      assert.deepStrictEqual(yield* read, [1, 1])
      assert.deepStrictEqual(yield* read, [1, 0])
    }).pipe(onOneNode)
  )

  it.effect("is not used for rows that appends write", () =>
    Effect.gen(function* () {
      yield* serve(0)
      yield* read
      yield* wait(500)
      yield* read
      assert.deepStrictEqual(yield* read, [undefined, 1])
    }).pipe(onOneNode)
  )
})

describe("the cache of rows on two nodes", () => {
  const nodes = Effect.gen(function* () {
    const cache = yield* ReadCacheStore
    const shared = node(Layer.succeed(ReadCacheStore, { ...cache, shared: true }))
    return [yield* Layer.build(shared), yield* Layer.build(shared)] as const
  }).pipe(Effect.provide(Layer.fresh(ReadCacheMemory.layer())))

  it.effect("is invalidated for both by the one that projects, when they share it", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(1)])
      yield* project(generation)
      const [one, two] = yield* nodes
      for (const each of [one, two]) yield* Effect.provideContext(read, each)
      yield* wait(500)
      assert.deepStrictEqual(yield* Effect.provideContext(read, one), [1, 1])
      assert.deepStrictEqual(yield* Effect.provideContext(read, two), [1, 0])
      yield* append("a", [noted(5)])
      yield* Effect.provideContext(projectHere(generation, 1, 2), one)
      assert.deepStrictEqual(yield* Effect.provideContext(read, two), [6, 1])
      assert.deepStrictEqual(yield* Effect.provideContext(read, one), [6, 0])
      yield* wait(2000)
      assert.deepStrictEqual(yield* Effect.provideContext(read, two), [6, 0])
    }).pipe(Effect.provide(Layer.fresh(ports)))
  )

  it.effect("catches up within a second on the one that does not project, when each has its own", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(1)])
      yield* project(generation)
      const [one, two] = [yield* Layer.build(inMemory), yield* Layer.build(inMemory)]
      for (const each of [one, two]) yield* Effect.provideContext(read, each)
      yield* wait(500)
      for (const each of [one, two]) yield* Effect.provideContext(read, each)
      yield* append("a", [noted(5)])
      yield* Effect.provideContext(projectHere(generation, 1, 2), one)
      assert.deepStrictEqual(yield* Effect.provideContext(read, one), [6, 1])
      assert.deepStrictEqual(yield* Effect.provideContext(read, two), [1, 0])
      yield* wait(1000)
      assert.deepStrictEqual(yield* Effect.provideContext(read, two), [6, 1])
    }).pipe(Effect.provide(Layer.fresh(ports)))
  )
})

describe("the cache of rows when a row is made anew in its place", () => {
  it.effect("catches up within a second on a node that hears nothing of it, whether or not anybody works for it", () =>
    Effect.gen(function* () {
      const generation = yield* warm
      yield* (yield* Consumers).setStopped(consumerOf(generation), true)
      const table = { readModel: tallies, generation: generation.generation }
      const key = { id: "a" }
      const change = { _tag: "Upsert" as const, tenant: "main", key, id: tallies.idOf("main", key) }
      yield* (yield* ReadModelStore).apply(table, [{ ...change, row: { id: "a", seen: 1, sum: 99 } }])
      assert.deepStrictEqual(yield* read, [99, 1])
      assert.deepStrictEqual(yield* read, [99, 0])
      const elsewhere = refold(ManagedProjection.make(Tallies()), [StreamId.make("main", "note", "a")])
      assert.deepStrictEqual(yield* Effect.provide(elsewhere, Layer.fresh(ConsumerProgress.layer)), [])
      yield* wait(1000)
      assert.deepStrictEqual(yield* read, [1, 1])
      assert.deepStrictEqual(yield* read, [1, 0])
    }).pipe(onOneNode)
  )
})

describe("a cache that does not answer", () => {
  const failing = (answer: Effect.Effect<never, ReadCacheFailure>) =>
    node(
      Layer.effect(
        ReadCacheStore,
        Effect.map(ReadCacheStore, (store) => ({ ...store, get: () => answer }))
      ).pipe(Layer.provide(ReadCacheMemory.layer()))
    ).pipe(Layer.provideMerge(Layer.fresh(ports)))
  const quiet = Effect.provideService(References.MinimumLogLevel, "None")

  it.effect("is done without, and says so", () =>
    Effect.gen(function* () {
      yield* warm
      assert.deepStrictEqual(yield* read, [1, 1])
      const { failures, problem } = yield* Effect.flatMap(ReadCache, ({ statistics }) => statistics)
      assert.deepStrictEqual([failures, problem], [1, "the cache of rows does not answer: get"])
      assert.deepStrictEqual(yield* read, [1, 1])
      assert.strictEqual((yield* Effect.flatMap(ReadCache, ({ statistics }) => statistics)).failures, 1)
    }).pipe(Effect.provide(failing(Effect.fail(new ReadCacheFailure({ operation: "get", cause: "down" })))), quiet)
  )

  it.effect("keeps a read waiting for 50 ms at the most, and the next ones not at all", () =>
    Effect.gen(function* () {
      yield* warm
      const fiber = yield* Effect.forkChild(read)
      yield* wait(49)
      assert.isUndefined(fiber.pollUnsafe())
      yield* wait(1)
      assert.deepStrictEqual(yield* Fiber.join(fiber), [1, 1])
      assert.deepStrictEqual(yield* read, [1, 1])
    }).pipe(Effect.provide(failing(Effect.never)), quiet)
  )
})
