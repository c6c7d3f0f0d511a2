/**
 * One row per invoice: its number and its lines, whether it is paid, and what of it was credited.
 *
 * Whom it is for is an id: the name and the address are those of the customers context, and can be forgotten.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { format } from "../DocumentNumber.ts"
import { InvoiceId } from "../InvoiceId.ts"
import { Sale } from "../Sale.ts"
import { SaleLine } from "../SaleContent.ts"
import { CreditReason, InvoiceCredited, InvoiceIssued, InvoicePaid } from "../SaleEvents.ts"

/** The schema of how an invoice stands; `credited`: all of it was. */
export const InvoiceStatus = Schema.Literals(["issued", "paid", "credited"]).annotate({
  identifier: "InvoiceStatus",
  message: "must be issued, paid or credited"
})
/** How an invoice stands. */
export type InvoiceStatus = typeof InvoiceStatus.Type

/** The schema of a row. Amounts are whole minor units of `currency`. */
export const InvoiceRow = Schema.Struct({
  orderId: OrderId,
  invoiceId: InvoiceId,
  /** As people read it: `INV-2024-000001`. */
  number: Schema.String,
  year: Schema.Int,
  sequence: Schema.Int,
  status: InvoiceStatus,
  customerId: CustomerId,
  lines: Schema.Array(SaleLine),
  currency: Currency.Currency,
  total: Schema.Natural,
  credited: Schema.Natural,
  creditNotes: Schema.Array(
    Schema.Struct({
      number: Schema.String,
      amount: Schema.Natural,
      reason: CreditReason,
      issuedAt: Schema.DateTimeUtc
    })
  ),
  issuedAt: Schema.DateTimeUtc,
  paidAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** The version of the sale's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "InvoiceRow" })
/** An invoice. */
export type InvoiceRow = typeof InvoiceRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "invoices",
  key: ["orderId"],
  row: InvoiceRow,
  indexes: [["year", "sequence"], ["customerId", "issuedAt"], ["status"]]
})

/** Every invoice. An event that is told about already changes nothing. */
export const Invoices = Projection.make({
  readModel,
  readsPersonal: false,
  events: Schema.Union([InvoiceIssued, InvoicePaid, InvoiceCredited]),
  keys: Projection.byStream(Sale.category, "orderId"),
  project: (event, [row], { version }) => {
    if (event._tag === "InvoiceIssued") {
      if (row !== undefined) return Projection.unchanged
      const { customerId, invoiceId, lines, number, occurredAt: issuedAt, orderId, total } = event
      const { sequence, year } = number
      const named = { orderId, invoiceId, number: format(number), year, sequence, customerId }
      const money = { lines, currency: total.currency, total: total.amount, credited: 0, creditNotes: [] }
      return [Projection.upsert({ ...named, ...money, status: "issued", issuedAt, version })]
    }
    if (row === undefined || version <= row.version) return Projection.unchanged
    const { occurredAt } = event
    if (event._tag === "InvoicePaid") {
      const status = row.status === "credited" ? row.status : "paid"
      return [Projection.upsert({ ...row, status, paidAt: occurredAt, version })]
    }
    const { creditNote, money, reason } = event
    const note = { number: format(creditNote), amount: money.amount, reason, issuedAt: occurredAt }
    const credited = row.credited + money.amount
    const status = credited >= row.total ? "credited" : row.status
    return [Projection.upsert({ ...row, status, credited, creditNotes: [...row.creditNotes, note], version })]
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The invoices of a customer. */
export const ofCustomer = (customerId: CustomerId) => Specification.eq(rows.field("customerId"), customerId)

/** The invoices in a status. */
export const inStatus = (status: InvoiceStatus) => Specification.eq(rows.field("status"), status)

/** In the order of their numbers. */
export const byNumber = [Sorting.ascending(rows.field("year")), Sorting.ascending(rows.field("sequence"))]
