/**
 * One row per customer as billing sees them: since when they can be billed, and how many sales and invoices they have.
 *
 * A customer who has bought something before billing heard that they are a customer has a row without a date.
 */
import { Projection, ReadModel, Rows, Sorting } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DebtorRegistered } from "../DebtorEvents.ts"
import { InvoiceIssued, InvoicePaid, SaleEntered } from "../SaleEvents.ts"

/** The schema of a row. */
export const DebtorRow = Schema.Struct({
  customerId: CustomerId,
  /** When they became a customer; absent while nobody has told. */
  registeredAt: Schema.optionalKey(Schema.DateTimeUtc),
  sales: Schema.Natural,
  invoices: Schema.Natural,
  /** How many of the invoices are paid. */
  paid: Schema.Natural
}).annotate({ identifier: "DebtorRow" })
/** A customer as billing sees them. */
export type DebtorRow = typeof DebtorRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({ name: "debtors", key: ["customerId"], row: DebtorRow })

/** Every customer billing knows of. What is known of one of them is kept in order. */
export const Debtors = Projection.make({
  readModel,
  readsPersonal: false,
  events: Schema.Union([DebtorRegistered, SaleEntered, InvoiceIssued, InvoicePaid]),
  partitionBy: ({ customerId }) => customerId,
  keys: ({ customerId }) => [{ customerId }],
  project: (event, [row]) => {
    const { customerId } = event
    const before = row ?? { customerId, sales: 0, invoices: 0, paid: 0 }
    switch (event._tag) {
      case "DebtorRegistered":
        return [Projection.upsert({ ...before, registeredAt: event.occurredAt })]
      case "SaleEntered":
        return [Projection.upsert({ ...before, sales: before.sales + 1 })]
      case "InvoiceIssued":
        return [Projection.upsert({ ...before, invoices: before.invoices + 1 })]
      case "InvoicePaid":
        return [Projection.upsert({ ...before, paid: before.paid + 1 })]
    }
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** By the id of the customer. */
export const byCustomer = [Sorting.ascending(rows.field("customerId"))]
