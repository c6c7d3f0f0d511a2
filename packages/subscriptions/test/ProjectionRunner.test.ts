import { assert, describe, it } from "@effect/vitest"
import { Effect, PubSub } from "effect"
import { ConsumerProgress, ManagedProjection, ReadModelStore } from "../src/index.ts"
import { layer, node, pass, standing } from "./Running.ts"
import { append, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const table = { readModel: tallies, generation: 1 }
const stateOf = Effect.map(
  Effect.flatMap(ReadModelStore, (store) => store.generations("tallies")),
  ([first]) => first?.state
)

describe("a projection that follows the log", () => {
  it.effect("is built from the beginning, read when it has come to the end, and goes on", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1), noted(2)])
      const last = yield* append("b", [noted(5)])
      const { runner } = yield* node([ManagedProjection.make(Tallies())])
      yield* pass(0)
      assert.strictEqual(yield* stateOf, "serving")
      assert.deepStrictEqual((yield* standing(consumer)).positions, [last])
      yield* append("a", [noted(4)])
      yield* pass(0.5)
      assert.deepStrictEqual(
        (yield* rowsIn(table)).map(({ row }) => row),
        [
          { id: "a", seen: 3, sum: 7 },
          { id: "b", seen: 1, sum: 5 }
        ]
      )
      const [status] = yield* runner.statuses
      assert.strictEqual(status?.current?.state, "live")
      assert.deepStrictEqual(status?.current?.lag, { count: 0, atLeast: false })
      assert.strictEqual(status?.current?.events, 4)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("is read at once when the log is empty", () =>
    Effect.gen(function* () {
      yield* node([ManagedProjection.make(Tallies())])
      yield* pass(0)
      assert.strictEqual(yield* stateOf, "serving")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("tells everybody in the process at once which rows a commit has changed", () =>
    Effect.gen(function* () {
      const progress = yield* ConsumerProgress
      const changes = yield* PubSub.subscribe(progress.changes)
      yield* node([ManagedProjection.make(Tallies())])
      yield* pass(0)
      const position = yield* append("a", [noted(1)])
      yield* pass(0.5)
      const id = tallies.idOf("main", { id: "a" })
      assert.deepStrictEqual(yield* PubSub.take(changes), {
        consumer,
        slice: 0,
        from: 0,
        title: "tallies",
        position,
        changed: [id]
      })
      assert.strictEqual(progress.known(consumer, 0), position)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
