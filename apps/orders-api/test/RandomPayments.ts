/** What could be asked of a payment, or answered by its gateway, at random: mostly what the payment waits for. */
import { CardData, GatewaySteps, PaymentCommands, PaymentIds, type PaymentState } from "@eventfold/domain-payments"
import { OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Effect, Option, Random } from "effect"

const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)

const reason = CardData.Reason.make("the order was cancelled")
const token = CardData.CardToken.make("tok_visa")

type Kind = "take" | "authorise" | "capture" | "refund" | "part" | "void"

const usual: Record<PaymentState.PaymentState["status"], readonly [Kind, ...ReadonlyArray<Kind>]> = {
  none: ["take", "take", "authorise"],
  barred: ["take"],
  requested: ["void"],
  declined: ["take"],
  authorised: ["capture", "capture", "void"],
  capturing: ["refund"],
  captured: ["part", "part", "refund"],
  voiding: ["refund"],
  voided: ["take"]
}

const answerTo = (
  step: GatewaySteps.GatewayStep,
  approves: boolean,
  occurredAt: DateTime.Utc
): GatewaySteps.GatewayResult => {
  const common = { paymentId: step.paymentId, occurredAt }
  switch (step._tag) {
    case "Authorise":
      return approves
        ? { ...common, _tag: "Authorised", attempt: step.attempt, authorisation: `ch_${step.attempt}` }
        : { ...common, _tag: "AuthoriseDeclined", attempt: step.attempt, code: "insufficient-funds" }
    case "Capture":
      return approves ? { ...common, _tag: "Captured" } : { ...common, _tag: "CaptureDeclined", code: "other" }
    case "Void":
      return approves ? { ...common, _tag: "Voided" } : { ...common, _tag: "VoidDeclined", code: "already-captured" }
    case "Refund": {
      const feeKept = { amount: step.money.amount % 2, currency: step.money.currency }
      return approves
        ? { ...common, _tag: "Refunded", refundId: step.refundId, feeKept }
        : { ...common, _tag: "RefundDeclined", refundId: step.refundId, code: "other" }
    }
  }
}

/** What could be asked of the payment of an order, or answered to it; it may be refused. */
export const paymentStep = Effect.fnUntraced(function* (
  uuid: string,
  payment: PaymentState.PaymentState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<PaymentCommands.PaymentCommand | GatewaySteps.GatewayResult> {
  const step = GatewaySteps.next(payment)
  if (Option.isSome(step) && (yield* Random.next) < 0.8) {
    return answerTo(step.value, (yield* Random.next) < 0.7, occurredAt)
  }
  const orderId = OrderId.fromUuid(uuid)
  const common = { paymentId: PaymentIds.ofOrder(orderId), occurredAt }
  const attempt = payment.status === "declined" ? payment.attempt + 1 : 1
  const asked = { ...common, orderId, money: { amount: 333, currency: "EUR" } as const, token, attempt }
  switch (yield* oneOf(...usual[payment.status])) {
    case "take":
      return PaymentCommands.TakePayment.make(asked)
    case "authorise":
      return PaymentCommands.AuthorisePayment.make(asked)
    case "capture":
      return PaymentCommands.CapturePayment.make(common)
    case "void":
      return PaymentCommands.VoidPayment.make({ ...common, reason })
    case "refund":
      return PaymentCommands.RefundPayment.make({ ...common, reason })
    case "part": {
      const refundId = PaymentIds.RefundId.fromUuid(uuid.replace(/.$/u, yield* oneOf("a", "b", "c")))
      const money = { amount: yield* oneOf(1, 100), currency: "EUR" } as const
      return PaymentCommands.RefundPart.make({ ...common, refundId, money, reason })
    }
  }
})
