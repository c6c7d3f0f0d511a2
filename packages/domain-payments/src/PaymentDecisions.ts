/**
 * What a payment decides, one function per thing that is asked of it. Each answers the events, none when it is already so,
 * or why it is refused.
 */
import type { Money } from "@eventfold/shared-kernel"
import { Result } from "effect"
import type * as Commands from "./PaymentCommands.ts"
import * as Refused from "./PaymentErrors.ts"
import type { PaymentEvent } from "./PaymentEvents.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"
import { type AskedPayment, type PaymentState, refundable } from "./PaymentState.ts"

/** Events, none when it is already so; or why it is refused. */
export type Decision = Result.Result<ReadonlyArray<PaymentEvent>, Refused.PaymentRefusal>

/** These events. */
export const record = (...events: ReadonlyArray<PaymentEvent>): Decision => Result.succeed(events)
/** It is already so. */
export const nothing = record()
const refuse = (refusal: Refused.PaymentRefusal): Decision => Result.fail(refusal)

const notFound = ({ paymentId }: { readonly paymentId: PaymentId }) =>
  refuse(new Refused.PaymentNotFound({ paymentId }))
const isVoid = ({ paymentId }: { readonly paymentId: PaymentId }) => refuse(new Refused.PaymentIsVoid({ paymentId }))
const declined = ({ code = "other", paymentId }: AskedPayment) =>
  refuse(new Refused.PaymentDeclined({ paymentId, code }))
const alreadyCaptured = ({ captured, capturing, money, paymentId }: AskedPayment) =>
  refuse(
    new Refused.PaymentAlreadyCaptured({
      paymentId,
      captured: { amount: captured > 0 ? captured : capturing, currency: money.currency }
    })
  )

/** Somebody asks for the payment. */
export const ask = (command: Commands.AuthorisePayment | Commands.TakePayment, payment: PaymentState): Decision => {
  const { attempt = 1, money, occurredAt, orderId, paymentId, token } = command
  const capture = command._tag === "TakePayment"
  const requested: PaymentEvent = {
    _tag: "PaymentRequested",
    paymentId,
    orderId,
    money,
    token,
    attempt,
    capture,
    occurredAt
  }
  if (payment.status === "none") return record(requested)
  if (payment.status === "barred" || payment.barredFor !== undefined) return isVoid(command)
  const differs = differenceOf(command, attempt, capture, payment)
  if (differs !== undefined) return refuse(new Refused.PaymentDiffers({ paymentId, differs }))
  switch (payment.status) {
    case "voiding":
    case "voided":
      return isVoid(command)
    case "declined":
      return attempt > payment.attempt ? record(requested) : declined(payment)
    default:
      return nothing
  }
}

const differenceOf = (
  { money, orderId, token }: Commands.AuthorisePayment | Commands.TakePayment,
  attempt: number,
  capture: boolean,
  payment: AskedPayment
) => {
  if (orderId !== payment.orderId) return "order"
  if (money.amount !== payment.money.amount || money.currency !== payment.money.currency) return "money"
  if (capture !== payment.capture) return "capture"
  return attempt === payment.attempt && token !== payment.token ? "token" : undefined
}

/** What is authorised is to be captured. */
export const capture = (command: Commands.CapturePayment, payment: PaymentState): Decision => {
  const { occurredAt, paymentId } = command
  if (payment.status === "none" || payment.status === "barred") return notFound(command)
  const { authorised, captured, capturing, status } = payment
  const { currency } = payment.money
  const requested = command.money ?? { amount: status === "authorised" ? authorised : capturing, currency }
  switch (status) {
    case "requested":
      return refuse(new Refused.PaymentNotAuthorised({ paymentId, status }))
    case "declined":
      return declined(payment)
    case "voiding":
    case "voided":
      return isVoid(command)
    case "authorised": {
      const most = { amount: authorised, currency }
      return requested.currency === currency && requested.amount <= authorised
        ? record({ _tag: "CaptureRequested", paymentId, money: requested, occurredAt })
        : refuse(new Refused.AmountTooLarge({ paymentId, most, requested }))
    }
    case "capturing":
    case "captured": {
      const same = requested.amount === (status === "captured" ? captured : capturing)
      return same && requested.currency === currency ? nothing : alreadyCaptured(payment)
    }
  }
}

/** A part of what was captured is to be given back. */
export const refundPart = (command: Commands.RefundPart, payment: PaymentState): Decision => {
  const { money, occurredAt, paymentId, reason, refundId } = command
  if (payment.status === "none" || payment.status === "barred") return notFound(command)
  if (refundId === wholeRefundId(paymentId)) return refuse(new Refused.RefundIdReserved({ paymentId, refundId }))
  const { status } = payment
  if (status === "voiding" || status === "voided") return isVoid(command)
  if (status !== "captured") return refuse(new Refused.PaymentNotCaptured({ paymentId, status }))
  const { currency } = payment.money
  const known = payment.refunds.find((refund) => refund.refundId === refundId)
  if (known !== undefined) {
    const { amount, code = "other" } = known
    if (amount !== money.amount || currency !== money.currency) {
      return refuse(new Refused.RefundDiffers({ paymentId, refundId, amount: { amount, currency } }))
    }
    return known.status === "declined" ? refuse(new Refused.RefundRefused({ paymentId, refundId, code })) : nothing
  }
  const most = { amount: refundable(payment), currency }
  if (money.currency !== currency || money.amount > most.amount) {
    return refuse(new Refused.AmountTooLarge({ paymentId, most, requested: money }))
  }
  // The last place is kept for what gives the payment up.
  if (payment.refunds.length >= Refused.mostRefunds - 1) return refuse(new Refused.TooManyRefunds({ paymentId }))
  return record({ _tag: "RefundRequested", paymentId, refundId, money, reason, occurredAt })
}

/** The refund of all that is left, when a payment is given up: there is one at most, so it needs no identifier of its own. */
export const wholeRefundId = (paymentId: PaymentId): RefundId => RefundId.fromUuid(PaymentId.uuidOf(paymentId))

/** The refund of all that is left, if there is anything left. */
export const refundOfRest = (
  payment: AskedPayment,
  { occurredAt, reason }: Pick<Commands.RefundPayment, "reason" | "occurredAt">
): ReadonlyArray<PaymentEvent> => {
  const { money, paymentId } = payment
  const amount = refundable(payment)
  if (amount === 0) return []
  const refundId = wholeRefundId(paymentId)
  const rest: Money.PositiveMoney = { amount, currency: money.currency }
  return [{ _tag: "RefundRequested", paymentId, refundId, money: rest, reason, occurredAt }]
}

/** The payment is given up, whatever has become of it. */
export const giveUp = (command: Commands.RefundPayment, payment: PaymentState): Decision => {
  const { occurredAt, paymentId, reason } = command
  const barred: PaymentEvent = { _tag: "PaymentBarred", paymentId, reason, occurredAt }
  if (payment.status === "none") return record(barred)
  if (payment.status === "barred") return nothing
  if (payment.barredFor !== undefined) {
    const whole = payment.refunds.find(({ refundId }) => refundId === wholeRefundId(paymentId))
    // What the gateway did not give back may have been given back in parts since.
    return whole?.status === "declined" && refundable(payment) > 0
      ? refuse(new Refused.RefundRefused({ paymentId, refundId: whole.refundId, code: whole.code ?? "other" }))
      : nothing
  }
  switch (payment.status) {
    case "requested":
    case "authorised":
    case "capturing":
      return record(barred, { _tag: "VoidRequested", paymentId, reason, occurredAt })
    case "captured":
      return record(barred, ...refundOfRest(payment, command))
    default:
      return record(barred)
  }
}

/** What is authorised is to be released. */
export const release = (command: Commands.VoidPayment, payment: PaymentState): Decision => {
  const { occurredAt, paymentId, reason } = command
  switch (payment.status) {
    case "none":
      return notFound(command)
    case "requested":
    case "authorised":
      return record({ _tag: "VoidRequested", paymentId, reason, occurredAt })
    case "capturing":
    case "captured":
      return alreadyCaptured(payment)
    default:
      return nothing
  }
}

/** What was broken off is to be brought to its end. */
export const settle = (command: Commands.SettlePayment, payment: PaymentState): Decision =>
  payment.status === "none" ? notFound(command) : nothing
