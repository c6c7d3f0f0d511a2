/** Given/when for payments, with one of everything: a payment in every state, and a command of each kind. */
import { CardData, type GatewaySteps, Payment, PaymentCommands, PaymentIds } from "@eventfold/domain-payments"
import { type Money, OrderId } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, told } from "@eventfold/testing/DeciderScenario"

export const paymentId = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
export const orderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
export const otherOrderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
export const refundId = PaymentIds.RefundId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000007")
export const token = CardData.CardToken.make("tok_visa")
export const otherToken = CardData.CardToken.make("tok_mastercard")
export const reason = CardData.Reason.make("the order was cancelled")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")

export const eur = (amount: number): Money.Money => ({ amount, currency: "EUR" })
export const usd = (amount: number): Money.Money => ({ amount, currency: "USD" })
const common = { paymentId, occurredAt }

const asked = { ...common, orderId, money: eur(500), token }
export const authorise = PaymentCommands.AuthorisePayment.make(asked)
export const take = PaymentCommands.TakePayment.make(asked)
export const takeAgain = (attempt: number) => PaymentCommands.TakePayment.make({ ...asked, attempt })
export const capture = PaymentCommands.CapturePayment.make(common)
export const captureOf = (money: Money.Money) => PaymentCommands.CapturePayment.make({ ...common, money })
export const refund = PaymentCommands.RefundPayment.make({ ...common, reason })
export const refundPart = (money: Money.Money, id = refundId) =>
  PaymentCommands.RefundPart.make({ ...common, refundId: id, money, reason })
export const release = PaymentCommands.VoidPayment.make({ ...common, reason })
export const settle = PaymentCommands.SettlePayment.make(common)

export const authorised = {
  ...common,
  _tag: "Authorised",
  attempt: 1,
  authorisation: "ch_1"
} satisfies GatewaySteps.GatewayResult
export const declined = {
  ...common,
  _tag: "AuthoriseDeclined",
  attempt: 1,
  code: "insufficient-funds"
} satisfies GatewaySteps.GatewayResult
export const captured = { ...common, _tag: "Captured" } satisfies GatewaySteps.GatewayResult
export const captureDeclined = {
  ...common,
  _tag: "CaptureDeclined",
  code: "authorisation-expired"
} satisfies GatewaySteps.GatewayResult
export const voided = { ...common, _tag: "Voided" } satisfies GatewaySteps.GatewayResult
export const voidDeclined = {
  ...common,
  _tag: "VoidDeclined",
  code: "already-captured"
} satisfies GatewaySteps.GatewayResult
export const refunded = (fee = 0, id = refundId) =>
  ({ ...common, _tag: "Refunded", refundId: id, feeKept: eur(fee) }) satisfies GatewaySteps.GatewayResult
export const refundDeclined = (id = refundId) =>
  ({ ...common, _tag: "RefundDeclined", refundId: id, code: "other" }) satisfies GatewaySteps.GatewayResult

/** Payments after events, and after what was asked and answered. */
export const { after, given } = DeciderScenario.of(Payment.Payment)

/** A payment in every state. */
export const payments = {
  none: after(),
  barred: after(refund),
  requested: after(take),
  declined: after(take, declined),
  authorised: after(authorise, authorised),
  capturing: after(authorise, authorised, capture),
  captured: after(authorise, authorised, capture, captured),
  voiding: after(authorise, authorised, release),
  voided: after(authorise, authorised, release, voided)
}

/** One command of each kind, such that each can follow some state. */
export const commands = {
  authorise,
  take,
  capture,
  refund,
  refundPart: refundPart(eur(200)),
  release,
  settle
}
