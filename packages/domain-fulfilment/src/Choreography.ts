/**
 * How an order is fulfilled with no coordinator: each context reacts to what others publish. The whole of it is
 * {@link table}, one row per reaction, and two process managers for what has to be remembered: `PaymentProcess` in the
 * payments context and `ShippingProcess` in shipping.
 *
 * What was reserved is released when the shipment is cancelled, not when the order is: the goods may have left meanwhile.
 * `ShippingProcess` withdraws the shipment of every order that is cancelled, so one follows from the other.
 *
 * What is refused can be answered by another command: nobody else would hear of it. Rows remember nothing; what they need
 * to know of an order is in the event that placed it.
 */
import { Personal } from "@eventfold/decider"
import { releaseReservation, reserveStock } from "@eventfold/domain-inventory/ReservationCommands"
import { approveOrder, deliverOrder } from "@eventfold/domain-ordering/OrderCommands"
import { PersonName } from "@eventfold/shared-kernel"
import { Option } from "effect"
import { notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"
import * as Reaction from "./Reaction.ts"

/**
 * An order is delivered when its shipment is: so it is with a coordinator, too, who would have to carry a signature. Shipping
 * tells the order itself: who signed is personal, and said in no message.
 */
export const delivered = Reaction.make("shipping", "ShipmentDelivered", deliverOrder, {
  send: ({ event: { occurredAt, orderId, signedBy } }) =>
    Option.some({
      _tag: "DeliverOrder",
      orderId,
      occurredAt,
      signedBy: Personal.getOrElse(signedBy, () => PersonName.PersonName.make(Personal.redactedText))
    })
})

/** Every reaction, from published event to command. */
export const table: ReadonlyArray<Reaction.Reaction> = [
  Reaction.make("inventory", "OrderPlaced", reserveStock, {
    send: ({ event: { occurredAt }, order }) =>
      Option.map(order, ({ lines, orderId }) => ({
        _tag: "ReserveStock",
        reservationId: OrderIds.of(orderId).reservationId,
        orderId,
        lines,
        occurredAt
      })),
    // Not its message: with many short lines it is longer than a reason may be.
    cancels: ({ _tag }) => `Not fulfilled: the stock was not reserved (${_tag})`
  }),
  Reaction.make("ordering", "PaymentCaptured", approveOrder, {
    send: ({ event: { occurredAt }, order }) =>
      Option.map(order, ({ orderId }) => ({ _tag: "ApproveOrder", orderId, occurredAt, approvedBy: "fulfilment" }))
  }),
  Reaction.make("fulfilment", "ShipmentRequested", notifyCustomer, {
    send: ({ event: { occurredAt }, order }) =>
      Option.map(order, ({ orderId }) => ({ _tag: "NotifyCustomer", orderId, occurredAt, notice: "order-confirmed" }))
  }),
  delivered,
  Reaction.make("inventory", "ShipmentCancelled", releaseReservation, {
    send: ({ event: { occurredAt }, order }) =>
      Option.map(order, ({ orderId }) => ({
        _tag: "ReleaseReservation",
        reservationId: OrderIds.of(orderId).reservationId,
        occurredAt
      }))
  })
]

/** The table as text, for people: who reacts to what, and how. */
export const text: string = [
  "| event | context | command | refused |",
  "| --- | --- | --- | --- |",
  ...table.map(({ command, context, on, otherwise = "" }) => `| ${on} | ${context} | ${command} | ${otherwise} |`)
].join("\n")
