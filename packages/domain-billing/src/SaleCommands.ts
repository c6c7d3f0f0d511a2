/**
 * What billing is told of a sale, and what it is asked to write. Each command is a schema of its payload (`IssueInvoice`); those
 * that people and workers send are messages, too (`issueInvoice`), with a typed answer and typed refusals.
 *
 * Every command carries `orderId` and `occurredAt`, the business time of what it tells or asks for.
 */
import { Message } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DocumentNumber } from "./DocumentNumber.ts"
import { SaleContent } from "./SaleContent.ts"
import { SaleRefusal } from "./SaleErrors.ts"
import { SalePaid, SaleRefunded } from "./SaleEvents.ts"
import { InvoiceId } from "./InvoiceId.ts"
import { SaleStatus } from "./SaleStatus.ts"

/** The schema of what is answered: where the sale stands now, and its documents. */
export const SaleAnswer = Schema.Struct({
  orderId: OrderId,
  invoiceId: InvoiceId,
  status: SaleStatus,
  /** The version of the sale's stream: how many events it has. */
  version: Schema.Int,
  /** The number of its invoice; absent while there is none. */
  number: Schema.optionalKey(DocumentNumber)
}).annotate({ identifier: "SaleAnswer" })
/** Where the sale stands now, and its documents. */
export interface SaleAnswer extends Schema.Schema.Type<typeof SaleAnswer> {}

const billing = { context: "billing", answer: SaleAnswer, refusal: SaleRefusal } as const
const common = { orderId: OrderId, occurredAt: Schema.DateTimeUtc }

/** Tells that something was sold. */
export const EnterSale = Schema.TaggedStruct("EnterSale", { ...common, sale: SaleContent })
/** Tells that something was sold. */
export interface EnterSale extends Schema.Schema.Type<typeof EnterSale> {}

/** Tells that money came in for a sale. */
export const NotePayment = Schema.TaggedStruct("NotePayment", {
  ...common,
  paymentId: SalePaid.fields.paymentId,
  money: SalePaid.fields.money
})
/** Tells that money came in for a sale. */
export interface NotePayment extends Schema.Schema.Type<typeof NotePayment> {}

/** Tells that the goods of a sale left, and what was sold. */
export const NoteShipment = Schema.TaggedStruct("NoteShipment", { ...common, sale: SaleContent })
/** Tells that the goods of a sale left, and what was sold. */
export interface NoteShipment extends Schema.Schema.Type<typeof NoteShipment> {}

/** Tells that a sale came to nothing. */
export const NoteCancellation = Schema.TaggedStruct("NoteCancellation", common)
/** Tells that a sale came to nothing. */
export interface NoteCancellation extends Schema.Schema.Type<typeof NoteCancellation> {}

/** Tells that money was given back for a sale. */
export const NoteRefund = Schema.TaggedStruct("NoteRefund", {
  ...common,
  paymentId: SaleRefunded.fields.paymentId,
  refundId: SaleRefunded.fields.refundId,
  money: SaleRefunded.fields.money
})
/** Tells that money was given back for a sale. */
export interface NoteRefund extends Schema.Schema.Type<typeof NoteRefund> {}

/** Asks for the invoice of what was shipped. */
export const IssueInvoice = Schema.TaggedStruct("IssueInvoice", common)
/** Asks for the invoice of what was shipped. */
export interface IssueInvoice extends Schema.Schema.Type<typeof IssueInvoice> {}
/** The message that carries {@link IssueInvoice}. */
export const issueInvoice = Message.command({ ...billing, payload: IssueInvoice })

/** Asks for a credit note of what was refunded or cancelled since the invoice was written. */
export const IssueCreditNote = Schema.TaggedStruct("IssueCreditNote", common)
/** Asks for a credit note of what was refunded or cancelled since the invoice was written. */
export interface IssueCreditNote extends Schema.Schema.Type<typeof IssueCreditNote> {}
/** The message that carries {@link IssueCreditNote}. */
export const issueCreditNote = Message.command({ ...billing, payload: IssueCreditNote })

/** A request for an invoice with the number it is to have: what is decided on. */
export const NumberedInvoice = Schema.TaggedStruct("IssueInvoice", { ...common, number: DocumentNumber })
/** A request for an invoice with the number it is to have. */
export interface NumberedInvoice extends Schema.Schema.Type<typeof NumberedInvoice> {}

/** A request for a credit note with the number it is to have: what is decided on. */
export const NumberedCreditNote = Schema.TaggedStruct("IssueCreditNote", { ...common, number: DocumentNumber })
/** A request for a credit note with the number it is to have. */
export interface NumberedCreditNote extends Schema.Schema.Type<typeof NumberedCreditNote> {}

/** The schema of everything a sale decides on. */
export const SaleCommand = Schema.Union([
  EnterSale,
  NotePayment,
  NoteShipment,
  NoteCancellation,
  NoteRefund,
  NumberedInvoice,
  NumberedCreditNote
])
/** Something a sale decides on. */
export type SaleCommand = typeof SaleCommand.Type
