/** The laws of sagas hold, and what breaks them is found. */
import { Message, Saga } from "@eventfold/decider"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { SagaLaws } from "../src/index.ts"
import * as Check from "../src/SagaLaws/Check.ts"
import { World } from "../src/SagaLaws/World.ts"

const command = <const Tag extends string>(tag: Tag) =>
  Message.command({
    context: "switches",
    payload: Schema.TaggedStruct(tag, { id: Schema.String }),
    answer: Schema.Null,
    refusal: Schema.Literal("no")
  })
const [turnOn, turnOff] = [command("TurnOn"), command("TurnOff")]

/** Two switches. */
const Switches = Saga.make({ name: "switches", input: Schema.String })
  .step("one", turnOn, {
    send: ({ input }) => ({ _tag: "TurnOn", id: `${input}/1` }),
    compensate: Saga.by(turnOff, ({ input }) => ({ _tag: "TurnOff", id: `${input}/1` }), { retry: { attempts: 2 } }),
    retry: { attempts: 2 }
  })
  .step("two", turnOn, {
    send: ({ input }) => ({ _tag: "TurnOn", id: `${input}/2` }),
    compensate: Saga.nothing("it is the last one"),
    retry: { attempts: 2 }
  })
  .end()

/** A switch that is asked again when it says no. */
const Stubborn = Saga.make({ name: "stubborn", input: Schema.String })
  .step("one", turnOn, {
    send: ({ input, round }) => ({ _tag: "TurnOn", id: `${input}/${round}` }),
    compensate: Saga.by(turnOff, ({ input }) => ({ _tag: "TurnOff", id: input })),
    retry: { attempts: 3 },
    again: () => true
  })
  .step("two", turnOn, {
    send: ({ input }) => ({ _tag: "TurnOn", id: `${input}/2` }),
    compensate: Saga.nothing("it is the last one"),
    retry: { attempts: 2 },
    again: () => true
  })
  .end()

describe("the laws of a saga", () => {
  for (const saga of [Switches, Stubborn]) {
    for (const law of SagaLaws.of(saga, { runs: 30, crashes: 4 })) it.effect(law.name, () => law.check)
  }
})

const at = DateTime.makeUnsafe(0)
const id = (step: string, action: Saga.Action, round = 0) =>
  Saga.commandIdOf({ tenant: "laws", sagaId: "saga-1" }, step, action, round)
const state = (status: Saga.Started["status"]): Saga.Started => ({
  status,
  sagaId: "saga-1",
  tenant: "laws",
  saga: "switches",
  version: 1,
  input: "s",
  startedAt: at,
  steps: [],
  compensations: []
})
const [one, two] = [id("one", "execute"), id("two", "execute")]

describe("a saga that has not ended as it should", () => {
  const cases: ReadonlyArray<readonly [string, Saga.Started["status"], ReadonlyArray<string>]> = [
    ["is completed without a step", "completed", [one]],
    ["is completed, and has done a step twice", "completed", [one, one, two]],
    ["is completed, and has done its steps in another order", "completed", [two, one]],
    ["is completed, and has undone a step", "completed", [one, two, id("one", "compensate")]],
    ["is compensated, and a step is not undone", "compensated", [one]],
    ["has sent a command that belongs to no step", "compensated", [id("one", "execute", 7)]],
    ["is parked, and nobody knows why", "parked", []],
    ["goes on for ever", "active", []]
  ]
  for (const [name, status, commands] of cases) {
    it.effect(`is found: it ${name}`, () =>
      Effect.gen(function* () {
        const world = new World(() => Effect.die("nothing is sent"))
        for (const commandId of commands) world.taken.push({ commandId, command: "switches.TurnOn" })
        const violation = yield* Effect.flip(Check.ending(Switches, state(status), world))
        assert.strictEqual(violation._tag, "Violation")
      })
    )
  }

  it.effect("is not found where all is well", () => {
    const world = new World(() => Effect.die("nothing is sent"))
    for (const commandId of [one, id("one", "compensate")]) world.taken.push({ commandId, command: "switches.TurnOn" })
    return Check.ending(Switches, state("compensated"), world)
  })
})
