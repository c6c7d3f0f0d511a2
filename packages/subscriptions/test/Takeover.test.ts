import { assert, describe, it } from "@effect/vitest"
import { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Exit, Layer, Scope } from "effect"
import { Consumers, ManagedProjection } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const projection = ManagedProjection.make(Tallies())
const seen = Effect.map(rowsIn({ readModel: tallies, generation: 1 }), (rows) => rows.map(({ row }) => row.seen))
const owner = Effect.map(standing(consumer), ({ states }) => states[0]?.owner)

/** A node whose leases are neither renewed nor given back once it is cut off, and which can store nothing until it is not. */
const cutOff = Effect.fnUntraced(function* (name: string) {
  const consumers = yield* Consumers
  const off = { now: false }
  const down = new EventStoreFailure({ operation: "cut off", retryable: true, cause: undefined })
  const through = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.suspend((): Effect.Effect<A, E | EventStoreFailure> => (off.now ? Effect.fail(down) : effect))
  const ports = Layer.succeed(Consumers, {
    ...consumers,
    acquire: (...given) => through(consumers.acquire(...given)),
    advance: (...given) => through(consumers.advance(...given)),
    release: (...given) => through(consumers.release(...given)),
    renew: (...given) => through(consumers.renew(...given)),
    states: (...given) => through(consumers.states(...given))
  })
  const { runner, scope } = yield* Effect.provide(node([projection], { owner: name }), ports)
  return { runner, scope, off }
})

describe("two nodes", () => {
  it.effect("replace each other at once when one ends", () =>
    Effect.gen(function* () {
      const { scope } = yield* node([projection], { owner: "first" })
      yield* pass(1)
      yield* node([projection], { owner: "second" })
      yield* pass(1)
      assert.strictEqual(yield* owner, "first")
      yield* Scope.close(scope, Exit.void)
      yield* pass(2)
      assert.strictEqual(yield* owner, "second")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("replace each other within seconds when one dies; what wakes up again stores nothing", () =>
    Effect.gen(function* () {
      const zombie = yield* cutOff("first")
      yield* pass(1)
      yield* node([projection], { owner: "second" })
      yield* append("a", [noted(1)])
      yield* pass(1)
      assert.deepStrictEqual(yield* seen, [1])
      zombie.off.now = true
      yield* append("a", [noted(2)])
      yield* pass(7)
      assert.strictEqual(yield* owner, "second")
      assert.deepStrictEqual(yield* seen, [2])
      zombie.off.now = false
      yield* append("a", [noted(4)])
      yield* pass(5)
      assert.strictEqual(yield* owner, "second")
      assert.deepStrictEqual(yield* seen, [3])
      const [status] = yield* zombie.runner.statuses
      assert.strictEqual(status?.current?.state, "not-owner")
      assert.strictEqual(status?.current?.slices[0]?.owner, "second")
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("share the slices of a projection, and all of them obey when it is stopped and started", () =>
    Effect.gen(function* () {
      const sliced = ManagedProjection.make(Tallies(), { slices: 4 })
      const first = yield* node([sliced], { owner: "first" })
      const second = yield* node([sliced], { owner: "second" })
      const ids = ["a", "b", "c", "d", "e", "f"]
      yield* Effect.forEach(ids, (id) => append(id, [noted(1)]))
      yield* pass(2)
      assert.deepStrictEqual(yield* seen, [1, 1, 1, 1, 1, 1])
      yield* second.runner.stop("tallies")
      yield* pass(3)
      const stopped = yield* standing(consumer)
      yield* Effect.forEach(ids, (id) => append(id, [noted(1)]))
      yield* pass(8)
      assert.deepStrictEqual((yield* standing(consumer)).positions, stopped.positions)
      for (const { runner } of [first, second]) {
        const [status] = yield* runner.statuses
        assert.strictEqual(status?.current?.state, "stopped")
        assert.deepStrictEqual(status?.current?.lag, { count: 6, atLeast: false })
      }
      yield* first.runner.start("tallies")
      yield* pass(3)
      assert.deepStrictEqual(yield* seen, [2, 2, 2, 2, 2, 2])
      assert.strictEqual((yield* Effect.flip(first.runner.stop("other")))._tag, "UnknownProjection")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("refuse to stop or start what nobody follows the log for", () =>
    Effect.gen(function* () {
      for (const mode of ["inline", "live"] as const) {
        const { runner } = yield* node([ManagedProjection.make(Tallies(), { mode })])
        for (const command of [runner.stop("tallies"), runner.start("tallies")]) {
          const refused = yield* Effect.flip(command)
          assert.strictEqual(refused._tag, "ProjectionNotFollowed")
          assert.match(refused.message, mode === "inline" ? /written by appends/u : /folded when they are asked for/u)
        }
      }
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("work for no generation of a stopped projection, begun before or after, until it is started", () =>
    Effect.gen(function* () {
      const { rebuild, runner } = yield* start([ManagedProjection.make(Tallies())])
      yield* append("a", [noted(1)])
      yield* pass(2)
      yield* runner.stop("tallies")
      yield* pass(2)
      yield* rebuild.rebuild("tallies")
      yield* append("a", [noted(1)])
      yield* pass(5)
      assert.deepStrictEqual((yield* standing("projection:tallies:2")).positions, [0])
      assert.deepStrictEqual((yield* standing(consumer)).positions, [1])
      yield* runner.start("tallies")
      yield* pass(3)
      assert.deepStrictEqual((yield* standing("projection:tallies:2")).positions, [2])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
