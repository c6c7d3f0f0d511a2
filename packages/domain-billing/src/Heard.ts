/**
 * What the messages of other contexts mean to billing: each becomes a command of its own language. This is all billing hears
 * of orders, payments and customers, and the only place where it knows their words.
 */
import type { PublishedMessage } from "@eventfold/decider"
import type { CustomersMessages } from "@eventfold/domain-customers/published"
import type { OrderingMessages } from "@eventfold/domain-ordering/published"
import type { PaymentsMessages } from "@eventfold/domain-payments/published"
import type { RegisterDebtor } from "./DebtorCommands.ts"
import type * as Commands from "./SaleCommands.ts"
import type { SaleContent } from "./SaleContent.ts"

/** An order was placed: something was sold. */
export const orderPlaced = (
  said: PublishedMessage.Said<typeof OrderingMessages.OrderPlacedV1>
): Commands.EnterSale => ({
  _tag: "EnterSale",
  orderId: said.orderId,
  occurredAt: said.placedAt,
  sale: saleOf(said)
})

/** An order was shipped: an invoice is due. It says again what was sold, so an order that was not heard of can be billed. */
export const orderShipped = (
  said: PublishedMessage.Said<typeof OrderingMessages.OrderShippedV1>
): Commands.NoteShipment => ({
  _tag: "NoteShipment",
  orderId: said.orderId,
  occurredAt: said.shippedAt,
  sale: saleOf(said)
})

/** An order was cancelled. */
export const orderCancelled = (
  said: PublishedMessage.Said<typeof OrderingMessages.OrderCancelledV1>
): Commands.NoteCancellation => ({
  _tag: "NoteCancellation",
  orderId: said.orderId,
  occurredAt: said.cancelledAt
})

/** A payment was captured: money came in. */
export const paymentCaptured = (
  said: PublishedMessage.Said<typeof PaymentsMessages.PaymentCapturedV1>
): Commands.NotePayment => ({
  _tag: "NotePayment",
  orderId: said.orderId,
  occurredAt: said.capturedAt,
  paymentId: said.paymentId,
  money: said.money
})

/** A payment was refunded, in part or as a whole. */
export const paymentRefunded = (
  said: PublishedMessage.Said<typeof PaymentsMessages.PaymentRefundedV1>
): Commands.NoteRefund => ({
  _tag: "NoteRefund",
  orderId: said.orderId,
  occurredAt: said.refundedAt,
  paymentId: said.paymentId,
  refundId: said.refundId,
  money: said.money
})

/** Somebody has become a customer, and can be billed. */
export const customerRegistered = (
  said: PublishedMessage.Said<typeof CustomersMessages.CustomerRegisteredV1>
): RegisterDebtor => ({
  _tag: "RegisterDebtor",
  customerId: said.customerId,
  occurredAt: said.registeredAt
})

const saleOf = ({
  customerId,
  lines,
  total
}: Pick<
  PublishedMessage.Said<typeof OrderingMessages.OrderShippedV1>,
  "customerId" | "lines" | "total"
>): SaleContent => ({
  customerId,
  lines: lines.map(({ lineTotal, productId, productName, quantity, unitPrice }) => ({
    productId,
    productName,
    quantity,
    unitPrice,
    total: lineTotal
  })),
  total
})
