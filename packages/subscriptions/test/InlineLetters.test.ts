import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { DeadLetterDesk, InlineProjections, ManagedProjection } from "../src/index.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, broken, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const behalf = { by: "sue", reason: "mended" }
const rows = Effect.map(rowsIn({ readModel: tallies, generation: 1 }), (found) => found.map(({ row }) => row))

/** A process whose appends write the rows. */
const writing = Effect.fnUntraced(function* (options: { readonly mends?: boolean } = {}) {
  const projection = ManagedProjection.make(Tallies(1, options), { mode: "inline" })
  const scope = yield* Scope.fork(yield* Effect.scope)
  yield* Layer.buildWithScope(Layer.fresh(InlineProjections.layer([projection])), scope)
  const { runner } = yield* Scope.provide(node([projection]), scope)
  yield* pass(2)
  return { runner, end: Scope.close(scope, Exit.void) }
})

/** A stream with a poisoned event, behind which more has queued up. */
const poisoned = Effect.gen(function* () {
  const process = yield* writing()
  yield* append("a", [noted(1)])
  const poison = yield* append("a", [broken])
  yield* append("a", [noted(4)])
  yield* append("b", [noted(8)])
  return { ...process, poison }
})

const b = { id: "b", seen: 1, sum: 8 }

describe("letters of rows that appends write", () => {
  it.effect("are told of, and can be inspected", () =>
    Effect.gen(function* () {
      const { poison, runner } = yield* poisoned
      const [status] = yield* runner.statuses
      assert.deepStrictEqual(status?.current?.letters, { failed: 1, waiting: 1, discarded: 0 })
      assert.deepStrictEqual(
        [status?.current?.state, status?.current?.position, status?.current?.lag],
        ["live", poison + 2, { count: 0, atLeast: false }]
      )
      const desk = yield* DeadLetterDesk
      assert.deepStrictEqual((yield* desk.inspect(consumer, poison)).data, {})
      const { partitions } = yield* desk.replay({ consumer, ...behalf })
      assert.deepStrictEqual(
        partitions.map(({ stopped }) => stopped),
        [{ _tag: "FailedAgain", position: poison }]
      )
      assert.strictEqual((yield* desk.inspect(consumer, poison)).letter.attempts, 2)
    }).pipe(Effect.scoped, quiet, Effect.provide(layer))
  )

  it.effect("are replayed in order when the program is mended, and appends write the stream again", () =>
    Effect.gen(function* () {
      const { end } = yield* poisoned
      yield* end
      yield* writing({ mends: true })
      const desk = yield* DeadLetterDesk
      assert.strictEqual((yield* desk.replay({ consumer, ...behalf })).replayed, 2)
      assert.deepStrictEqual(yield* rows, [{ id: "a", seen: 3, sum: 5 }, b])
      yield* append("a", [noted(16)])
      assert.deepStrictEqual(yield* rows, [{ id: "a", seen: 4, sum: 21 }, b])
      assert.deepStrictEqual((yield* standing(consumer)).letters, [])
    }).pipe(Effect.scoped, quiet, Effect.provide(layer))
  )

  it.effect("are discarded, and what queues behind is folded", () =>
    Effect.gen(function* () {
      const { poison, runner } = yield* poisoned
      const desk = yield* DeadLetterDesk
      const { replayed } = yield* desk.discard({ consumer, position: poison, ...behalf })
      assert.strictEqual(replayed, 1)
      yield* append("a", [noted(16)])
      assert.deepStrictEqual(yield* rows, [{ id: "a", seen: 3, sum: 21 }, b])
      const [status] = yield* runner.statuses
      assert.deepStrictEqual(status?.current?.letters, { failed: 0, waiting: 0, discarded: 1 })
    }).pipe(Effect.scoped, quiet, Effect.provide(layer))
  )
})
