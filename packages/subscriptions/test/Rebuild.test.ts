import { assert, describe, it } from "@effect/vitest"
import { Paging, Rows, Specification } from "@eventfold/decider"
import { effort } from "@eventfold/testing/Effort"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { Consumers, ManagedProjection, ReadModelStore, rebuildText } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { pass, ports, quiet, standing } from "./Running.ts"
import { append, broken, Days, days, noted, rowsIn, sold, Tallies, tallies } from "./Tallies.ts"

const question = Result.getOrThrow(Paging.ask(Rows.of(days), { where: Specification.everything, limit: 100 }))
const read = Effect.flatMap(ReadModelStore, (store) => store.find(days, "main", question))
const dayOptions = { slices: 2, catchUpBatchSize: 5, batchSize: 2 }
const projection = () => ManagedProjection.make(Days, dayOptions)
const Day = Schema.Literals(["2024-04-30", "2024-05-01", "2024-05-02"])
const Sale = Arbitrary.all([Arbitrary.schema(Day), Arbitrary.schema(Schema.Literals(["a", "b", "c"]))])
const served = Effect.map(
  Effect.flatMap(ReadModelStore, (store) => store.generations("days")),
  (all) => all.find(({ state }) => state === "serving")?.generation
)

describe("a rebuild from a date", () => {
  it.effect.prop(
    "makes the rows of a full rebuild, whatever happens meanwhile",
    [Arbitrary.array(Sale, { maxLength: 20 }), Arbitrary.array(Sale, { maxLength: 20 }), Arbitrary.schema(Day)],
    ([before, during, from]) =>
      Effect.gen(function* () {
        for (const [day, id] of before) yield* append(id, [sold(day, 1)])
        const node = yield* start([projection()], { grace: "1 second" })
        yield* pass(1)
        yield* node.rebuild.rebuild("days", { from })
        for (const [day, id] of during) yield* append(id, [sold(day, 10)])
        yield* pass(3)
        const dated = yield* read
        assert.strictEqual(yield* served, 2)
        // What comes afterwards is counted in earlier rows too.
        yield* append("a", [sold("2024-04-30", 100)])
        yield* pass(1)
        const all = yield* read
        assert.strictEqual(sumOf(all), sumOf(dated) + 100)
        yield* node.rebuild.rebuild("days")
        yield* pass(3)
        assert.strictEqual(yield* served, 3)
        assert.deepStrictEqual(yield* read, all)
        assert.strictEqual(sumOf(all), before.length + during.length * 10 + 100)
      }).pipe(Effect.scoped, Effect.provide(ports)),
    { arbitrary: { runs: 8 * effort } }
  )

  it.effect("folds no earlier row anew", () =>
    Effect.gen(function* () {
      yield* append("a", [sold("2024-04-30", 1), sold("2024-05-01", 2)])
      const node = yield* start([projection()])
      yield* pass(1)
      yield* node.stop
      const { generations, rebuild } = yield* start([projection()], { runs: false })
      const next = yield* rebuild.rebuild("days", { from: "2024-05-01" })
      assert.isDefined(next)
      const copied = { readModel: days, generation: 2 }
      assert.deepStrictEqual(yield* rowsIn(copied), [])
      // The rows to copy are changed, so that copying shows.
      const store = yield* ReadModelStore
      const key = { tenant: "main", key: { day: "2024-04-30" }, id: days.idOf("main", { day: "2024-04-30" }) }
      const marked = { day: "2024-04-30", sum: 77, sales: 7 }
      yield* store.apply({ readModel: days, generation: 1 }, [{ ...key, _tag: "Upsert", row: marked }])
      assert.isTrue(yield* generations.caughtUp(projection(), next))
      assert.deepStrictEqual<unknown>(yield* read, [marked, { day: "2024-05-01", sum: 2, sales: 1 }])
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("is refused where it cannot be exact, and the rule says why", () =>
    Effect.gen(function* () {
      yield* append("a", [sold("2024-05-01", 1)])
      yield* append("b", [broken])
      const [dated, plain] = [projection(), ManagedProjection.make(Tallies())]
      const none = yield* start([dated], { runs: false })
      const ruleOf = (of: typeof none, name: string, from: string) =>
        Effect.map(Effect.flip(of.rebuild.rebuild(name, { from })), (error) =>
          error._tag === "RebuildRefused" ? error.rule : error.message
        )
      assert.include(yield* ruleOf(none, "days", "2024-05-01"), "there are no rows of this shape")
      const node = yield* start([dated, plain])
      yield* pass(2)
      assert.include(yield* ruleOf(node, "tallies", "2024-05-01"), "not both counted and dated")
      assert.include(yield* ruleOf(node, "days", "2024-02-30"), "must be a day")
      assert.include(yield* ruleOf(node, "weeks", "2024-05-01"), "there are: days, tallies")
      const stream = { tenant: "main", category: "note", id: "x" }
      const letter = { stream, version: 1, eventId: "e", eventType: "Sold", failure: undefined }
      const place = { consumer: "projection:days:1", tenant: "main", partition: "note/x", position: 1 }
      yield* node.letters.park([{ ...letter, ...place }])
      assert.include(yield* ruleOf(node, "days", "2024-05-01"), "dead letters")
      yield* node.rebuild.rebuild("days")
      assert.include(yield* ruleOf(node, "days", "2024-05-01"), "is being built already, from the beginning")
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )
})

describe("rebuilds on command", () => {
  it.effect("tell how far they are, and can be given up", () =>
    Effect.gen(function* () {
      for (let sale = 0; sale < 10; sale += 1) yield* append("a", [sold("2024-05-01", 1)])
      const node = yield* start([projection()], { grace: "1 second" })
      yield* pass(1)
      yield* node.stop
      const { rebuild } = yield* start([projection()], { runs: false })
      const next = yield* rebuild.rebuild("days")
      assert.deepStrictEqual(yield* rebuild.rebuild("days"), next)
      const [status] = yield* rebuild.statuses
      assert.deepInclude(status, { projection: "days", standing: "rebuilding" })
      assert.deepStrictEqual([status?.serving?.generation, status?.building?.generation.generation], [1, 2])
      const progress = { done: 0, total: 10, perSecond: 0, secondsLeft: undefined }
      assert.deepStrictEqual(status?.building?.progress, progress)
      assert.strictEqual(rebuildText("days", progress), "rebuilding days: 0 %, 0 of 10 positions, 0 per second")
      yield* rebuild.cancel("days")
      yield* rebuild.cancel("days")
      const [after] = yield* rebuild.statuses
      assert.deepInclude(after, { standing: "current", building: undefined })
      assert.deepStrictEqual((yield* standing("projection:days:2")).states, [])
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("cannot be given up where no other rows are right", () =>
    Effect.gen(function* () {
      const { rebuild } = yield* start([projection()], { runs: false })
      yield* rebuild.rebuild("days")
      const refused = yield* Effect.flip(rebuild.cancel("days"))
      assert.strictEqual(refused._tag, "RebuildRefused")
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("build all anew, live ones included, and refuse what they cannot do with these", () =>
    Effect.gen(function* () {
      const live = ManagedProjection.make(Tallies(), { mode: "live" })
      const node = yield* start([live, projection()])
      yield* pass(1)
      const begun = yield* node.rebuild.rebuildAll
      assert.deepStrictEqual(
        begun.map(({ generation, projection }) => [projection, generation]),
        [["days", 2]]
      )
      assert.isUndefined(yield* node.rebuild.rebuild("tallies"))
      assert.strictEqual(
        (yield* Effect.flip(node.rebuild.rebuild("tallies", { from: "2024-05-01" })))._tag,
        "RebuildRefused"
      )
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("go on on any node, on two at once", () =>
    Effect.gen(function* () {
      for (let note = 0; note < 30; note += 1) yield* append(`s${note % 7}`, [noted(note)])
      const tallied = () => ManagedProjection.make(Tallies(), { slices: 4, catchUpBatchSize: 3 })
      const [one, two] = [yield* start([tallied()]), yield* start([tallied()])]
      yield* pass(2)
      yield* one.rebuild.rebuild("tallies")
      yield* append("s0", [noted(1)])
      yield* pass(4)
      const owners = new Set((yield* (yield* Consumers).states(["projection:tallies:2"])).map(({ owner }) => owner))
      assert.isAtLeast(owners.size, 1)
      assert.strictEqual((yield* two.rebuild.statuses)[0]?.serving?.generation, 2)
      const [old, next] = [1, 2].map((generation) => rowsIn({ readModel: tallies, generation }))
      assert.isDefined(old)
      assert.isDefined(next)
      assert.deepStrictEqual(yield* next, yield* old)
    }).pipe(Effect.scoped, Effect.provide(ports))
  )
})

const sumOf = (rows: ReadonlyArray<{ readonly sum: number }>) => rows.reduce((sum, one) => sum + one.sum, 0)
