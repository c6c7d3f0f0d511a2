/**
 * The identifiers of the payments context.
 *
 * The payment of an order may have the order's own UUID: then whoever knows the order knows the payment.
 */
import { Identifier, OrderId } from "@eventfold/shared-kernel"

/** The schema of payment identifiers, `payment_<uuid>`, with `fromUuid` and `uuidOf`. */
export const PaymentId = Identifier.make("payment")
/** Names a payment. */
export type PaymentId = typeof PaymentId.Type

/** The payment of an order that has no other name: it has the order's UUID. */
export const ofOrder = (orderId: OrderId): PaymentId => PaymentId.fromUuid(OrderId.uuidOf(orderId))

/** The schema of refund identifiers, `refund_<uuid>`, with `fromUuid` and `uuidOf`. */
export const RefundId = Identifier.make("refund")
/** Names a refund of a payment. */
export type RefundId = typeof RefundId.Type
