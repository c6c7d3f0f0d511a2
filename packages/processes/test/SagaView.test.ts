/** How a saga is told: what is still to come, what there is nothing to undo of, and what the saga never came to. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { SagaRunner } from "../src/index.ts"
import {
  Agency,
  answered,
  type Doing,
  lost,
  node,
  pass,
  ports,
  ref,
  refused,
  settled,
  start,
  stateOf
} from "./Trips.ts"

const why = { by: "Ada", reason: "to see it" }
const runner = (does: (runner: SagaRunner["Service"]) => Effect.Effect<void, unknown>) =>
  Effect.andThen(Effect.flatMap(SagaRunner, does), settled)

/** Each step, its compensation, and at last the compensation of the start. */
const told = Effect.map(stateOf(), ({ status, steps, undo }) => [
  status,
  ...steps.map(({ compensation, execution, step }) => [step, execution.status, compensation?.status]),
  undo.status
])

/** A trip of which the agency does what `doing` says, after so many seconds and what a person does. */
const trip = (
  doing: (name: string, time: number) => Doing,
  then: Effect.Effect<void, unknown, SagaRunner> = Effect.void
) => {
  const agency = new Agency()
  agency.doing = doing
  return start().pipe(
    Effect.andThen(settled),
    Effect.andThen(then),
    Effect.andThen(told),
    Effect.scoped,
    Effect.provide(Layer.provideMerge(node(agency), ports)),
    Effect.provideService(References.MinimumLogLevel, "None")
  )
}

describe("what has not been begun", () => {
  it.effect("is not needed where the saga is through", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* trip(() => answered), [
        "completed",
        ["flight", "done", "not-needed"],
        ["hotel", "done", "not-needed"],
        ["ticket", "done", undefined],
        "not-needed"
      ])
    })
  )

  it.effect("may still be, as long as the saga goes forward and can be undone", () =>
    Effect.gen(function* () {
      const waiting = (name: string) => (name === "BookHotel" ? lost : answered)
      assert.deepStrictEqual(yield* trip(waiting), [
        "active",
        ["flight", "done", "pending"],
        ["hotel", "waiting", "pending"],
        ["ticket", "pending", undefined],
        "pending"
      ])
    })
  )

  it.effect("is not needed behind the pivot, where the rest still comes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* trip((name) => (name === "SendTicket" ? lost : answered)), [
        "active",
        ["flight", "done", "not-needed"],
        ["hotel", "done", "not-needed"],
        ["ticket", "waiting", undefined],
        "not-needed"
      ])
    })
  )

  it.effect("was not needed of what was refused, and what came after that was not reached", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* trip((name) => (name === "BookHotel" ? refused : answered)), [
        "compensated",
        ["flight", "done", "done"],
        ["hotel", "refused", "not-needed"],
        ["ticket", "not-reached", undefined],
        "done"
      ])
    })
  )

  it.effect(
    "is still to be undone while the compensation before it waits, and was not reached when that was abandoned",
    () =>
      Effect.gen(function* () {
        const doing = (name: string) => (name === "BookHotel" ? refused : name === "CancelFlight" ? lost : answered)
        const undone = (undo: string) => [
          ["flight", "done", "waiting"],
          ["hotel", "refused", "not-needed"],
          ["ticket", "not-reached", undefined],
          undo
        ]
        assert.deepStrictEqual(yield* trip(doing), ["active", ...undone("pending")])
        const abandoned = runner((of) => of.abandon(ref(1), why))
        assert.deepStrictEqual(yield* trip(doing, abandoned), ["abandoned", ...undone("not-reached")])
      })
  )

  it.effect("was not reached where a person ended the saga on its way forward", () =>
    Effect.gen(function* () {
      const doing = (name: string) => (name === "BookHotel" ? lost : answered)
      assert.deepStrictEqual(
        yield* trip(
          doing,
          Effect.andThen(
            pass(1),
            runner((of) => of.abandon(ref(1), why))
          )
        ),
        [
          "abandoned",
          ["flight", "done", "not-reached"],
          ["hotel", "waiting", "not-reached"],
          ["ticket", "not-reached", undefined],
          "not-reached"
        ]
      )
    })
  )
})
