/**
 * The state of a payment. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is a payment nobody has asked for, `barred` one that was given up before anybody did.
 *
 * Amounts are whole minor units of the currency of `money`. Always: 0 ≤ refunded ≤ captured ≤ authorised.
 */
import { Money, OrderId, WholeNumber } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CardToken, Reason } from "./CardData.ts"
import { DeclineCode } from "./DeclineCode.ts"
import { Attempt, Authorisation } from "./PaymentEvents.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"
import { PaymentStatus } from "./PaymentStatus.ts"

const amount = WholeNumber.between({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, of: "minor units" })

/** The schema of a refund as the payment knows it. */
export const Refund = Schema.Struct({
  refundId: RefundId,
  amount,
  status: Schema.Literals(["pending", "done", "declined"]),
  /** Why the gateway declined it. */
  code: Schema.optionalKey(DeclineCode)
})
/** A refund as the payment knows it. */
export interface Refund extends Schema.Schema.Type<typeof Refund> {}

/** The schema of a payment that was asked for. */
export const AskedPayment = Schema.Struct({
  status: PaymentStatus.pick(["requested", "declined", "authorised", "capturing", "captured", "voiding", "voided"]),
  paymentId: PaymentId,
  orderId: OrderId,
  /** What was asked for. */
  money: Money.PositiveMoney,
  token: CardToken,
  attempt: Attempt,
  /** Whether it is captured as soon as it is authorised. */
  capture: Schema.Boolean,
  /** Why it was given up, if it was: nobody can ask for it any more, and what turns out to be captured is given back. */
  barredFor: Schema.optionalKey(Reason),
  authorisation: Schema.optionalKey(Authorisation),
  authorised: amount,
  /** What the gateway was asked to capture. */
  capturing: amount,
  captured: amount,
  refunded: amount,
  /** What the gateway kept of what was given back. */
  feesKept: amount,
  refunds: Schema.Array(Refund),
  /** Why the attempt was declined. */
  code: Schema.optionalKey(DeclineCode)
})
/** A payment that was asked for. */
export interface AskedPayment extends Schema.Schema.Type<typeof AskedPayment> {}

/** The schema of the state of a payment; `status` tells the shapes apart. */
export const PaymentState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("barred"), paymentId: PaymentId }),
  AskedPayment
])
/** The state of a payment. */
export type PaymentState = typeof PaymentState.Type

/** What can still be given back: what was captured, less what was given back or is about to be. */
export const refundable = ({ captured, refunds }: Pick<AskedPayment, "captured" | "refunds">): number =>
  refunds.reduce((left, { amount, status }) => (status === "declined" ? left : left - amount), captured)
