/**
 * A payment, as a decider: asked for, authorised, captured, refunded or voided; never more refunded than captured, never
 * more captured than authorised.
 *
 * It records what is to be asked of the gateway before the gateway is asked, and the gateway's answer after: see
 * `GatewaySteps.next`. Between the two it may be broken off anywhere. Whoever asks again goes on where it was, under the same
 * key, so money is taken once.
 */
import { Decider } from "@eventfold/decider"
import { Result } from "effect"
import type { GatewayResult } from "./GatewaySteps.ts"
import type { PaymentAnswer, PaymentCommand } from "./PaymentCommands.ts"
import * as Decisions from "./PaymentDecisions.ts"
import type { PaymentRefusal } from "./PaymentErrors.ts"
import { PaymentEvent } from "./PaymentEvents.ts"
import type { RefundId } from "./PaymentIds.ts"
import { note } from "./PaymentNotes.ts"
import { type AskedPayment, PaymentState, type Refund } from "./PaymentState.ts"

/** No payment yet. */
export const initial: PaymentState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (payment: PaymentState, event: PaymentEvent): PaymentState => {
  if (event._tag === "PaymentRequested") return requested(payment, event)
  if (payment.status === "none" || payment.status === "barred") {
    return event._tag === "PaymentBarred" ? { status: "barred", paymentId: event.paymentId } : payment
  }
  switch (event._tag) {
    case "PaymentAuthorised":
      return payment.status === "requested"
        ? { ...payment, status: "authorised", authorised: event.money.amount, authorisation: event.authorisation }
        : payment
    case "CardDeclined":
      return payment.status === "requested" ? { ...payment, status: "declined", code: event.code } : payment
    case "CaptureRequested":
      return payment.status === "authorised"
        ? { ...payment, status: "capturing", capturing: Math.min(event.money.amount, payment.authorised) }
        : payment
    case "PaymentCaptured":
      return payment.status === "capturing" || payment.status === "voiding"
        ? { ...payment, status: "captured", captured: payment.capturing }
        : payment
    case "CaptureDeclined":
      return payment.status === "capturing"
        ? { ...payment, status: "declined", authorised: 0, capturing: 0, code: event.code }
        : payment
    case "RefundRequested":
      return refundRequested(payment, event.refundId, event.money.amount)
    case "PaymentRefunded":
      return refundEnded(payment, event.refundId, "done")
    case "RefundDeclined":
      return refundEnded(payment, event.refundId, "declined", event.code)
    case "FeeNotReturned":
      return { ...payment, feesKept: payment.feesKept + event.fee.amount }
    case "VoidRequested":
      return canBeVoided.has(payment.status) ? { ...payment, status: "voiding" } : payment
    case "PaymentVoided":
      return payment.status === "voiding" ? { ...payment, status: "voided", capturing: 0 } : payment
    case "VoidDeclined":
      return payment.status === "voiding" ? { ...payment, ...beforeVoid(payment) } : payment
    case "PaymentBarred":
      return { ...payment, barredFor: event.reason }
  }
}

const canBeVoided: ReadonlySet<AskedPayment["status"]> = new Set(["requested", "authorised", "capturing"])

const requested = (
  payment: PaymentState,
  { _tag, occurredAt: _, ...asked }: Extract<PaymentEvent, { readonly _tag: "PaymentRequested" }>
): PaymentState =>
  payment.status === "none" || payment.status === "declined"
    ? {
        status: "requested",
        ...asked,
        authorised: 0,
        capturing: 0,
        captured: 0,
        refunded: 0,
        feesKept: 0,
        refunds: []
      }
    : payment

/** That it cannot be voided says that it was captured: so much as was asked for, or all of it. */
const beforeVoid = ({ authorised, capturing }: AskedPayment): Pick<AskedPayment, "status" | "capturing"> =>
  authorised === 0
    ? { status: "requested", capturing }
    : { status: "capturing", capturing: capturing === 0 ? authorised : capturing }

const refundRequested = (payment: AskedPayment, refundId: RefundId, amount: number): AskedPayment =>
  payment.status === "captured" && !payment.refunds.some((refund) => refund.refundId === refundId)
    ? { ...payment, refunds: [...payment.refunds, { refundId, amount, status: "pending" }] }
    : payment

const refundEnded = (
  payment: AskedPayment,
  refundId: RefundId,
  status: "done" | "declined",
  code?: NonNullable<Refund["code"]>
): AskedPayment => {
  const pending = payment.refunds.find((refund) => refund.refundId === refundId && refund.status === "pending")
  if (pending === undefined) return payment
  const ended: Refund = { ...pending, status, ...(code === undefined ? {} : { code }) }
  return {
    ...payment,
    refunded: status === "done" ? payment.refunded + pending.amount : payment.refunded,
    refunds: payment.refunds.map((refund) => (refund === pending ? ended : refund))
  }
}

/** The events a command or an answer of the gateway causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: PaymentCommand | GatewayResult, payment: PaymentState): Decisions.Decision => {
  switch (command._tag) {
    case "AuthorisePayment":
    case "TakePayment":
      return Decisions.ask(command, payment)
    case "CapturePayment":
      return Decisions.capture(command, payment)
    case "RefundPayment":
      return Decisions.giveUp(command, payment)
    case "RefundPart":
      return Decisions.refundPart(command, payment)
    case "VoidPayment":
      return Decisions.release(command, payment)
    case "SettlePayment":
      return Decisions.settle(command, payment)
    default:
      return note(command, payment)
  }
}

/** A payment as a decider. Its streams are named `payment`. */
export const Payment = Decider.make({
  category: "payment",
  State: PaymentState,
  Event: PaymentEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on the payment answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without a payment: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (payment: PaymentState, version: number): PaymentAnswer => {
  if (payment.status === "none") throw new RangeError("There is no payment to answer about")
  const { paymentId, status } = payment
  if (payment.status === "barred") return { paymentId, status, version }
  const { authorised, captured, feesKept, money, orderId, refunded } = payment
  const of = (amount: number) => ({ amount, currency: money.currency })
  return {
    paymentId,
    status,
    version,
    orderId,
    money,
    authorised: of(authorised),
    captured: of(captured),
    refunded: of(refunded),
    feesKept: of(feesKept)
  }
}

/**
 * What a command comes to when the payment waits for nothing more: decided once more, it is already so, or refused for what
 * the gateway has said meanwhile.
 */
export const outcomeOf = (
  command: PaymentCommand,
  payment: PaymentState,
  version: number
): Result.Result<PaymentAnswer, PaymentRefusal> =>
  Result.map(decide(command, payment), () => answerOf(payment, version))
