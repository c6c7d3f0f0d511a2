/**
 * One row per payment that was asked for: how it stands, and how much of it went which way.
 *
 * The card is in no row, not even as its token. A payment that was given up before anybody asked for it has no row.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DeclineCode } from "../DeclineCode.ts"
import { Payment } from "../Payment.ts"
import { PaymentEvent } from "../PaymentEvents.ts"
import { PaymentId } from "../PaymentIds.ts"
import { PaymentStatus } from "../PaymentStatus.ts"

/** The schema of a row. */
export const PaymentRow = Schema.Struct({
  paymentId: PaymentId,
  orderId: OrderId,
  status: PaymentStatus,
  currency: Currency.Currency,
  /** What was asked for, in whole minor units of `currency`, as all amounts are. */
  amount: Schema.Natural,
  authorised: Schema.Natural,
  captured: Schema.Natural,
  refunded: Schema.Natural,
  /** What the gateway kept of what was given back: a discrepancy. */
  feesKept: Schema.Natural,
  /** How often it was tried. */
  attempts: Schema.Natural,
  /** Why the last attempt, or the last refund, was declined. */
  code: Schema.optionalKey(DeclineCode),
  requestedAt: Schema.DateTimeUtc,
  /** When something last happened to it. */
  lastActivityAt: Schema.DateTimeUtc
}).annotate({ identifier: "PaymentRow" })
/** A row of the list. */
export type PaymentRow = typeof PaymentRow.Type

/** The list, as what keeps its rows knows it. */
export const readModel = ReadModel.make({
  name: "payment_list",
  key: ["paymentId"],
  row: PaymentRow,
  indexes: [["orderId"], ["status", "lastActivityAt"], ["lastActivityAt"]]
})

/** The list of payments. */
export const PaymentList = Projection.make({
  readModel,
  readsPersonal: false,
  events: PaymentEvent,
  keys: Projection.byStream(Payment.category, "paymentId"),
  project: (event, [row]) => {
    const lastActivityAt = event.occurredAt
    if (event._tag === "PaymentRequested") {
      const { attempt, money, occurredAt, orderId, paymentId } = event
      const asked = { paymentId, orderId, status: "requested", currency: money.currency, amount: money.amount } as const
      const none = { authorised: 0, captured: 0, refunded: 0, feesKept: 0 }
      const requestedAt = row?.requestedAt ?? occurredAt
      return [Projection.upsert({ ...asked, ...none, attempts: attempt, requestedAt, lastActivityAt })]
    }
    return row === undefined
      ? Projection.unchanged
      : [Projection.upsert({ ...row, ...change(event, row), lastActivityAt })]
  }
})

type Happened = Exclude<PaymentEvent, { readonly _tag: "PaymentRequested" }>

/** What an event changes in the row of its payment, besides the time. */
const change = (event: Happened, row: PaymentRow): Partial<PaymentRow> => {
  switch (event._tag) {
    case "PaymentAuthorised":
      return { status: "authorised", authorised: event.money.amount }
    case "CardDeclined":
      return { status: "declined", code: event.code }
    case "CaptureRequested":
      return { status: "capturing" }
    case "PaymentCaptured":
      return { status: "captured", captured: event.money.amount }
    case "CaptureDeclined":
      return { status: "declined", authorised: 0, code: event.code }
    case "PaymentRefunded":
      return { refunded: row.refunded + event.money.amount }
    case "FeeNotReturned":
      return { feesKept: row.feesKept + event.fee.amount }
    case "RefundDeclined":
      return { code: event.code }
    case "VoidRequested":
      return { status: "voiding" }
    case "PaymentVoided":
      return { status: "voided" }
    case "VoidDeclined":
      return { status: row.authorised === 0 ? "requested" : "capturing" }
    case "RefundRequested":
    case "PaymentBarred":
      return {}
  }
}

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The payments of an order. */
export const ofOrder = (orderId: OrderId) => Specification.eq(rows.field("orderId"), orderId)

/** The payments in a status. */
export const inStatus = (status: PaymentStatus) => Specification.eq(rows.field("status"), status)

/** The payment to which something has happened last comes first. */
export const latestFirst = [Sorting.descending(rows.field("lastActivityAt"))]
