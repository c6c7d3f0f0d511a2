/** What other contexts may know of billing: how invoices are named, and which documents were written. */
import { Schema } from "effect"
import * as Events from "./SaleEvents.ts"

export { DocumentNumber } from "./DocumentNumber.ts"
export { InvoiceId, ofOrder } from "./InvoiceId.ts"
export { InvoiceCredited, InvoiceIssued, InvoicePaid } from "./SaleEvents.ts"

/** The schema of what is told of invoices. */
export const BillingEvent = Schema.Union([Events.InvoiceIssued, Events.InvoicePaid, Events.InvoiceCredited])
/** Something that is told of an invoice. */
export type BillingEvent = typeof BillingEvent.Type
