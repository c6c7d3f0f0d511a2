/**
 * Why billing refuses something: one typed error per reason, each naming the order and the facts that decide.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. None tells anything about the
 * customer.
 */
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DocumentNumber, format } from "./DocumentNumber.ts"
import { SaleStatus } from "./SaleStatus.ts"

const order = { orderId: OrderId }

/** Billing knows of no such order. */
export class SaleNotFound extends Schema.TaggedError<SaleNotFound>()("SaleNotFound", order) {
  override get message() {
    return `billing knows of no order ${this.orderId}`
  }
}

/** What was sold is known to be something else. */
export class SaleContradicted extends Schema.TaggedError<SaleContradicted>()("SaleContradicted", {
  ...order,
  field: Schema.Literals(["customerId", "lines", "total"])
}) {
  override get message() {
    return `order ${this.orderId} is known with another ${this.field}`
  }
}

/** The lines do not add up to the total: nothing is billed by such a sale. */
export class LinesDoNotAddUp extends Schema.TaggedError<LinesDoNotAddUp>()("LinesDoNotAddUp", {
  ...order,
  total: Money.NonNegativeMoney
}) {
  override get message() {
    return `the lines of order ${this.orderId} do not add up to ${Money.format(this.total)}`
  }
}

/** More payments or refunds than billing keeps of one sale. */
export class TooManyPayments extends Schema.TaggedError<TooManyPayments>()("TooManyPayments", {
  ...order,
  maximum: Schema.Int
}) {
  override get message() {
    return `order ${this.orderId} has ${this.maximum} payments or refunds already`
  }
}

/** An invoice is written for what was shipped and not cancelled. */
export class SaleNotInvoiceable extends Schema.TaggedError<SaleNotInvoiceable>()("SaleNotInvoiceable", {
  ...order,
  status: SaleStatus
}) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: an invoice is written when it was shipped`
  }
}

/** The order has its invoice, `number`: there is one for each. */
export class SaleAlreadyInvoiced extends Schema.TaggedError<SaleAlreadyInvoiced>()("SaleAlreadyInvoiced", {
  ...order,
  number: DocumentNumber
}) {
  override get message() {
    return `order ${this.orderId} was invoiced as ${format(this.number)}`
  }
}

/** Nothing of the order is owed back beyond what was credited: there is no invoice, or nothing was refunded since. */
export class NothingToCredit extends Schema.TaggedError<NothingToCredit>()("NothingToCredit", order) {
  override get message() {
    return `order ${this.orderId} has nothing to credit`
  }
}

/** The number belongs to another kind of document, or to another year. */
export class NumberOfAnotherSeries extends Schema.TaggedError<NumberOfAnotherSeries>()("NumberOfAnotherSeries", {
  ...order,
  number: DocumentNumber
}) {
  override get message() {
    return `${format(this.number)} is no number for this document of order ${this.orderId}`
  }
}

/** The schema of every refusal of a sale. */
export const SaleRefusal = Schema.Union([
  SaleNotFound,
  SaleContradicted,
  LinesDoNotAddUp,
  TooManyPayments,
  SaleNotInvoiceable,
  SaleAlreadyInvoiced,
  NothingToCredit,
  NumberOfAnotherSeries
])
/** Why billing refuses something. */
export type SaleRefusal = typeof SaleRefusal.Type
