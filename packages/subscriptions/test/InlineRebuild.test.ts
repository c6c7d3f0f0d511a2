import { assert, describe, it } from "@effect/vitest"
import { Paging, Rows, Specification } from "@eventfold/decider"
import { Effect, Exit, Layer, Result, Scope } from "effect"
import { InlineProjections, ManagedProjection, ReadModelStore } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { pass, ports, quiet, standing } from "./Running.ts"
import { append, broken, noted, Tallies, tallies } from "./Tallies.ts"

const question = Result.getOrThrow(Paging.ask(Rows.of(tallies), { where: Specification.everything, limit: 100 }))
const read = Effect.flatMap(ReadModelStore, (store) => store.find(tallies, "main", question))
const row = (id: string, seen: number, sum: number) => ({ id, seen, sum })
const version = (number: number) => ManagedProjection.make(Tallies(number), { mode: "inline" })

/** A node whose appends write the rows. */
const writing = Effect.fnUntraced(function* (projection: ManagedProjection.ManagedProjection) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  yield* Layer.buildWithScope(Layer.fresh(InlineProjections.layer([projection])), scope)
  const node = yield* start([projection])
  return { ...node, stop: Effect.andThen(node.stop, Scope.close(scope, Exit.void)) }
})

describe("rows that appends write", () => {
  it.effect("are built over the log there is, and written by appends from the switch on", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), broken, noted(2)])
      yield* append("b", [noted(3)])
      const node = yield* writing(version(1))
      assert.strictEqual((yield* Effect.flip(read))._tag, "ReadModelNotReady")
      yield* pass(2)
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 1, 1), row("b", 1, 3)])
      yield* append("b", [noted(4)])
      yield* append("a", [noted(5)])
      // Nobody has followed the log since.
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 1, 1), row("b", 2, 7)])
      assert.strictEqual((yield* standing("projection:tallies:1")).letters.length, 3)
      yield* node.rebuild.rebuild("tallies")
      yield* append("b", [noted(5)])
      yield* pass(2)
      yield* append("b", [noted(6)])
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 1, 1), row("b", 4, 18)])
      const [status] = yield* node.rebuild.statuses
      assert.strictEqual(status?.serving?.generation, 2)
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )

  it.effect("are not taken over while a program of another version writes them", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const older = yield* writing(version(1))
      yield* pass(2)
      // The newer one follows the log, and its appends do not count here: one process is one set of participants.
      const newer = yield* start([version(2)])
      yield* pass(10)
      yield* append("a", [noted(1)])
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 2, 2)])
      assert.strictEqual((yield* newer.rebuild.statuses)[0]?.building?.waitsFor, "older-program")
      yield* older.stop
      yield* pass(40)
      assert.deepStrictEqual<unknown>(yield* read, [row("a", 2, 4)])
      assert.deepStrictEqual((yield* standing("projection:tallies:2")).letters, [])
    }).pipe(Effect.scoped, quiet, Effect.provide(ports))
  )
})
