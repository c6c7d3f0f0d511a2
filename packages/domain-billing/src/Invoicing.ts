/**
 * Which documents are to be written when something happens to a sale: invoicing as a value, for a worker to run.
 *
 * What leaves is invoiced; what is cancelled or refunded after that is credited, and what was cancelled or refunded before is
 * credited as soon as there is an invoice. Asked too often, the sale refuses, so a worker may repeat itself.
 */
import { Schema } from "effect"
import type * as Commands from "./SaleCommands.ts"
import { InvoiceIssued, SaleCancelled, SaleRefunded, SaleShipped } from "./SaleEvents.ts"

/** The schema of what leads to documents. */
export const Occasion = Schema.Union([SaleShipped, SaleCancelled, SaleRefunded, InvoiceIssued])
/** Something that leads to documents. */
export type Occasion = typeof Occasion.Type

/** What is to be asked for, at the business time of the occasion. */
export const requestFor = ({ _tag, occurredAt, orderId }: Occasion): Commands.IssueInvoice | Commands.IssueCreditNote =>
  _tag === "SaleShipped"
    ? { _tag: "IssueInvoice", orderId, occurredAt }
    : { _tag: "IssueCreditNote", orderId, occurredAt }
