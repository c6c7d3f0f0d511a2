import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { ConsistencyDemand, Freshness, ManagedProjection, ReadModels, WantedEvents } from "../src/index.ts"
import { ports, project, serve, sumOf } from "./Projector.ts"
import { append, noted, sold, Tallies } from "./Tallies.ts"

const layer = Layer.fresh(
  ReadModels.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provide(WantedEvents.layer([ManagedProjection.make(Tallies())]))
  )
)
const token = (position: number) => ({ tenant: "main", position, streams: [] })

describe("an event that does not concern a read model", () => {
  it.effect("keeps nobody waiting, and its rows are up to date", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      yield* append("a", [noted(3)])
      yield* project(generation)
      // The checkpoint does not move any more.
      const position = yield* append("a", [sold("2026-01-01", 1)])
      assert.strictEqual(yield* ConsistencyDemand.demand(token(position), 0)(sumOf("a")), 3)
      const [, [seen]] = yield* Freshness.collect(sumOf("a"))
      assert.deepStrictEqual(seen, { readModel: "tallies", upToDate: true, position })
    }).pipe(Effect.provide(layer))
  )

  it.effect("that comes behind one that does is not waited for", () =>
    Effect.gen(function* () {
      const generation = yield* serve(1)
      const before = yield* append("a", [noted(3)])
      const position = yield* append("a", [sold("2026-01-01", 1)])
      const fiber = yield* Effect.forkChild(ConsistencyDemand.demand(token(position))(sumOf("a")))
      yield* TestClock.adjust("100 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* project(generation, before)
      yield* TestClock.adjust("200 millis")
      assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed(3))
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer))
  )
})
