/**
 * The bodies of the commands on payments as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request. No body takes a card, only its token.
 */
import { CardData, PaymentCommands, PaymentIds } from "@eventfold/domain-payments"
import { Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { occurredAt } from "./PointInTime.ts"

const { attempt, money, orderId, token } = PaymentCommands.TakePayment.fields

/** Asks for money. */
export const RequestPayment = Schema.Struct({
  /** That of the order, when left out. */
  paymentId: Schema.optionalKey(PaymentIds.PaymentId),
  orderId,
  money,
  token,
  attempt,
  /** Whether to capture it at once, which is so when it is left out; otherwise it is only held. */
  capture: Schema.optionalKey(Schema.Boolean),
  ...occurredAt
}).annotate({ identifier: "RequestPayment" })

/** Asks for what is held to be captured. */
export const CapturePayment = Schema.Struct({
  /** All that is held, when left out. */
  money: Schema.optionalKey(Money.PositiveMoney),
  ...occurredAt
}).annotate({ identifier: "CapturePayment" })

/** Asks for money to be given back. */
export const RefundPayment = Schema.Struct({
  /** All of it, when left out: then the payment is given up, and what is only held is released. */
  money: Schema.optionalKey(Money.PositiveMoney),
  reason: CardData.Reason,
  ...occurredAt
}).annotate({ identifier: "RefundPayment" })

/** Asks for what is held to be released. */
export const VoidPayment = Schema.Struct({ reason: CardData.Reason, ...occurredAt }).annotate({
  identifier: "VoidPayment"
})

/** Asks for what was broken off to be brought to its end. */
export const SettlePayment = Schema.Struct(occurredAt).annotate({ identifier: "SettlePayment" })
