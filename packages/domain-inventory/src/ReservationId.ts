/** Names a reservation. One made for an order has the order's UUID, so that the order tells its reservation. */
import { Identifier, OrderId } from "@eventfold/shared-kernel"

/** The schema of reservation identifiers, `reservation_<uuid>`, with `fromUuid` and `uuidOf`. */
export const ReservationId = Identifier.make("reservation")
/** Names a reservation. */
export type ReservationId = typeof ReservationId.Type

/** The reservation of an order. */
export const ofOrder = (orderId: OrderId): ReservationId => ReservationId.fromUuid(OrderId.uuidOf(orderId))
