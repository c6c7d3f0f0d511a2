import { assert, describe, it } from "@effect/vitest"
import { Paging, Rows, Specification } from "@eventfold/decider"
import { Effect, Result } from "effect"
import { type Generation, ManagedProjection, ReadModelStore } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { pass, ports, quiet, standing } from "./Running.ts"
import { append, broken, noted, Tallies, tallies } from "./Tallies.ts"

const question = Result.getOrThrow(Paging.ask(Rows.of(tallies), { where: Specification.everything, limit: 100 }))
const read = Effect.flatMap(ReadModelStore, (store) => store.find(tallies, "main", question))
const row = (id: string, seen: number, sum: number) => ({ id, seen, sum })

/** A node that works for nothing, so that tests decide who is where. */
const still = (projection: ManagedProjection.ManagedProjection) => start([projection], { runs: false })

/** Rows of `first` that are read, at the end of the log. */
const served = Effect.fnUntraced(function* (first: ManagedProjection.ManagedProjection) {
  const node = yield* start([first])
  yield* pass(1)
  yield* node.stop
})

const begun = (generation: Generation | undefined): Generation => {
  assert.isDefined(generation)
  return generation
}

describe("the switch", () => {
  it.effect("folds what the new rows are behind, and leads readers to them at once", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), noted(2)])
      yield* served(ManagedProjection.make(Tallies()))
      const { generations, rebuild } = yield* still(ManagedProjection.make(Tallies()))
      const next = begun(yield* rebuild.rebuild("tallies"))
      const last = yield* append("b", [noted(5)])
      // The old rows are at position 2: the new ones need not be further.
      assert.isTrue(yield* generations.caughtUp(ManagedProjection.make(Tallies()), next))
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 2, 3)])
      assert.deepStrictEqual((yield* standing("projection:tallies:2")).positions, [last - 1])
      assert.isFalse(yield* generations.caughtUp(ManagedProjection.make(Tallies()), next))
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("waits while more is left than one transaction is to fold", () =>
    Effect.gen(function* () {
      for (let many = 0; many < 3; many += 1)
        yield* append(
          "a",
          Array.from({ length: 1000 }, () => noted(1))
        )
      const projection = ManagedProjection.make(Tallies())
      yield* served(projection)
      const { generations, rebuild } = yield* still(projection)
      const next = begun(yield* rebuild.rebuild("tallies"))
      assert.isFalse(yield* generations.caughtUp(projection, next))
      assert.strictEqual((yield* generations.status(projection)).lastTry, "behind")
      assert.strictEqual((yield* generations.status(projection)).serving?.generation, 1)
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("folds slices that differ in number to where the furthest one is", () =>
    Effect.gen(function* () {
      for (const id of ["a", "b", "c", "d"]) yield* append(id, [noted(1), noted(2)])
      yield* served(ManagedProjection.make(Tallies(), { slices: 3 }))
      const other = ManagedProjection.make(Tallies(), { slices: 2, onChange: "wait" })
      const { generations, rebuild } = yield* still(other)
      assert.strictEqual((yield* generations.status(other)).standing, "waiting")
      const next = begun(yield* rebuild.rebuild("tallies"))
      assert.isTrue(yield* generations.caughtUp(other, next))
      assert.deepStrictEqual<unknown>(
        yield* read,
        ["a", "b", "c", "d"].map((id) => row(id, 2, 3))
      )
      assert.deepStrictEqual((yield* standing("projection:tallies:2")).positions, [8, 8])
    }).pipe(Effect.scoped, Effect.provide(ports))
  )

  it.effect("waits while the new rows miss an event that the old ones have", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), broken, noted(2)])
      yield* served(ManagedProjection.make(Tallies(1, { mends: true })))
      const worse = ManagedProjection.make(Tallies(2))
      const node = yield* start([worse])
      yield* pass(3)
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 3, 3)])
      const [status] = yield* node.rebuild.statuses
      assert.strictEqual(status?.standing, "rebuilding")
      assert.strictEqual(status?.building?.waitsFor, "letters")
      assert.strictEqual((yield* standing("projection:tallies:2")).letters.length, 2)
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )

  it.effect("is made where both miss the same; the old letters go with the old rows", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), broken, noted(2)])
      yield* append("b", [noted(3)])
      const projection = ManagedProjection.make(Tallies())
      const node = yield* start([projection], { grace: "2 seconds" })
      yield* pass(2)
      yield* node.rebuild.rebuild("tallies")
      yield* pass(3)
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 1, 1), row("b", 1, 3)])
      assert.strictEqual((yield* standing("projection:tallies:2")).letters.length, 2)
      assert.strictEqual((yield* standing("projection:tallies:1")).letters.length, 2)
      yield* pass(10)
      assert.deepStrictEqual(yield* standing("projection:tallies:1"), { states: [], letters: [], positions: [] })
      assert.strictEqual((yield* standing("projection:tallies:2")).letters.length, 2)
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )
})
