/** Given/when for shipments, with one of everything: an order, its customer, and a command of each kind. */
import { Personal } from "@eventfold/decider"
import { type OrderToShip, Shipment, ShipmentCommands, ShipmentId } from "@eventfold/domain-shipping"
import { CustomerId, OrderId, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

const uuid = "0190f5a2-7c4e-7b1a-9d3f-000000000001"
export const orderId = OrderId.fromUuid(uuid)
export const otherOrderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
export const shipmentId = ShipmentId.ofOrder(orderId)
export const customerId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000003")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T00:00:00Z`)

export const address = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
export const signedBy = PersonName.PersonName.make("Ada Jansen")
export const lines = [
  { productId: ProductId.fromUuid(uuid), productName: "Enamel mug", quantity: Quantity.Quantity.make(5) }
]
/** An order that may be shipped. */
export const approved = {
  standing: "approved",
  customerId,
  lines,
  destination: Personal.of<typeof address>(customerId, address)
} satisfies OrderToShip.OrderToShip

const common = { shipmentId, occurredAt }
export const requestOf = (order: OrderToShip.OrderToShip) =>
  ShipmentCommands.PreparedRequest.make({ ...common, orderId, order })
export const request = requestOf(approved)
export const pack = ShipmentCommands.PackShipment.make({ ...common, packedBy: "J. de Wit", packages: 2 })
export const dispatch = ShipmentCommands.DispatchShipment.make({
  ...common,
  carrier: "PostNL",
  trackingNumber: "3SABCD1234567",
  estimatedDelivery: day(4)
})
export const delay = ShipmentCommands.DelayShipment.make({ ...common, reason: "Snow", estimatedDelivery: day(6) })
export const deliver = ShipmentCommands.DeliverShipment.make({ ...common, signedBy })
export const cancel = ShipmentCommands.CancelShipment.make({ ...common, reason: "Ordered twice" })
export const withdraw = ShipmentCommands.WithdrawShipment.make({ ...common, orderId, reason: "The order is cancelled" })

/** Shipments after events, after commands, and on the way of commands. */
export const { after, given, walk } = DeciderScenario.of(Shipment.Shipment)

/** A shipment in every state. */
export const shipments = {
  none: after(),
  requested: after(request),
  packed: after(request, pack),
  dispatched: after(request, pack, dispatch),
  delayed: after(request, pack, dispatch, delay),
  delivered: after(request, pack, dispatch, deliver),
  cancelled: after(request, cancel)
}

/** One command of each kind, such that each can follow some state. */
export const commands = { request, pack, dispatch, delay, deliver, cancel, withdraw }
