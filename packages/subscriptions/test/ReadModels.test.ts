/** Reads of read models: what they wait for, how they tell whether they were up to date, and how they go together. */
import { assert, describe, it } from "@effect/vitest"
import { Message, Specification } from "@eventfold/decider"
import { type ConsistencyToken, NotUpToDate, QueryBus, StreamId } from "@eventfold/event-store"
import { Effect, Fiber, Layer, Option, References, Schema } from "effect"
import { TestClock } from "effect/testing"
import {
  ConsistencyDemand,
  consumerOf,
  Consumers,
  DeadLetters,
  Freshness,
  LiveProjections,
  ManagedProjection,
  ReadModels,
  ReadModelStore
} from "../src/index.ts"
import { advance, layer, park, ports, project, Queries, serve, sumOf } from "./Projector.ts"
import { append, broken, noted, Tallies, tallies } from "./Tallies.ts"

const tokenOf = (position: number, ...ids: ReadonlyArray<string>): ConsistencyToken.ConsistencyToken => ({
  tenant: "main",
  position,
  streams: ids.map((id) => StreamId.make("main", "note", id))
})
/** Reads a sum under a demand, in a fiber of its own that has come as far as it can. */
const reading = Effect.fnUntraced(function* (id: string, token: ConsistencyToken.ConsistencyToken) {
  const fiber = yield* Effect.forkChild(Effect.result(ConsistencyDemand.demand(token)(sumOf(id))))
  yield* TestClock.adjust(0)
  return fiber
})
const answerOf = <A>(fiber: Fiber.Fiber<A>) =>
  fiber.pollUnsafe()?._tag === "Success" ? Fiber.join(fiber) : Effect.succeed("waits")

const seenBy = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Freshness.collect(effect), ([, [seen]]) => seen)

describe("a read with a token", () => {
  it.effect("waits until every slice has passed its position", () =>
    Effect.gen(function* () {
      const generation = yield* serve(2)
      yield* append("a", [noted(3)])
      const fiber = yield* reading("a", tokenOf(1, "a"))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* answerOf(fiber), "waits")
      yield* project(generation)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* answerOf(fiber), "waits")
      yield* advance(generation, 1, 1)
      yield* TestClock.adjust("25 millis")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Success", success: 3 })
      assert.strictEqual(yield* ConsistencyDemand.demand(tokenOf(1), 0)(sumOf("a")), 3)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is refused after five seconds, and says when to ask again", () =>
    Effect.gen(function* () {
      yield* serve(1)
      yield* append("a", [noted(3)])
      const fiber = yield* reading("a", tokenOf(1, "a"))
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(yield* answerOf(fiber), "waits")
      yield* TestClock.adjust("1 millis")
      const failure = new NotUpToDate({ readModel: "tallies", position: 1, retryAfter: 1 })
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Failure", failure })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is refused at once when an event of its streams is held back, at or below its position", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(1), noted(2), noted(3)])
      yield* park(generation, "a", 2)
      const refused = yield* Effect.flip(ConsistencyDemand.demand(tokenOf(3, "a"))(sumOf("a")))
      assert.deepStrictEqual(
        refused,
        new NotUpToDate({ readModel: "tallies", position: 3, retryAfter: 60, parked: "note/a" })
      )
      yield* advance(generation, 3)
      const demanded = (token: ConsistencyToken.ConsistencyToken) => ConsistencyDemand.demand(token)(sumOf("a"))
      assert.isUndefined(yield* demanded(tokenOf(1, "a")))
      assert.isUndefined(yield* demanded(tokenOf(3, "b")))
      assert.isUndefined(yield* demanded(tokenOf(3)))
      assert.isUndefined(yield* demanded({ ...tokenOf(3, "a"), tenant: "other" }))
    }).pipe(Effect.provide(layer))
  )

  it.effect("is refused when an event of its streams is held back while it waits", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(1)])
      const fiber = yield* reading("a", tokenOf(1, "a"))
      yield* park(generation, "a", 1)
      yield* advance(generation, 1)
      yield* TestClock.adjust("25 millis")
      assert.deepInclude(yield* Fiber.join(fiber), {
        failure: new NotUpToDate({ readModel: "tallies", position: 1, retryAfter: 60, parked: "note/a" })
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect("follows a switch to another generation while it waits", () =>
    Effect.gen(function* () {
      const old = yield* serve(1)
      yield* append("a", [noted(3)])
      const fiber = yield* reading("a", tokenOf(1, "a"))
      const fresh = yield* serve(1)
      yield* Effect.flatMap(Consumers, (consumers) => consumers.remove(consumerOf(old)))
      yield* project(fresh)
      yield* TestClock.adjust("1100 millis")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Success", success: 3 })
    }).pipe(Effect.provide(layer))
  )

  it.effect("waits for nothing when the rows are kept inline", () =>
    Effect.gen(function* () {
      yield* serve(0)
      yield* append("a", [noted(3)])
      assert.isUndefined(yield* ConsistencyDemand.demand(tokenOf(1, "a"))(sumOf("a")))
      assert.deepStrictEqual(yield* seenBy(sumOf("a")), { readModel: "tallies", upToDate: true, position: 1 })
    }).pipe(Effect.provide(layer))
  )

  it.effect("waits for rows that can be read only now, and are behind", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(3)])
      const demanded = ConsistencyDemand.demand(tokenOf(1, "a"))(sumOf("a"))
      assert.strictEqual((yield* Effect.flip(demanded))._tag, "ReadModelNotReady")
      const generation = yield* serve(1)
      const fiber = yield* reading("a", tokenOf(1, "a"))
      assert.strictEqual(yield* answerOf(fiber), "waits")
      yield* project(generation)
      yield* advance(generation, 1)
      yield* TestClock.adjust("25 millis")
      assert.deepInclude(yield* Fiber.join(fiber), { _tag: "Success", success: 3 })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told that there are no rows yet", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(ConsistencyDemand.demand(tokenOf(9))(sumOf("a")))
      assert.strictEqual(failure._tag, "ReadModelNotReady")
    }).pipe(Effect.provide(layer))
  )
})

describe("a read without a token", () => {
  it.effect("is answered at once, and tells whether it was up to date", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      assert.deepStrictEqual(yield* seenBy(sumOf("a")), { readModel: "tallies", upToDate: true, position: 0 })
      yield* append("a", [noted(3)])
      assert.deepStrictEqual(yield* seenBy(sumOf("a")), { readModel: "tallies", upToDate: false, position: 0 })
      yield* project(generation)
      assert.deepStrictEqual(yield* seenBy(sumOf("a")), { readModel: "tallies", upToDate: true, position: 1 })
      const both = Effect.all([sumOf("a"), append("a", [noted(4)]), sumOf("a")])
      assert.deepStrictEqual(yield* seenBy(both), { readModel: "tallies", upToDate: false, position: 1 })
    }).pipe(Effect.provide(layer))
  )
})

describe("a live read model", () => {
  const live = LiveProjections.layer([ManagedProjection.make(Tallies(), { mode: "live" })])
  const liveLayer = Layer.fresh(ReadModels.layer.pipe(Layer.provideMerge(live), Layer.provideMerge(ports)))

  it.effect("is up to date, and names what it holds back", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(3)])
      assert.deepStrictEqual(yield* seenBy(sumOf("a")), { readModel: "tallies", upToDate: true, position: 1 })
      assert.strictEqual(yield* ConsistencyDemand.demand(tokenOf(1, "a"))(sumOf("a")), 3)
      yield* append("a", [broken])
      yield* sumOf("a")
      const refused = yield* Effect.flip(ConsistencyDemand.demand(tokenOf(2, "a"))(sumOf("a")))
      assert.deepInclude(refused, { _tag: "NotUpToDate", parked: "note/a" })
    }).pipe(Effect.provide(liveLayer), Effect.provideService(References.MinimumLogLevel, "None"))
  )
})

describe("single rows", () => {
  it.effect("that are asked for at the same moment are one query for each 1,000 of them and each tenant", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(3)])
      yield* append("a", [noted(9)], "other")
      yield* project(generation)
      const [models, { gets }] = [yield* ReadModels, yield* Queries]
      const ids = Array.from({ length: 1100 }, (_, index) => (index === 0 ? "a" : `none-${index}`))
      const found = yield* Effect.forEach(ids, (id) => models.get(tallies, "main", { id }), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(found.filter(Option.isSome), [Option.some({ id: "a", seen: 1, sum: 3 })])
      assert.deepStrictEqual(gets.splice(0), [1000, 100])
      const tenants = yield* Effect.forEach(
        ["main", "other", "main"],
        (tenant) => models.get(tallies, tenant, { id: "a" }),
        { concurrency: 3 }
      )
      assert.deepStrictEqual(tenants.map(Option.map(({ sum }) => sum)), [
        Option.some(3),
        Option.some(9),
        Option.some(3)
      ])
      assert.deepStrictEqual(gets.splice(0), [1, 1])
    }).pipe(Effect.provide(layer))
  )
})

describe("pages and counts", () => {
  it.effect("are those of the rows, and bad questions are refused", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      for (const id of ["a", "b", "c"]) yield* append(id, [noted(1)])
      yield* project(generation)
      const models = yield* ReadModels
      const where = Specification.everything
      const page = yield* models.find(tallies, "main", { where, limit: 2 })
      assert.deepStrictEqual(
        page.rows.map(({ id }) => id),
        ["a", "b"]
      )
      const rest = yield* models.find(tallies, "main", { where, limit: 2, after: page.next })
      assert.deepStrictEqual([rest.rows.map(({ id }) => id), rest.next], [["c"], undefined])
      assert.strictEqual(yield* models.count(tallies, "main", where), 3)
      const refused = yield* Effect.flip(models.find(tallies, "main", { where, limit: 0 }))
      assert.deepInclude(refused, { _tag: "LimitRefused", field: "limit" })
    }).pipe(Effect.provide(layer))
  )
})

describe("the handler of a query", () => {
  const sum = Message.query({
    context: "notes",
    payload: Schema.TaggedStruct("FindSum", { id: Schema.String }),
    answer: Schema.UndefinedOr(Schema.Int)
  })

  it("may need the reads, and nothing it could write with", () => {
    assert.strictEqual(QueryBus.handler(sum, ({ id }) => sumOf(id)).name, "notes.FindSum")
    // @ts-expect-error: rows could be written with it
    QueryBus.handler(sum, () => Effect.as(ReadModelStore, 1))
    // @ts-expect-error: checkpoints could be moved with it
    QueryBus.handler(sum, () => Effect.as(Consumers, 1))
    // @ts-expect-error: letters could be discarded with it
    QueryBus.handler(sum, () => Effect.as(DeadLetters, 1))
  })
})
