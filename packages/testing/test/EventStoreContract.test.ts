/** The suite of the event store catches broken stores: for every law there is a store that breaks it, and it only. */
import { assert, describe, it } from "@effect/vitest"
import { type EventStore, layerMemory, type Transaction } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { EventStoreLaws } from "../src/index.ts"
import { brokenStores } from "./BrokenStores/index.ts"

/** Small enough to run all laws once per broken store; what is broken shows at this size, too. */
const small: EventStoreLaws.Sizes = {
  rounds: 20,
  longStream: 2200,
  largestAppend: 2510,
  largeEvent: 101_000,
  samples: 20
}

/** The names of the laws that a store breaks, all run on one instance of it. */
const brokenLaws = (store: Layer.Layer<EventStore | Transaction>) =>
  Effect.filter(EventStoreLaws.laws, (law) => Effect.isFailure(law.check)).pipe(
    Effect.map((laws) => laws.map((law) => law.name)),
    Effect.provideService(EventStoreLaws.Sizes, small),
    Effect.provide(store)
  )

/** Milliseconds: every row runs all laws, and another run may share the machine. */
const timeout = 30_000

describe("the laws of the event store", () => {
  it("have names of their own", () => {
    const names = EventStoreLaws.laws.map((law) => law.name)
    assert.deepStrictEqual(names, Array.from(new Set(names)))
  })

  it("each have a broken store that shows them to be needed", () => {
    const names = EventStoreLaws.laws.map((law) => law.name)
    assert.deepStrictEqual(brokenStores.map((store) => store.breaks).toSorted(), names.toSorted())
  })

  it.effect(
    "all hold for the store in memory",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* brokenLaws(Layer.fresh(layerMemory)), [])
      }),
    timeout
  )
})

describe("a broken store breaks its law and no other", () => {
  for (const { breaks, fault, layer } of brokenStores) {
    it.effect(
      `${breaks} — ${fault}`,
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* brokenLaws(layer), [breaks])
        }),
      timeout
    )
  }
})
