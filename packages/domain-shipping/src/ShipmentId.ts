/** Names a shipment. A shipment that is asked for an order has the UUID of the order, so that asking twice names one thing. */
import { Identifier, OrderId } from "@eventfold/shared-kernel"

/** The schema of shipment identifiers, `shipment_<uuid>`, with `fromUuid` and `uuidOf`. */
export const ShipmentId = Identifier.make("shipment")
/** Names a shipment. */
export type ShipmentId = typeof ShipmentId.Type

/** The shipment of an order. */
export const ofOrder = (orderId: OrderId): ShipmentId => ShipmentId.fromUuid(OrderId.uuidOf(orderId))
