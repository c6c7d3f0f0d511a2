/**
 * What old events of orders looked like, and what each means today. Pure: the events themselves stay as they are stored.
 *
 * In version 1 the address of an order that was placed, and the name of who signed for one that was delivered, were plain.
 * They are now personal values. Whose they are, these events do not say: the id of the order stands in for the customer's.
 *
 * Gotcha: what a version 1 holds was stored in clear and stays so. To forget the customer does not reach it, and to forget
 * the order's id reaches what was made of it later (snapshots, answers), but not the event. Only a new database, into
 * which the history is imported without such events, is without them.
 */
import { DomainEvent, Personal } from "@eventfold/decider"
import { Address, OrderId, PersonName } from "@eventfold/shared-kernel"
import type { Schema } from "effect"
import { OrderLines } from "./OrderLines.ts"

const orderId = OrderId

/** The customer committed to the order; the address was stored in clear. */
export const OrderPlacedV1 = DomainEvent.make("OrderPlaced", {
  orderId,
  ...OrderLines.fields,
  shippingAddress: Address.Address
})
/** The customer committed to the order; the address was stored in clear. */
export interface OrderPlacedV1 extends Schema.Schema.Type<typeof OrderPlacedV1> {}

/** Somebody signed for the goods; the name was stored in clear. */
export const OrderDeliveredV1 = DomainEvent.make("OrderDelivered", { orderId, signedBy: PersonName.PersonName })
/** Somebody signed for the goods; the name was stored in clear. */
export interface OrderDeliveredV1 extends Schema.Schema.Type<typeof OrderDeliveredV1> {}

/** What version 1 of `OrderPlaced` says in version 2: the address is that of whoever the order belongs to. */
export const orderPlaced = ({ occurredAt: _, _tag, ...placed }: OrderPlacedV1) => ({
  ...placed,
  shippingAddress: Personal.of(placed.orderId, placed.shippingAddress)
})

/** What version 1 of `OrderDelivered` says in version 2: the name is that of whoever the order belongs to. */
export const orderDelivered = ({ orderId, signedBy }: OrderDeliveredV1) => ({
  orderId,
  signedBy: Personal.of(orderId, signedBy)
})
