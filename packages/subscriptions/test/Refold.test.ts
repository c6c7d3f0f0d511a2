import { assert, describe, it } from "@effect/vitest"
import { StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import { DeadLetterDesk, ManagedProjection, ReadModelStore, refold } from "../src/index.ts"
import { layer, node, pass, standing } from "./Running.ts"
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
      assert.deepStrictEqual(yield* standing(consumer), before)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("is refused for rows that many streams share", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(refold(ManagedProjection.make(Days), [stream("a")]))
      assert.strictEqual(refused._tag, "RowsNotByStream")
    }).pipe(Effect.provide(layer))
  )
})
