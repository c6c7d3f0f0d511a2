import { assert, describe, it } from "@effect/vitest"
import { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Exit, Layer, Scope } from "effect"
import { Consumers, ManagedProjection, NodePlacement, ProjectionRunner } from "../src/index.ts"
import { layer, pass, quiet, standing } from "./Running.ts"
import { append, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const sliced = ManagedProjection.make(Tallies(), { slices: 6 })
const seen = Effect.map(rowsIn({ readModel: tallies, generation: 1 }), (rows) => rows.map(({ row }) => row.seen))

/** How many slices each node works for. */
const shares = Effect.map(standing(consumer), ({ states }) => {
  const owners = states.map(({ leasedUntil, owner }) => (leasedUntil === undefined ? "nobody" : (owner ?? "nobody")))
  const found: Record<string, number> = {}
  for (const owner of owners) found[owner] = (found[owner] ?? 0) + 1
  return found
})

/** A node that shares its work, and can be cut off from the store: then nothing it says or does comes through. */
const placed = Effect.fnUntraced(function* (name: string) {
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
    states: (...given) => through(consumers.states(...given)),
    attend: (...given) => through(consumers.attend(...given)),
    depart: (...given) => through(consumers.depart(...given))
  })
  const scope = yield* Scope.fork(yield* Effect.scope)
  const node = Layer.provide(
    Layer.provide(ProjectionRunner.layer([sliced]), NodePlacement.layer({ node: name })),
    ports
  )
  yield* Layer.buildWithScope(Layer.fresh(node), scope)
  return { off, scope }
})

const ids = Array.from({ length: 12 }, (_, index) => `stream-${index}`)
const appended = Effect.forEach(ids, (id) => append(id, [noted(1)]), { discard: true })

describe("nodes that share the work", () => {
  it.effect("have the same share each, a second after one has joined, and one that ends leaves its own at once", () =>
    Effect.gen(function* () {
      yield* placed("a")
      yield* pass(2)
      assert.deepStrictEqual(yield* shares, { a: 6 })
      const second = yield* placed("b")
      yield* pass(2)
      assert.deepStrictEqual(yield* shares, { a: 3, b: 3 })
      yield* placed("c")
      yield* pass(2)
      assert.deepStrictEqual(yield* shares, { a: 2, b: 2, c: 2 })
      yield* appended
      yield* pass(1)
      assert.deepStrictEqual(
        yield* seen,
        ids.map(() => 1)
      )
      yield* Scope.close(second.scope, Exit.void)
      yield* pass(1)
      assert.deepStrictEqual(yield* shares, { a: 3, c: 3 })
      yield* appended
      yield* pass(1)
      assert.deepStrictEqual(
        yield* seen,
        ids.map(() => 2)
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("take over from one that is silent within four seconds; what it does when it is back is not stored", () =>
    Effect.gen(function* () {
      const frozen = yield* placed("a")
      yield* placed("b")
      yield* pass(2)
      assert.deepStrictEqual(yield* shares, { a: 3, b: 3 })
      frozen.off.now = true
      yield* appended
      yield* pass(4)
      assert.deepStrictEqual(yield* shares, { b: 6 })
      assert.deepStrictEqual(
        yield* seen,
        ids.map(() => 1)
      )
      frozen.off.now = false
      yield* appended
      yield* pass(3)
      assert.deepStrictEqual(yield* shares, { a: 3, b: 3 })
      assert.deepStrictEqual(
        yield* seen,
        ids.map(() => 2)
      )
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("take what is another one's to take, when that one never does", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      yield* placed("b")
      yield* pass(1)
      // It says that it would work for all of them, and that is all it does.
      yield* consumers.attend("a", [consumer], "1 hour")
      yield* pass(5)
      assert.deepStrictEqual(yield* shares, { b: 6 })
      yield* appended
      yield* pass(1)
      assert.deepStrictEqual(
        yield* seen,
        ids.map(() => 1)
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
