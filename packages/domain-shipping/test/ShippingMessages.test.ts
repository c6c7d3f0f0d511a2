import { assert, describe, it } from "@effect/vitest"
import { ShippingMessages } from "@eventfold/domain-shipping"
import { MessageSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const { cancel, delay, deliver, dispatch, orderId, recorded, shipmentId, shipments } = Scenario

/** What is said when a command is carried out on a shipment. */
const saidOf = (shipment: typeof shipments.none, command: Parameters<typeof shipment.when>[0]) =>
  MessageSpec.told(ShippingMessages, recorded(shipment.when(command)))

const at = "2024-05-01T00:00:00.000Z"
const told = { orderId, shipmentId }

describe("the published language of shipping", () => {
  it("says who carries a shipment, and when it is to come, if somebody knows", () => {
    const carried = { ...told, carrier: "PostNL", trackingNumber: "3SABCD1234567" }
    const { estimatedDelivery: _, ...unestimated } = dispatch
    for (const [command, data] of [
      [dispatch, { ...carried, estimatedDelivery: "2024-05-04T00:00:00.000Z", dispatchedAt: at }],
      [unestimated, { ...carried, dispatchedAt: at }]
    ] as const) {
      assert.deepStrictEqual(saidOf(shipments.packed, command), [
        { type: "shipping.shipment-dispatched.v1", key: orderId, data }
      ])
    }
  })

  it("says that a shipment is late, and not what the carrier said", () => {
    const data = { ...told, estimatedDelivery: "2024-05-06T00:00:00.000Z", delayedAt: at }
    assert.deepStrictEqual(saidOf(shipments.dispatched, delay), [
      { type: "shipping.shipment-delayed.v1", key: orderId, data }
    ])
  })

  it("says that a shipment was taken, and not by whom", () => {
    assert.deepStrictEqual(saidOf(shipments.dispatched, deliver), [
      { type: "shipping.shipment-delivered.v1", key: orderId, data: { ...told, deliveredAt: at } }
    ])
  })

  it("says that a shipment will never leave, also when nobody had asked for it", () => {
    const data = { ...told, cancelledAt: at }
    const cancelled = [{ type: "shipping.shipment-cancelled.v1", key: orderId, data }]
    assert.deepStrictEqual(saidOf(shipments.requested, cancel), cancelled)
    assert.deepStrictEqual(saidOf(shipments.none, Scenario.withdraw), cancelled)
  })

  it("says that a shipment is asked for, and not where it goes", () => {
    const { customerId, lines } = Scenario.approved
    const data = { ...told, customerId, lines, requestedAt: at }
    assert.deepStrictEqual(saidOf(shipments.none, Scenario.request), [
      { type: "shipping.shipment-requested.v1", key: orderId, data }
    ])
  })

  it("says nothing of packing", () => {
    assert.deepStrictEqual(saidOf(shipments.requested, Scenario.pack), [])
  })
})
