/**
 * Why a payment refuses a command: one typed error per reason, each naming the payment and the facts that decide.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. That the gateway cannot be
 * reached is no refusal but a failure, `GatewayUnavailable`: the same command may be sent again.
 */
import { Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DeclineCode, reasonOf } from "./DeclineCode.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"
import { PaymentStatus } from "./PaymentStatus.ts"

const payment = { paymentId: PaymentId }

/** Nobody has asked for a payment with this identifier. */
export class PaymentNotFound extends Schema.TaggedError<PaymentNotFound>()("PaymentNotFound", payment) {
  override get message() {
    return `there is no payment ${this.paymentId}`
  }
}

/** The identifier belongs to a payment that differs from the one asked for in what `differs` names. */
export class PaymentDiffers extends Schema.TaggedError<PaymentDiffers>()("PaymentDiffers", {
  ...payment,
  differs: Schema.Literals(["order", "money", "token", "capture"])
}) {
  override get message() {
    return `payment ${this.paymentId} was asked for already, with another ${this.differs}`
  }
}

/** The gateway declines: no money was taken. `reason` says why, for people. */
export class PaymentDeclined extends Schema.TaggedError<PaymentDeclined>()("PaymentDeclined", {
  ...payment,
  code: DeclineCode
}) {
  /** The code in words. */
  get reason() {
    return reasonOf(this.code)
  }
  override get message() {
    return `payment ${this.paymentId} was declined: ${this.reason}`
  }
}

/** The payment was given up: nothing more can be taken with it. */
export class PaymentIsVoid extends Schema.TaggedError<PaymentIsVoid>()("PaymentIsVoid", payment) {
  override get message() {
    return `payment ${this.paymentId} was given up`
  }
}

/** Only what is authorised can be captured. */
export class PaymentNotAuthorised extends Schema.TaggedError<PaymentNotAuthorised>()("PaymentNotAuthorised", {
  ...payment,
  status: PaymentStatus
}) {
  override get message() {
    return `payment ${this.paymentId} is ${this.status}: only what is authorised can be captured`
  }
}

/** It was captured already, and `captured` is how much: it cannot be captured again, nor voided. */
export class PaymentAlreadyCaptured extends Schema.TaggedError<PaymentAlreadyCaptured>()("PaymentAlreadyCaptured", {
  ...payment,
  captured: Money.NonNegativeMoney
}) {
  override get message() {
    return `payment ${this.paymentId} was captured already: ${Money.format(this.captured)}`
  }
}

/** Only what was captured can be refunded. */
export class PaymentNotCaptured extends Schema.TaggedError<PaymentNotCaptured>()("PaymentNotCaptured", {
  ...payment,
  status: PaymentStatus
}) {
  override get message() {
    return `payment ${this.paymentId} is ${this.status}: only what was captured can be refunded`
  }
}

/** More was asked for than there is: `most` is what can be captured, or refunded. */
export class AmountTooLarge extends Schema.TaggedError<AmountTooLarge>()("AmountTooLarge", {
  ...payment,
  most: Money.NonNegativeMoney,
  requested: Money.PositiveMoney
}) {
  override get message() {
    const { most, paymentId, requested } = this
    return `payment ${paymentId}: ${Money.format(requested)} were requested, there are ${Money.format(most)}`
  }
}

/** A refund with this identifier was asked for already, of another amount. */
export class RefundDiffers extends Schema.TaggedError<RefundDiffers>()("RefundDiffers", {
  ...payment,
  refundId: RefundId,
  amount: Money.NonNegativeMoney
}) {
  override get message() {
    return `refund ${this.refundId} of payment ${this.paymentId} was asked for already, of ${Money.format(this.amount)}`
  }
}

/** The identifier is kept for the refund that gives the whole payment up. */
export class RefundIdReserved extends Schema.TaggedError<RefundIdReserved>()("RefundIdReserved", {
  ...payment,
  refundId: RefundId
}) {
  override get message() {
    return `refund ${this.refundId} is the one that gives payment ${this.paymentId} up: name a part of it otherwise`
  }
}

/** The gateway does not give the money back. */
export class RefundRefused extends Schema.TaggedError<RefundRefused>()("RefundRefused", {
  ...payment,
  refundId: RefundId,
  code: DeclineCode
}) {
  override get message() {
    return `refund ${this.refundId} of payment ${this.paymentId} was declined: ${reasonOf(this.code)}`
  }
}

/** A payment is given back in at most {@link mostRefunds} parts. */
export class TooManyRefunds extends Schema.TaggedError<TooManyRefunds>()("TooManyRefunds", payment) {
  override get message() {
    return `payment ${this.paymentId} has ${mostRefunds} refunds: no payment has more`
  }
}

/** How many refunds of one payment there can be. */
export const mostRefunds = 100

/** The schema of every refusal of a payment. */
export const PaymentRefusal = Schema.Union([
  PaymentNotFound,
  PaymentDiffers,
  PaymentDeclined,
  PaymentIsVoid,
  PaymentNotAuthorised,
  PaymentAlreadyCaptured,
  PaymentNotCaptured,
  AmountTooLarge,
  RefundDiffers,
  RefundIdReserved,
  RefundRefused,
  TooManyRefunds
])
/** Why a payment refuses a command. */
export type PaymentRefusal = typeof PaymentRefusal.Type
