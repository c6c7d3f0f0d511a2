/**
 * What happens to a payment. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * Whatever is asked of the gateway is recorded before the gateway is asked (…Requested), and its answer after. So nothing
 * that can cost money happens without a trace. Every event carries `paymentId` and `occurredAt`.
 */
import { DomainEvent } from "@eventfold/decider"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CardToken, Reason } from "./CardData.ts"
import { DeclineCode } from "./DeclineCode.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"

const payment = { paymentId: PaymentId }
const ofOrder = { ...payment, orderId: OrderId }

/** The number of an attempt to authorise a payment, from 1. */
export const Attempt = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 99 }))

/** The gateway's own identifier of what it authorised. */
export const Authorisation = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,100}$/u))

/** The money is to be authorised, and with `capture` captured as soon as it is. */
export const PaymentRequested = DomainEvent.make("PaymentRequested", {
  ...ofOrder,
  money: Money.PositiveMoney,
  token: CardToken,
  attempt: Attempt,
  capture: Schema.Boolean
})
/** The money is to be authorised, and with `capture` captured as soon as it is. */
export interface PaymentRequested extends Schema.Schema.Type<typeof PaymentRequested> {}

/** The gateway holds the money for us. */
export const PaymentAuthorised = DomainEvent.make("PaymentAuthorised", {
  ...ofOrder,
  money: Money.PositiveMoney,
  authorisation: Authorisation
})
/** The gateway holds the money for us. */
export interface PaymentAuthorised extends Schema.Schema.Type<typeof PaymentAuthorised> {}

/** The gateway does not authorise the money: this attempt is over. */
export const CardDeclined = DomainEvent.make("CardDeclined", { ...ofOrder, attempt: Attempt, code: DeclineCode })
/** The gateway does not authorise the money: this attempt is over. */
export interface CardDeclined extends Schema.Schema.Type<typeof CardDeclined> {}

/** So much of what is authorised is to be captured; the rest is released. */
export const CaptureRequested = DomainEvent.make("CaptureRequested", { ...payment, money: Money.PositiveMoney })
/** So much of what is authorised is to be captured; the rest is released. */
export interface CaptureRequested extends Schema.Schema.Type<typeof CaptureRequested> {}

/** The money is ours. */
export const PaymentCaptured = DomainEvent.make("PaymentCaptured", { ...ofOrder, money: Money.PositiveMoney })
/** The money is ours. */
export interface PaymentCaptured extends Schema.Schema.Type<typeof PaymentCaptured> {}

/** The gateway does not hand over what it had authorised, and holds it no longer: this attempt is over. */
export const CaptureDeclined = DomainEvent.make("CaptureDeclined", { ...ofOrder, code: DeclineCode })
/** The gateway does not hand over what it had authorised, and holds it no longer: this attempt is over. */
export interface CaptureDeclined extends Schema.Schema.Type<typeof CaptureDeclined> {}

/** So much of what was captured is to be given back. */
export const RefundRequested = DomainEvent.make("RefundRequested", {
  ...payment,
  refundId: RefundId,
  money: Money.PositiveMoney,
  reason: Reason
})
/** So much of what was captured is to be given back. */
export interface RefundRequested extends Schema.Schema.Type<typeof RefundRequested> {}

/** The money was given back. */
export const PaymentRefunded = DomainEvent.make("PaymentRefunded", {
  ...ofOrder,
  refundId: RefundId,
  money: Money.PositiveMoney
})
/** The money was given back. */
export interface PaymentRefunded extends Schema.Schema.Type<typeof PaymentRefunded> {}

/** A discrepancy: the gateway keeps its fee for money that was given back in full, so this much is missing in our books. */
export const FeeNotReturned = DomainEvent.make("FeeNotReturned", {
  ...ofOrder,
  refundId: RefundId,
  fee: Money.PositiveMoney
})
/** A discrepancy: the gateway keeps its fee for money that was given back in full, so this much is missing in our books. */
export interface FeeNotReturned extends Schema.Schema.Type<typeof FeeNotReturned> {}

/** The gateway does not give the money back: somebody has to look after it. */
export const RefundDeclined = DomainEvent.make("RefundDeclined", {
  ...ofOrder,
  refundId: RefundId,
  money: Money.PositiveMoney,
  code: DeclineCode
})
/** The gateway does not give the money back: somebody has to look after it. */
export interface RefundDeclined extends Schema.Schema.Type<typeof RefundDeclined> {}

/** What is authorised, or may be, is to be released. */
export const VoidRequested = DomainEvent.make("VoidRequested", { ...payment, reason: Reason })
/** What is authorised, or may be, is to be released. */
export interface VoidRequested extends Schema.Schema.Type<typeof VoidRequested> {}

/** The gateway holds nothing, and will not authorise anything more for this payment. */
export const PaymentVoided = DomainEvent.make("PaymentVoided", ofOrder)
/** The gateway holds nothing, and will not authorise anything more for this payment. */
export interface PaymentVoided extends Schema.Schema.Type<typeof PaymentVoided> {}

/** The gateway cannot release the money, because it has been captured. */
export const VoidDeclined = DomainEvent.make("VoidDeclined", { ...payment, code: DeclineCode })
/** The gateway cannot release the money, because it has been captured. */
export interface VoidDeclined extends Schema.Schema.Type<typeof VoidDeclined> {}

/** The payment was given up: whoever asks for it from now on, however late, is refused. */
export const PaymentBarred = DomainEvent.make("PaymentBarred", { ...payment, reason: Reason })
/** The payment was given up: whoever asks for it from now on, however late, is refused. */
export interface PaymentBarred extends Schema.Schema.Type<typeof PaymentBarred> {}

/** The schema of everything that happens to a payment. */
export const PaymentEvent = Schema.Union([
  PaymentRequested,
  PaymentAuthorised,
  CardDeclined,
  CaptureRequested,
  PaymentCaptured,
  CaptureDeclined,
  RefundRequested,
  PaymentRefunded,
  FeeNotReturned,
  RefundDeclined,
  VoidRequested,
  PaymentVoided,
  VoidDeclined,
  PaymentBarred
])
/** Something that happened to a payment. */
export type PaymentEvent = typeof PaymentEvent.Type
