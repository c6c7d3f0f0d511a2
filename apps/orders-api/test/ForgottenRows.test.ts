import { assert, describe, it } from "@effect/vitest"
import { Audit, layerMemory } from "@eventfold/event-store"
import { layerMemory as layerReadSideMemory, ProjectionRunner, ReadModels } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { ForgottenRows } from "../src/projections/ForgottenRows.ts"
import { Settings } from "../src/Settings.ts"

/** How often somebody's orders were asked for, to make their rows anew. */
class Asked extends Context.Service<Asked, { times: number }>()("test/Asked") {}

const reads = Layer.effect(
  ReadModels,
  Effect.map(Asked, (asked) =>
    ReadModels.of({
      get: () => Effect.die("not asked for"),
      count: () => Effect.die("not asked for"),
      find: () =>
        Effect.sync(() => {
          asked.times += 1
          return { rows: [], next: undefined }
        })
    })
  )
)

const layer = Layer.fresh(
  ForgottenRows.layer.pipe(
    Layer.provide([reads, Layer.mock(ProjectionRunner)({ projections: [] }), Layer.succeed(Settings, Settings.make())]),
    Layer.provideMerge(Layer.sync(Asked, () => ({ times: 0 }))),
    Layer.provideMerge(Layer.merge(layerMemory, layerReadSideMemory))
  )
)

const forget = Effect.gen(function* () {
  const subject = "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
  const why = { actor: "ada", reason: "requested", details: {} }
  yield* (yield* Audit).record({ tenant: "main", action: "PersonForgotten", subject, ...why })
})

describe("rows of a person whom another process has forgotten", () => {
  it.effect("are made anew when no process remembers the key any more", () =>
    Effect.gen(function* () {
      const asked = yield* Asked
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(asked.times, 0)
      yield* forget
      yield* TestClock.adjust("14 seconds")
      assert.strictEqual(asked.times, 0)
      yield* TestClock.adjust("31 seconds")
      assert.isAbove(asked.times, 0)
      yield* TestClock.adjust("3 minutes")
      const { times } = asked
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(asked.times, times)
    }).pipe(Effect.provide(layer))
  )
})
