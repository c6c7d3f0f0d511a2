/** What belongs to an order in other contexts: each thing has the UUID of the order, so whoever knows one knows them all. */
import { ReservationId } from "@eventfold/domain-inventory/published"
import { PaymentId } from "@eventfold/domain-payments/published"
import { ShipmentId } from "@eventfold/domain-shipping/published"
import { OrderId } from "@eventfold/shared-kernel"

/** The order that a shipment is of. */
export const ofShipment = (shipmentId: ShipmentId): OrderId => OrderId.fromUuid(ShipmentId.uuidOf(shipmentId))

/** The names of what belongs to an order. */
export const of = (orderId: OrderId) => {
  const uuid = OrderId.uuidOf(orderId)
  return {
    orderId,
    reservationId: ReservationId.fromUuid(uuid),
    paymentId: PaymentId.fromUuid(uuid),
    shipmentId: ShipmentId.fromUuid(uuid)
  }
}
