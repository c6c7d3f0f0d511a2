import { assert, describe, it } from "@effect/vitest"
import {
  Shipment,
  ShipmentCommands,
  ShipmentErrors,
  ShipmentEvents,
  ShipmentState,
  ShipmentStatus
} from "@eventfold/domain-shipping"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Equal, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const options = { arbitrary: { runs: 200 * effort, size: 20 } }

describe("any sequence of commands", () => {
  it.effect("is tried far enough to meet every status and every refusal", () =>
    Effect.gen(function* () {
      const walks = yield* Arbitrary.sampleEffect(Walk, { count: 600, size: 20, seed: "shipments" })
      const steps = walks.flatMap(walk)
      const statuses = new Set(steps.map(({ after }) => after.state.status))
      assert.sameMembers([...statuses], ["none", ...ShipmentStatus.ShipmentStatus.literals])
      const outcomes = new Set(steps.map(({ outcome }) => Scenario.told(outcome)))
      const refusals = ShipmentErrors.ShipmentRefusal.members.map(({ fields }) => fields._tag.schema.literal)
      assert.deepStrictEqual(
        refusals.filter((refusal) => !outcomes.has(refusal)),
        []
      )
    })
  )

  it.prop(
    "goes forward only, and what has left is never called off",
    { commands: Walk },
    ({ commands }) => {
      const place = ["none", "requested", "packed", "dispatched", "delayed", "delivered", "cancelled"]
      for (const { after, before, outcome } of walk(commands)) {
        assert.isTrue(Schema.is(ShipmentState.ShipmentState)(after.state))
        const [from, to] = [before.state.status, after.state.status]
        assert.isAtLeast(place.indexOf(to), place.indexOf(from))
        if (to === "cancelled") assert.include(["none", "requested", "packed", "cancelled"], from)
        if (from === "delivered") assert.strictEqual(to, "delivered")
        if (Result.isFailure(outcome)) assert.strictEqual(after, before)
      }
    },
    options
  )

  it.prop(
    "that is done twice, each command at once, does what it does once",
    { commands: Walk },
    ({ commands }) => {
      for (const { after, command, outcome } of walk(commands)) {
        if (Result.isSuccess(outcome)) assert.strictEqual(Scenario.told(after.when(command)), "nothing")
      }
    },
    options
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop("every event comes back as it went", [ShipmentEvents.ShipmentEvent], ([event]) => {
    assert.isTrue(Equal.equals(round(ShipmentEvents.ShipmentEvent, event), event))
  })

  it.prop("every command comes back as it went", [ShipmentCommands.ShipmentCommand], ([command]) => {
    assert.isTrue(Equal.equals(round(ShipmentCommands.ShipmentCommand, command), command))
  })

  it.prop("every state comes back as it went", { commands: Walk }, ({ commands }) => {
    for (const { after } of walk(commands)) {
      assert.isTrue(Equal.equals(round(ShipmentState.ShipmentState, after.state), after.state))
    }
  })

  it("names of stored events and versions stay", () => {
    const names = ShipmentEvents.ShipmentEvent.members.map(
      (member) => Schema.resolveAnnotations(member)?.["identifier"]
    )
    assert.deepStrictEqual(names, [
      "ShipmentRequested.v1",
      "ShipmentPacked.v1",
      "ShipmentDispatched.v1",
      "ShipmentDelayed.v1",
      "ShipmentDelivered.v1",
      "ShipmentCancelled.v1"
    ])
    assert.strictEqual(Shipment.Shipment.category, "shipment")
  })
})
