/**
 * What billing takes note of, and what it writes. Names and shapes are a storage format: a changed shape gets a higher
 * version. Nothing in them is personal: a customer is an id.
 *
 * Every event carries `orderId` and `occurredAt`. Where `status` stands, it is that of the sale after the event, so that
 * readers need not follow its history.
 */
import { DomainEvent } from "@eventfold/decider"
import { PaymentId, RefundId } from "@eventfold/domain-payments/published"
import { CustomerId, Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DocumentNumber } from "./DocumentNumber.ts"
import { InvoiceId } from "./InvoiceId.ts"
import { SaleContent } from "./SaleContent.ts"
import { SaleStatus } from "./SaleStatus.ts"

const orderId = OrderId
const noted = { orderId, status: SaleStatus }

/** Something was sold: what, to whom, for how much. */
export const SaleEntered = DomainEvent.make("SaleEntered", { ...noted, ...SaleContent.fields })
/** Something was sold: what, to whom, for how much. */
export interface SaleEntered extends Schema.Schema.Type<typeof SaleEntered> {}

/** Money came in for it. */
export const SalePaid = DomainEvent.make("SalePaid", { ...noted, paymentId: PaymentId, money: Money.PositiveMoney })
/** Money came in for it. */
export interface SalePaid extends Schema.Schema.Type<typeof SalePaid> {}

/** The goods left: an invoice is due. */
export const SaleShipped = DomainEvent.make("SaleShipped", noted)
/** The goods left: an invoice is due. */
export interface SaleShipped extends Schema.Schema.Type<typeof SaleShipped> {}

/** The sale came to nothing. What was invoiced is to be credited. */
export const SaleCancelled = DomainEvent.make("SaleCancelled", noted)
/** The sale came to nothing. What was invoiced is to be credited. */
export interface SaleCancelled extends Schema.Schema.Type<typeof SaleCancelled> {}

/** Money was given back. What was invoiced is to be credited as much. */
export const SaleRefunded = DomainEvent.make("SaleRefunded", {
  ...noted,
  paymentId: PaymentId,
  refundId: RefundId,
  money: Money.PositiveMoney
})
/** Money was given back. What was invoiced is to be credited as much. */
export interface SaleRefunded extends Schema.Schema.Type<typeof SaleRefunded> {}

const ofInvoice = { orderId, invoiceId: InvoiceId, number: DocumentNumber }

/** The invoice of an order was written: what was shipped, and what is owed for it. */
export const InvoiceIssued = DomainEvent.make("InvoiceIssued", { ...ofInvoice, ...SaleContent.fields })
/** The invoice of an order was written: what was shipped, and what is owed for it. */
export interface InvoiceIssued extends Schema.Schema.Type<typeof InvoiceIssued> {}

/** All that the invoice asks for has been paid. */
export const InvoicePaid = DomainEvent.make("InvoicePaid", { ...ofInvoice, customerId: CustomerId })
/** All that the invoice asks for has been paid. */
export interface InvoicePaid extends Schema.Schema.Type<typeof InvoicePaid> {}

/** The schema of why something is credited. */
export const CreditReason = Schema.Literals(["refunded", "cancelled"]).annotate({ identifier: "CreditReason" })
/** Why something is credited. */
export type CreditReason = typeof CreditReason.Type

/** A credit note was written: so much of the invoice is not owed any more, or was given back. */
export const InvoiceCredited = DomainEvent.make("InvoiceCredited", {
  ...ofInvoice,
  /** The number of the credit note; `number` is that of the invoice. */
  creditNote: DocumentNumber,
  money: Money.PositiveMoney,
  reason: CreditReason
})
/** A credit note was written: so much of the invoice is not owed any more, or was given back. */
export interface InvoiceCredited extends Schema.Schema.Type<typeof InvoiceCredited> {}

/** The schema of everything that happens to a sale. */
export const SaleEvent = Schema.Union([
  SaleEntered,
  SalePaid,
  SaleShipped,
  SaleCancelled,
  SaleRefunded,
  InvoiceIssued,
  InvoicePaid,
  InvoiceCredited
])
/** Something that happened to a sale. */
export type SaleEvent = typeof SaleEvent.Type
