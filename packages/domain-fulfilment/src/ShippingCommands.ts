/**
 * What the shipping process sends: each command with its content, under the key that the process knows it by.
 *
 * All of it may be sent twice: what has had its effect is answered, or refused, and has none again.
 */
import { ProcessManager } from "@eventfold/decider"
import { commitReservation } from "@eventfold/domain-inventory/ReservationCommands"
import { cancelOrder, shipOrder } from "@eventfold/domain-ordering/OrderCommands"
import type { ShipmentDispatched } from "@eventfold/domain-shipping/published"
import { requestShipment, withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import type { OrderId } from "@eventfold/shared-kernel"
import type { DateTime } from "effect"
import { type NotifyCustomer, notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"

/** The commands it sends. */
export const commands = [
  requestShipment,
  withdrawShipment,
  commitReservation,
  shipOrder,
  cancelOrder,
  notifyCustomer
] as const
/** A command it sends. */
export type Command = (typeof commands)[number]
/** A command with its content, ready to be sent. */
export type Sending = ProcessManager.SendOf<Command>

/** What a command follows from. */
export interface Cause {
  readonly orderId: OrderId
  readonly occurredAt: DateTime.Utc
}

const { send } = ProcessManager

/** Asks for the shipment. */
export const request = ({ occurredAt, orderId }: Cause): Sending => {
  const { shipmentId } = OrderIds.of(orderId)
  return send("request", requestShipment, { _tag: "RequestShipment", shipmentId, orderId, occurredAt })
}

/** Takes back that it was asked for, and bars a request that comes late. */
export const withdraw = ({ occurredAt, orderId }: Cause): Sending => {
  const { shipmentId } = OrderIds.of(orderId)
  // Why orders are cancelled, in the words of people, is not told to other contexts.
  const reason = "The order was cancelled"
  return send("withdraw", withdrawShipment, { _tag: "WithdrawShipment", shipmentId, orderId, occurredAt, reason })
}

/** Has the reserved stock leave with the goods. */
export const commit = ({ occurredAt, orderId }: Cause): Sending => {
  const { reservationId } = OrderIds.of(orderId)
  return send("commit", commitReservation, { _tag: "CommitReservation", reservationId, occurredAt })
}

/** Tells the order that its goods have left. */
export const ship = ({
  carrier,
  estimatedDelivery,
  occurredAt,
  orderId,
  trackingNumber
}: ShipmentDispatched): Sending =>
  send("ship", shipOrder, {
    _tag: "ShipOrder",
    orderId,
    occurredAt,
    carrier,
    trackingNumber,
    ...(estimatedDelivery === undefined ? {} : { estimatedDelivery })
  })

/** Cancels the order. */
export const giveUp = ({ occurredAt, orderId }: Cause, reason: string): Sending =>
  send("give-up", cancelOrder, { _tag: "CancelOrder", orderId, occurredAt, cancelledBy: "system", reason })

/** Tells the customer something. A notice is kept as to its content, so each one that is owed needs a key of its own. */
export const notify = (
  key: string,
  { occurredAt, orderId }: Cause,
  notice: NotifyCustomer["notice"],
  detail?: string
): Sending =>
  send(key, notifyCustomer, {
    _tag: "NotifyCustomer",
    orderId,
    occurredAt,
    notice,
    ...(detail === undefined ? {} : { detail })
  })
