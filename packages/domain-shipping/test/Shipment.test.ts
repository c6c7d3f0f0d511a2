import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { Destinations, Shipment, ShipmentCommands, ShipmentErrors, ShipmentId } from "@eventfold/domain-shipping"
import * as Published from "@eventfold/domain-shipping/published"
import { PersonName } from "@eventfold/shared-kernel"
import * as Scenario from "./Scenario.ts"

const { after, approved, cancel, day, delay, deliver, dispatch, given, occurredAt, orderId, pack } = Scenario
const { recorded, refusal, request, requestOf, shipmentId, told, withdraw } = Scenario

describe("a request", () => {
  it("takes over what the order tells, and the address stays personal, of the customer", () => {
    const { customerId, destination, lines } = approved
    assert.deepStrictEqual(recorded(given().when(request)), [
      { _tag: "ShipmentRequested", shipmentId, orderId, occurredAt, customerId, lines, destination }
    ])
  })

  it("is refused while the order is not to be shipped, and says why", () => {
    const reasons = {
      unknown: "order-unknown",
      "not-approved": "order-not-approved",
      cancelled: "order-cancelled",
      shipped: "order-shipped"
    } as const
    for (const standing of ["unknown", "not-approved", "cancelled", "shipped"] as const) {
      const refused = refusal(given().when(requestOf({ standing })))
      assert.deepInclude(refused, { _tag: "ShipmentImpossible", orderId, reason: reasons[standing] })
    }
  })

  it("is refused when nobody knows any more where it goes, or nobody goes there", () => {
    const forgotten = refusal(
      given().when(requestOf({ ...approved, destination: Personal.redacted(Scenario.customerId) }))
    )
    assert.strictEqual(forgotten.message, `order ${orderId} cannot be shipped: nobody knows any more where it goes`)
    const antarctica = { ...Scenario.address, country: "ANTARCTICA" }
    const far = refusal(
      given().when(requestOf({ ...approved, destination: Personal.of(Scenario.customerId, antarctica) }))
    )
    assert.deepInclude(far, { _tag: "ShipmentImpossible", reason: "destination-not-served" })
    assert.notInclude(far.message, "ANTARCTICA")
    assert.isFalse(Destinations.isServed({ ...Scenario.address, country: "bouvet  ISLAND" }))
    assert.isTrue(Destinations.isServed(Scenario.address))
  })

  it("that is repeated asks nothing of the order any more", () => {
    assert.strictEqual(told(after(request, pack).when(requestOf({ standing: "cancelled" }))), "nothing")
  })

  it("for another order under the same identifier is refused", () => {
    const refused = refusal(after(request).when({ ...request, orderId: Scenario.otherOrderId }))
    assert.deepInclude(refused, { _tag: "ShipmentOfAnotherOrder", orderId })
    assert.strictEqual(
      told(after(request).when({ ...withdraw, orderId: Scenario.otherOrderId })),
      "ShipmentOfAnotherOrder"
    )
  })
})

describe("a request that is taken back", () => {
  it("is harmless twice, and before it has come: what comes late is refused", () => {
    const barred = after(withdraw)
    assert.deepInclude(barred.state, { status: "cancelled", orderId, previousStatus: "none" })
    assert.strictEqual(told(barred.when(withdraw)), "nothing")
    assert.strictEqual(told(barred.when(request)), "ShipmentAlreadyCancelled")
  })

  it("ends a shipment that has not left, and not one that has", () => {
    assert.strictEqual(told(after(request, pack).when(withdraw)), "ShipmentCancelled")
    assert.strictEqual(told(after(request, pack, dispatch).when(withdraw)), "ShipmentAlreadyDispatched")
  })
})

describe("on its way", () => {
  it("repetitions record nothing, and contradictions are refused", () => {
    assert.strictEqual(told(after(request, pack).when({ ...pack, packedBy: "Somebody else" })), "nothing")
    const packed = refusal(after(request, pack).when({ ...pack, packages: 3 }))
    assert.strictEqual(packed.message, `shipment ${shipmentId} is packed already, into 2 packages`)
    const gone = after(request, pack, dispatch)
    assert.strictEqual(told(gone.when({ ...dispatch, estimatedDelivery: day(9) })), "nothing")
    assert.deepInclude(refusal(gone.when({ ...dispatch, trackingNumber: "1Z" })), {
      _tag: "ShipmentAlreadyDispatched",
      trackingNumber: "3SABCD1234567"
    })
  })

  it("can be delayed more than once, and tells the newest estimate", () => {
    const late = after(request, pack, dispatch, delay)
    assert.strictEqual(told(late.when(delay)), "nothing")
    assert.strictEqual(told(late.when({ ...delay, estimatedDelivery: day(7) })), "ShipmentDelayed")
    const { estimatedDelivery: _, ...unsure } = delay
    const again = after(request, pack, dispatch, delay, { ...unsure, reason: "Flood" })
    assert.deepInclude(again.state, { status: "delayed", delay: "Flood", estimatedDelivery: day(6) })
    assert.notProperty(after(request, pack, dispatch, delay, deliver).state, "delay")
  })

  it("is delivered to one who signs, and the signature is personal, of the customer", () => {
    const [delivered] = recorded(after(request, pack, dispatch).when(deliver))
    assert.deepInclude(delivered, { signedBy: Personal.of(Scenario.customerId, Scenario.signedBy) })
    const done = after(request, pack, dispatch, deliver)
    assert.strictEqual(told(done.when(deliver)), "nothing")
    const other = { ...deliver, signedBy: PersonName.PersonName.make("Grace Hopper") }
    assert.strictEqual(told(done.when(other)), "ShipmentAlreadyDelivered")
    const forgotten = done.events.map((event) =>
      event._tag === "ShipmentDelivered" ? { ...event, signedBy: Personal.redacted(Scenario.customerId) } : event
    )
    assert.strictEqual(told(given(...forgotten).when(deliver)), "ShipmentAlreadyDelivered")
  })
})

describe("folding and answering", () => {
  it("leaves the state as it is on an event that cannot follow it", () => {
    const follows: Record<keyof typeof Scenario.shipments, ReadonlyArray<string>> = {
      none: ["ShipmentRequested", "ShipmentCancelled"],
      requested: ["ShipmentPacked", "ShipmentCancelled"],
      packed: ["ShipmentDispatched", "ShipmentCancelled"],
      dispatched: ["ShipmentDelayed", "ShipmentDelivered"],
      delayed: ["ShipmentDelayed", "ShipmentDelivered"],
      delivered: [],
      cancelled: []
    }
    const events = [...after(request, pack, dispatch, delay, deliver).events, ...recorded(given().when(withdraw))]
    for (const [name, { state }] of Object.entries(Scenario.shipments)) {
      const moved = events.filter((event) => Shipment.evolve(state, event) !== state).map(({ _tag }) => _tag)
      assert.sameMembers(moved, Array.from(follows[name as keyof typeof follows]), name)
    }
  })

  it("answers where the shipment stands, and nothing about the customer", () => {
    const { state } = after(request, cancel)
    assert.deepStrictEqual(Shipment.answerOf(state, 2), { shipmentId, orderId, status: "cancelled", version: 2 })
    assert.throws(() => Shipment.answerOf(Shipment.initial, 0), RangeError)
  })

  it("names each command by its context; a shipment has the UUID of its order", () => {
    const messages = [
      ShipmentCommands.requestShipment,
      ShipmentCommands.packShipment,
      ShipmentCommands.dispatchShipment,
      ShipmentCommands.delayShipment,
      ShipmentCommands.deliverShipment,
      ShipmentCommands.cancelShipment,
      ShipmentCommands.withdrawShipment
    ]
    assert.deepStrictEqual(
      messages.map(({ name }) => name),
      ShipmentCommands.ShipmentCommand.members.map(({ fields }) => `shipping.${fields._tag.schema.literal}`)
    )
    assert.strictEqual(ShipmentCommands.requestShipment.Refusal, ShipmentErrors.ShipmentRefusal)
    assert.strictEqual(ShipmentId.ofOrder(orderId).slice(-36), orderId.slice(-36))
  })

  it("tells other contexts all but how it is packed", () => {
    assert.deepStrictEqual(
      Published.ShippingEvent.members.map(({ fields }) => fields._tag.schema.literal),
      ["ShipmentRequested", "ShipmentDispatched", "ShipmentDelayed", "ShipmentDelivered", "ShipmentCancelled"]
    )
  })
})
