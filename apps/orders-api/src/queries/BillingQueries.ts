/** What can be asked of billing, as typed queries: one invoice, invoices, orders as billing sees them, debtors. All of read models. */
import { Message } from "@eventfold/decider"
import { Debtors, InvoiceId, Invoices, Sales, SaleStatus } from "@eventfold/domain-billing"
import { StreamId } from "@eventfold/event-store"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"

/** No invoice has this id: its order has none yet, or there is no such order. */
export class InvoiceNotFound extends Schema.TaggedError<InvoiceNotFound>()("InvoiceNotFound", {
  invoiceId: InvoiceId.InvoiceId
}) {
  override get message() {
    return `there is no invoice ${this.invoiceId}`
  }
}

/** Asks for one invoice. */
export const GetInvoice = Schema.TaggedStruct("GetInvoice", {
  tenant: StreamId.Tenant,
  invoiceId: InvoiceId.InvoiceId
})
/** The message that carries {@link GetInvoice}. */
export const getInvoice = Message.query({
  context: "billing",
  payload: GetInvoice,
  answer: Invoices.InvoiceRow,
  refusal: InvoiceNotFound
})

/** Asks for a page of invoices in the order of their numbers. What is left out does not restrict. */
export const FindInvoices = Schema.TaggedStruct("FindInvoices", {
  ...Pages.fields,
  customerId: Schema.optionalKey(CustomerId),
  status: Schema.optionalKey(Invoices.InvoiceStatus)
})
/** The message that carries {@link FindInvoices}. */
export const findInvoices = Pages.query("billing", FindInvoices, Invoices.InvoiceRow)

/** Asks for a page of orders as billing sees them, customer by customer. What is left out does not restrict. */
export const FindBilledOrders = Schema.TaggedStruct("FindBilledOrders", {
  ...Pages.fields,
  customerId: Schema.optionalKey(CustomerId),
  status: Schema.optionalKey(SaleStatus.SaleStatus)
})
/** The message that carries {@link FindBilledOrders}. */
export const findBilledOrders = Pages.query("billing", FindBilledOrders, Sales.SaleRow)

/** Asks for a page of customers as billing sees them. */
export const FindDebtors = Schema.TaggedStruct("FindDebtors", Pages.fields)
/** The message that carries {@link FindDebtors}. */
export const findDebtors = Pages.query("billing", FindDebtors, Debtors.DebtorRow)
