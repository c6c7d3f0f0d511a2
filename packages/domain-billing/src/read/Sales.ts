/**
 * One row per order as billing sees it: pending payment, paid, awaiting invoicing, invoiced or cancelled.
 *
 * Two questions are asked of it: how an order stands, and which orders await invoicing, by customer. An order of which only a
 * payment is known so far has a row without a customer.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Sale } from "../Sale.ts"
import { SaleEvent } from "../SaleEvents.ts"
import { SaleStatus } from "../SaleStatus.ts"

/** The schema of a row. What has not been heard of is absent. */
export const SaleRow = Schema.Struct({
  orderId: OrderId,
  status: SaleStatus,
  customerId: Schema.optionalKey(CustomerId),
  currency: Schema.optionalKey(Currency.Currency),
  /** What it comes to, in whole minor units of the currency. */
  total: Schema.optionalKey(Schema.Natural),
  placedAt: Schema.optionalKey(Schema.DateTimeUtc),
  shippedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When the last event occurred. */
  updatedAt: Schema.DateTimeUtc,
  /** The version of the sale's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "SaleRow" })
/** An order as billing sees it. */
export type SaleRow = typeof SaleRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "billing_sales",
  key: ["orderId"],
  row: SaleRow,
  indexes: [["status", "customerId", "shippedAt"], ["customerId"], ["updatedAt"]]
})

/** Every order billing knows of. An event that is told about already changes nothing. */
export const Sales = Projection.make({
  readModel,
  readsPersonal: false,
  events: SaleEvent,
  keys: Projection.byStream(Sale.category, "orderId"),
  project: (event, [row], { version }) => {
    if (row !== undefined && version <= row.version) return Projection.unchanged
    const { occurredAt: updatedAt, orderId } = event
    return [Projection.upsert({ status: "noted", ...row, orderId, ...changesOf(event), updatedAt, version })]
  }
})

const changesOf = (event: SaleEvent): Partial<SaleRow> => {
  switch (event._tag) {
    case "SaleEntered": {
      const { customerId, occurredAt: placedAt, status, total } = event
      return { status, customerId, currency: total.currency, total: total.amount, placedAt }
    }
    case "SaleShipped":
      return { status: event.status, shippedAt: event.occurredAt }
    case "SalePaid":
    case "SaleCancelled":
    case "SaleRefunded":
      return { status: event.status }
    case "InvoiceIssued":
    case "InvoicePaid":
    case "InvoiceCredited":
      return { status: "invoiced" }
  }
}

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The orders in a status. */
export const inStatus = (status: SaleStatus) => Specification.eq(rows.field("status"), status)

/** The orders of a customer. */
export const ofCustomer = (customerId: CustomerId) => Specification.eq(rows.field("customerId"), customerId)

/** The orders that were shipped and have no invoice yet. */
export const awaitingInvoicing = inStatus("awaiting-invoicing")

/** Those of one customer. */
export const awaitingInvoicingOf = (customerId: CustomerId) =>
  Specification.and(awaitingInvoicing, ofCustomer(customerId))

/** Customer by customer, what was shipped first first. */
export const byCustomer = [Sorting.ascending(rows.field("customerId")), Sorting.ascending(rows.field("shippedAt"))]
