import { assert, describe, it } from "@effect/vitest"
import { ShipmentErrors } from "@eventfold/domain-shipping"
import { Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { commands, shipments, told } = Scenario

/** What each command leads to in each state, in the order of {@link commands}. */
const table: Record<keyof typeof shipments, ReadonlyArray<string>> = {
  none: [
    "ShipmentRequested",
    "ShipmentNotFound",
    "ShipmentNotFound",
    "ShipmentNotFound",
    "ShipmentNotFound",
    "ShipmentNotFound",
    "ShipmentCancelled"
  ],
  requested: [
    "nothing",
    "ShipmentPacked",
    "ShipmentNotPacked",
    "ShipmentNotDispatched",
    "ShipmentNotDispatched",
    "ShipmentCancelled",
    "ShipmentCancelled"
  ],
  packed: [
    "nothing",
    "nothing",
    "ShipmentDispatched",
    "ShipmentNotDispatched",
    "ShipmentNotDispatched",
    "ShipmentCancelled",
    "ShipmentCancelled"
  ],
  dispatched: [
    "nothing",
    "ShipmentAlreadyDispatched",
    "nothing",
    "ShipmentDelayed",
    "ShipmentDelivered",
    "ShipmentAlreadyDispatched",
    "ShipmentAlreadyDispatched"
  ],
  delayed: [
    "nothing",
    "ShipmentAlreadyDispatched",
    "nothing",
    "nothing",
    "ShipmentDelivered",
    "ShipmentAlreadyDispatched",
    "ShipmentAlreadyDispatched"
  ],
  delivered: [
    "nothing",
    "ShipmentAlreadyDelivered",
    "ShipmentAlreadyDelivered",
    "ShipmentAlreadyDelivered",
    "nothing",
    "ShipmentAlreadyDelivered",
    "ShipmentAlreadyDelivered"
  ],
  cancelled: [
    "ShipmentAlreadyCancelled",
    "ShipmentAlreadyCancelled",
    "ShipmentAlreadyCancelled",
    "ShipmentAlreadyCancelled",
    "ShipmentAlreadyCancelled",
    "nothing",
    "nothing"
  ]
}

const Refusal = Schema.toCodecJson(ShipmentErrors.ShipmentRefusal)

for (const state of Struct.keys(table)) {
  describe(`a shipment that is ${state}`, () => {
    for (const [index, name] of Struct.keys(commands).entries()) {
      const expected = table[state][index]
      it(`${name}: ${expected}`, () => {
        const outcome = shipments[state].when(commands[name])
        assert.strictEqual(told(outcome), expected)
        if (outcome._tag === "Success") return
        const refusal = outcome.failure
        assert.strictEqual(refusal.shipmentId, Scenario.shipmentId)
        assert.include(refusal.message, Scenario.shipmentId.slice(-36))
        const received = Schema.decodeUnknownSync(Refusal)(
          JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refusal)))
        )
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refusal, message: refusal.message })
      })
    }
  })
}
