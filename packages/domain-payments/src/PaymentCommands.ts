/**
 * What can be asked of a payment. Each command is a schema of its payload (`TakePayment`) and a message with a typed answer
 * and typed refusals (`takePayment`), for a bus to carry.
 *
 * Each may be repeated: what is already so is not done again, and what was broken off is brought to its end. All carry
 * `paymentId` and `occurredAt`, the business time of what they ask for.
 */
import { Message } from "@eventfold/decider"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CardToken, Reason } from "./CardData.ts"
import { PaymentRefusal } from "./PaymentErrors.ts"
import { Attempt } from "./PaymentEvents.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"
import { PaymentStatus } from "./PaymentStatus.ts"

/** The schema of what every command on a payment answers: where the payment stands now. */
export const PaymentAnswer = Schema.Struct({
  paymentId: PaymentId,
  status: PaymentStatus,
  /** The version of the payment's stream: how many events it has. */
  version: Schema.Int,
  /** Absent when nobody has asked for the payment before it was given up; the amounts are, too. */
  orderId: Schema.optionalKey(OrderId),
  /** What was asked for. */
  money: Schema.optionalKey(Money.PositiveMoney),
  authorised: Schema.optionalKey(Money.NonNegativeMoney),
  captured: Schema.optionalKey(Money.NonNegativeMoney),
  refunded: Schema.optionalKey(Money.NonNegativeMoney),
  /** What the gateway kept of what was given back: a discrepancy. */
  feesKept: Schema.optionalKey(Money.NonNegativeMoney)
}).annotate({ identifier: "PaymentAnswer" })
/** What every command on a payment answers: where the payment stands now. */
export interface PaymentAnswer extends Schema.Schema.Type<typeof PaymentAnswer> {}

const payments = { context: "payments", answer: PaymentAnswer, refusal: PaymentRefusal } as const
const common = { paymentId: PaymentId, occurredAt: Schema.DateTimeUtc }
const asked = {
  ...common,
  orderId: OrderId,
  money: Money.PositiveMoney,
  token: CardToken,
  /** Of which attempt this is, 1 when left out: after a decline the next one may go better, or with another card. */
  attempt: Schema.optionalKey(Attempt)
}

/** Has money held on a card, to be captured later. */
export const AuthorisePayment = Schema.TaggedStruct("AuthorisePayment", asked)
/** Has money held on a card, to be captured later. */
export interface AuthorisePayment extends Schema.Schema.Type<typeof AuthorisePayment> {}
/** The message that carries {@link AuthorisePayment}. */
export const authorisePayment = Message.command({ ...payments, payload: AuthorisePayment })

/** Takes money from a card: authorises and captures it. */
export const TakePayment = Schema.TaggedStruct("TakePayment", asked)
/** Takes money from a card: authorises and captures it. */
export interface TakePayment extends Schema.Schema.Type<typeof TakePayment> {}
/** The message that carries {@link TakePayment}. */
export const takePayment = Message.command({ ...payments, payload: TakePayment })

/** Captures what is authorised: all of it, or so much, and then the rest is released. */
export const CapturePayment = Schema.TaggedStruct("CapturePayment", {
  ...common,
  money: Schema.optionalKey(Money.PositiveMoney)
})
/** Captures what is authorised: all of it, or so much, and then the rest is released. */
export interface CapturePayment extends Schema.Schema.Type<typeof CapturePayment> {}
/** The message that carries {@link CapturePayment}. */
export const capturePayment = Message.command({ ...payments, payload: CapturePayment })

/**
 * Gives a payment up, whatever has become of it: releases what is held, gives back what was captured, and bars whoever asks
 * for it later. Harmless for a payment that never was.
 */
export const RefundPayment = Schema.TaggedStruct("RefundPayment", { ...common, reason: Reason })
/** Gives a payment up, whatever has become of it: see the schema. */
export interface RefundPayment extends Schema.Schema.Type<typeof RefundPayment> {}
/** The message that carries {@link RefundPayment}. */
export const refundPayment = Message.command({ ...payments, payload: RefundPayment })

/** Gives back a part of what was captured. Its `refundId` makes a repetition harmless. */
export const RefundPart = Schema.TaggedStruct("RefundPart", {
  ...common,
  refundId: RefundId,
  money: Money.PositiveMoney,
  reason: Reason
})
/** Gives back a part of what was captured. Its `refundId` makes a repetition harmless. */
export interface RefundPart extends Schema.Schema.Type<typeof RefundPart> {}
/** The message that carries {@link RefundPart}. */
export const refundPart = Message.command({ ...payments, payload: RefundPart })

/** Releases what is authorised. Refused once it is captured. */
export const VoidPayment = Schema.TaggedStruct("VoidPayment", { ...common, reason: Reason })
/** Releases what is authorised. Refused once it is captured. */
export interface VoidPayment extends Schema.Schema.Type<typeof VoidPayment> {}
/** The message that carries {@link VoidPayment}. */
export const voidPayment = Message.command({ ...payments, payload: VoidPayment })

/** Brings what was broken off to its end, by asking the gateway again under the same keys. */
export const SettlePayment = Schema.TaggedStruct("SettlePayment", common)
/** Brings what was broken off to its end, by asking the gateway again under the same keys. */
export interface SettlePayment extends Schema.Schema.Type<typeof SettlePayment> {}
/** The message that carries {@link SettlePayment}. */
export const settlePayment = Message.command({ ...payments, payload: SettlePayment })

/** The schema of everything that can be asked of a payment. */
export const PaymentCommand = Schema.Union([
  AuthorisePayment,
  TakePayment,
  CapturePayment,
  RefundPayment,
  RefundPart,
  VoidPayment,
  SettlePayment
])
/** Something that can be asked of a payment. */
export type PaymentCommand = typeof PaymentCommand.Type
