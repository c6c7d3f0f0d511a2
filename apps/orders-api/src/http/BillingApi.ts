/** The endpoints of billing: invoices, orders as billing sees them, and debtors. All are answered by read models. */
import { Debtors, InvoiceId, Invoices, Sales, SaleStatus } from "@eventfold/domain-billing"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { ServedBy } from "./ServedBy.ts"

/** There is no invoice with this id. */
export class UnknownInvoice extends HttpApiError.Problem<UnknownInvoice>()(
  "UnknownInvoice",
  { type: Problems.problemType("invoice-not-found"), status: 404, title: "There is no such invoice" },
  { invoiceId: InvoiceId.InvoiceId }
) {}

const pageOf = <Fields extends Schema.Struct.Fields>(identifier: string, description: string, rows: Fields) =>
  Schema.Struct({ ...rows, ...pageFields }).annotate({ identifier, description })

/** A page of invoices. */
export const InvoicePage = pageOf("InvoicePage", "A page of invoices", { invoices: Schema.Array(Invoices.InvoiceRow) })
/** A page of orders as billing sees them. */
export const BilledOrderPage = pageOf("BilledOrderPage", "A page of orders as billing sees them", {
  orders: Schema.Array(Sales.SaleRow)
})
/** A page of debtors. */
export const DebtorPage = pageOf("DebtorPage", "A page of customers as billing sees them", {
  debtors: Schema.Array(Debtors.DebtorRow)
})

const ofCustomer = { customerId: Schema.optionalKey(CustomerId) }

/** The endpoints of billing. */
export class BillingApi extends HttpApiGroup.make("billing")
  .add(
    HttpApiEndpoint.get("invoice", "/invoices/:id", {
      params: { id: InvoiceId.InvoiceId },
      query: readFields,
      headers: ReadHeaders,
      success: fresh(Invoices.InvoiceRow),
      error: UnknownInvoice
    }).annotateMerge(
      about(
        "One invoice",
        "It has the UUID of its order. Whom it is for is an id: the customer tells name and address."
      )
    ),
    HttpApiEndpoint.get("invoices", "/invoices", {
      query: { ...ofCustomer, status: Schema.optionalKey(Invoices.InvoiceStatus), ...pageQuery },
      headers: ReadHeaders,
      success: fresh(InvoicePage)
    }).annotateMerge(about("Invoices in the order of their numbers", "All, or those that pass every filter.")),
    HttpApiEndpoint.get("awaiting", "/billing/awaiting", {
      query: { ...ofCustomer, ...pageQuery },
      headers: ReadHeaders,
      success: fresh(BilledOrderPage)
    }).annotateMerge(
      about("Orders that await their invoice", "They were shipped. Customer by customer, what left first comes first.")
    ),
    HttpApiEndpoint.get("orders", "/billing/orders", {
      query: { ...ofCustomer, status: Schema.optionalKey(SaleStatus.SaleStatus), ...pageQuery },
      headers: ReadHeaders,
      success: fresh(BilledOrderPage)
    }).annotateMerge(
      about("Orders as billing sees them", "By what the other contexts have said so far: customer by customer.")
    ),
    HttpApiEndpoint.get("debtors", "/billing/debtors", {
      query: pageQuery,
      headers: ReadHeaders,
      success: fresh(DebtorPage)
    }).annotateMerge(about("Customers as billing sees them", "By their ids."))
  )
  .annotate(ServedBy, "billing")
  .annotateMerge(OpenApi.annotations({ title: "Billing" })) {}
