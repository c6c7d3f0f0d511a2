import { assert, describe, it } from "@effect/vitest"
import { Paging, Rows, Specification } from "@eventfold/decider"
import { Effect, Result } from "effect"
import { ManagedProjection, ReadModelStore } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { pass, ports, quiet } from "./Running.ts"
import { append, noted, Tallies, tallies, WideTallies, wideTallies } from "./Tallies.ts"

const everything = { where: Specification.everything, limit: 100 }
const [narrow, wide] = [
  Result.getOrThrow(Paging.ask(Rows.of(tallies), everything)),
  Result.getOrThrow(Paging.ask(Rows.of(wideTallies), everything))
]
const read = Effect.flatMap(ReadModelStore, (store) => store.find(tallies, "main", narrow))
const readWide = Effect.flatMap(ReadModelStore, (store) => store.find(wideTallies, "main", wide))
const [v1, v2] = [ManagedProjection.make(Tallies(1)), ManagedProjection.make(Tallies(2))]
const row = (seen: number, sum: number) => [{ id: "a", seen, sum }]
const states = Effect.map(
  Effect.flatMap(ReadModelStore, (store) => store.generations("tallies")),
  (all) => all.map(({ generation, state }) => [generation, state])
)

describe("two versions of a program at once", () => {
  it.effect("share rows of the same shape: the newer one's take the place of the older one's, for good", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const older = yield* start([v1], { grace: "2 seconds" })
      yield* pass(1)
      assert.deepStrictEqual<unknown>(yield* read, row(1, 1))
      const newer = yield* start([v2], { grace: "2 seconds" })
      yield* pass(2)
      assert.deepStrictEqual<unknown>(yield* read, row(1, 2))
      yield* append("a", [noted(1)])
      yield* pass(20)
      assert.deepStrictEqual<unknown>(yield* read, row(2, 4))
      assert.deepStrictEqual(yield* states, [[2, "serving"]])
      // An older one that starts again does not take the rows back as long as the newer one feeds them.
      yield* older.stop
      const again = yield* start([v1])
      yield* pass(10)
      assert.deepStrictEqual(yield* states, [[2, "serving"]])
      assert.strictEqual((yield* again.rebuild.statuses)[0]?.standing, "superseded")
      // The newer version is taken back: the older one builds its rows again.
      yield* newer.stop
      yield* pass(20)
      assert.deepStrictEqual<unknown>(yield* read, row(2, 2))
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )

  it.effect("have rows of two shapes side by side, each fed by its own program", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const older = yield* start([v1])
      yield* pass(1)
      assert.strictEqual((yield* Effect.flip(readWide))._tag, "ReadModelNotReady")
      const newer = yield* start([ManagedProjection.make(WideTallies)], { abandonedAfter: "1 minute" })
      yield* pass(2)
      yield* append("a", [noted(2)])
      yield* pass(1)
      assert.deepStrictEqual<unknown>(yield* read, row(2, 3))
      assert.deepStrictEqual<unknown>(yield* readWide, [{ id: "a", seen: 2, sum: 3, mean: 1.5 }])
      yield* pass(65)
      assert.deepStrictEqual(yield* states, [
        [1, "serving"],
        [2, "serving"]
      ])
      // Rows that nobody feeds any more go, once the newer ones have been read for long.
      yield* older.stop
      yield* pass(70)
      assert.deepStrictEqual(yield* states, [[2, "serving"]])
      yield* newer.stop
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )

  it.effect("wait for a command where the projection says so, and read the old rows until then", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const older = yield* start([v1])
      yield* pass(1)
      yield* older.stop
      const waits = ManagedProjection.make(Tallies(2), { onChange: "wait" })
      const newer = yield* start([waits])
      yield* pass(5)
      assert.deepStrictEqual<unknown>(yield* read, row(1, 1))
      assert.strictEqual((yield* newer.rebuild.statuses)[0]?.standing, "waiting")
      yield* newer.rebuild.rebuild("tallies")
      yield* pass(6)
      assert.deepStrictEqual<unknown>(yield* read, row(1, 2))
      assert.strictEqual((yield* newer.rebuild.statuses)[0]?.standing, "current")
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )
})
