/** Names an invoice. There is one for each order, and it has the UUID of the order: who knows the order knows the invoice. */
import { Identifier, OrderId } from "@eventfold/shared-kernel"

/** The schema of invoice identifiers, `invoice_<uuid>`, with `fromUuid` and `uuidOf`. */
export const InvoiceId = Identifier.make("invoice")
/** Names an invoice. */
export type InvoiceId = typeof InvoiceId.Type

/** The invoice of an order. */
export const ofOrder = (orderId: OrderId): InvoiceId => InvoiceId.fromUuid(OrderId.uuidOf(orderId))

/** The order of an invoice. */
export const orderOf = (invoiceId: InvoiceId): OrderId => OrderId.fromUuid(InvoiceId.uuidOf(invoiceId))
