/**
 * What a payment makes of the gateway's answers. An answer it does not wait for (any more) changes nothing: it has been
 * taken note of already, or the payment has gone another way since.
 */
import type { GatewayResult } from "./GatewaySteps.ts"
import { type Decision, nothing, record, refundOfRest } from "./PaymentDecisions.ts"
import type { PaymentEvent } from "./PaymentEvents.ts"
import type { AskedPayment, PaymentState } from "./PaymentState.ts"

/** Takes note of an answer of the gateway. */
export const note = (result: GatewayResult, payment: PaymentState): Decision => {
  if (payment.status === "none" || payment.status === "barred") return nothing
  const { occurredAt } = result
  const { orderId, paymentId } = payment
  switch (result._tag) {
    case "Authorised":
      return payment.status === "requested" && payment.attempt === result.attempt
        ? record(...authorised(payment, result))
        : nothing
    case "AuthoriseDeclined": {
      const { attempt, code } = result
      return payment.status === "requested" && payment.attempt === attempt
        ? record({ _tag: "CardDeclined", paymentId, orderId, attempt, code, occurredAt })
        : nothing
    }
    case "Captured":
      // Somebody who gives the payment up at the same moment may be before us: then what was captured goes back.
      return payment.status === "capturing" || (payment.status === "voiding" && payment.capturing > 0)
        ? record(...captured(payment, result))
        : nothing
    case "CaptureDeclined":
      return payment.status === "capturing"
        ? record({ _tag: "CaptureDeclined", paymentId, orderId, code: result.code, occurredAt })
        : nothing
    case "Voided":
      return payment.status === "voiding" ? record({ _tag: "PaymentVoided", paymentId, orderId, occurredAt }) : nothing
    case "VoidDeclined":
      return payment.status === "voiding"
        ? record({ _tag: "VoidDeclined", paymentId, code: result.code, occurredAt })
        : nothing
    case "Refunded":
    case "RefundDeclined":
      return refunded(payment, result)
  }
}

type Result<Tag extends GatewayResult["_tag"]> = Extract<GatewayResult, { readonly _tag: Tag }>

/** A payment that was given up can be authorised only if its gateway says that it was captured: then it goes that way. */
const authorised = (
  { barredFor, capture, money, orderId, paymentId }: AskedPayment,
  { authorisation, occurredAt }: Result<"Authorised">
): ReadonlyArray<PaymentEvent> => [
  { _tag: "PaymentAuthorised", paymentId, orderId, money, authorisation, occurredAt },
  ...(capture || barredFor !== undefined ? [{ _tag: "CaptureRequested", paymentId, money, occurredAt } as const] : [])
]

const captured = (payment: AskedPayment, { occurredAt }: Result<"Captured">): ReadonlyArray<PaymentEvent> => {
  const { barredFor: reason, capturing, orderId, paymentId } = payment
  const money = { amount: capturing, currency: payment.money.currency }
  const rest = reason === undefined ? [] : refundOfRest({ ...payment, captured: capturing }, { occurredAt, reason })
  return [{ _tag: "PaymentCaptured", paymentId, orderId, money, occurredAt }, ...rest]
}

const refunded = (payment: AskedPayment, result: Result<"Refunded" | "RefundDeclined">): Decision => {
  const { orderId, paymentId } = payment
  const { occurredAt, refundId } = result
  const pending = payment.refunds.find((refund) => refund.refundId === refundId && refund.status === "pending")
  if (pending === undefined) return nothing
  const money = { amount: pending.amount, currency: payment.money.currency }
  if (result._tag === "RefundDeclined") {
    return record({ _tag: "RefundDeclined", paymentId, orderId, refundId, money, code: result.code, occurredAt })
  }
  const fee = { amount: result.feeKept.amount, currency: payment.money.currency }
  return record(
    { _tag: "PaymentRefunded", paymentId, orderId, refundId, money, occurredAt },
    ...(fee.amount > 0 ? [{ _tag: "FeeNotReturned", paymentId, orderId, refundId, fee, occurredAt } as const] : [])
  )
}
