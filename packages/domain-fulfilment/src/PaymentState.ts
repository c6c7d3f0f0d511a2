/**
 * What the payment process knows: how far the payment of an order is, how often it was tried, and since when the gateway is
 * down. What is to be done about that stands in `PaymentProcess.ts`.
 */
import type { ProcessManager } from "@eventfold/decider"
import { StockReserved } from "@eventfold/domain-inventory/published"
import { CancelOrder, cancelOrder } from "@eventfold/domain-ordering/OrderCommands"
import { OrderCancelled, OrderPlaced, OrderShipped } from "@eventfold/domain-ordering/published"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { ShipmentCancelled, ShipmentDispatched } from "@eventfold/domain-shipping/published"
import { DateTime, Duration, Option, Schema } from "effect"
import * as FulfilmentInput from "./FulfilmentInput.ts"
import type { Limits } from "./Limits.ts"

/** The schema of what the process knows. */
export const PaymentState = Schema.Union([
  Schema.Struct({ phase: Schema.tag("new") }),
  Schema.Struct({
    phase: Schema.Literals([
      "waiting-for-stock",
      "paying",
      "gateway-down",
      "paid",
      "settled",
      "given-up",
      "cancelling",
      "giving-back",
      "cancelled",
      "disputed",
      "refund-refused"
    ]),
    order: FulfilmentInput.FulfilmentInput,
    /** How often the card was declined. */
    declined: Schema.Int,
    /** How often time was up. */
    timedOut: Schema.Int,
    /** How often the command was sent. */
    sent: Schema.Int,
    /** How often it was asked to be given back. */
    givenBack: Schema.Int,
    /** What has become of the goods; left out: they are where they were. */
    goods: Schema.optionalKey(Schema.Literals(["left", "called-off"])),
    /** Since when the gateway is down. */
    downSince: Schema.optionalKey(Schema.DateTimeUtc),
    /** What is asked of the order once the payment is given up, and why. */
    cancellation: Schema.optionalKey(CancelOrder)
  })
])
/** What the process knows. */
export type PaymentState = typeof PaymentState.Type
/** What it knows of an order it has begun with. */
export type Known = Exclude<PaymentState, { readonly phase: "new" }>

/** The events it follows. */
export const events = Schema.Union([
  OrderPlaced,
  OrderShipped,
  OrderCancelled,
  StockReserved,
  ShipmentDispatched,
  ShipmentCancelled
])
/** The commands it sends. */
export const commands = [takePayment, refundPayment, cancelOrder] as const
/** A command it sends. */
export type Command = (typeof commands)[number]
/** All that can come to it. */
export type Input = ProcessManager.Input<typeof events.Type, Command>

/** Nothing has come yet. */
export const initial: PaymentState = { phase: "new" }

/** Folds an input that is not ignored into the state. */
export const evolve =
  (limits: Limits) =>
  (state: PaymentState, input: Input): PaymentState => {
    if (state.phase === "new") return input._tag === "OrderPlaced" ? begun(input) : state
    switch (input._tag) {
      case "StockReserved":
        return { ...state, phase: "paying", sent: state.sent + 1 }
      case "OrderCancelled":
        return cancelled(state)
      case "ShipmentDispatched":
        return moved({ ...state, goods: "left" })
      case "ShipmentCancelled":
        return moved({ ...state, goods: "called-off" })
      case "OrderShipped":
        return { ...state, phase: "settled" }
      case "CommandAnswered":
        return answered(state, input.command)
      case "CommandRefused":
        if (input.command === "payments.RefundPayment") return { ...state, phase: "refund-refused" }
        return input.command === "payments.TakePayment"
          ? declined(limits, state, input.refusal._tag, input.occurredAt)
          : state
      case "CommandFailed":
        return input.command === "payments.TakePayment" ? down(limits, state, input.occurredAt) : state
      case "TimerFired":
        return due(limits, state, input.timer, input.occurredAt)
      case "ProcessStalled":
        return state.phase === "giving-back" ? { ...state, givenBack: state.givenBack + 1 } : state
      case "OrderPlaced":
        return state
    }
  }

const begun = (placed: OrderPlaced): PaymentState =>
  Option.match(FulfilmentInput.ofOrder(placed), {
    onNone: () => initial,
    onSome: (order) => ({ phase: "waiting-for-stock", order, declined: 0, timedOut: 0, sent: 0, givenBack: 0 })
  })

/** What follows for the money of an order that is cancelled depends on where its goods are. */
const cancelled = (state: Known): PaymentState => {
  if (state.goods === undefined) return { ...state, phase: "cancelling" }
  return state.goods === "left"
    ? { ...state, phase: "disputed" }
    : { ...state, phase: "giving-back", givenBack: state.givenBack + 1 }
}

const moved = (state: Known): PaymentState => (state.phase === "cancelling" ? cancelled(state) : state)

const answered = (state: Known, command: Command["name"]): PaymentState => {
  if (command === "payments.RefundPayment") return { ...state, phase: "cancelled" }
  const isTaken = command === "payments.TakePayment" && (state.phase === "paying" || state.phase === "gateway-down")
  return isTaken ? { ...state, phase: "paid" } : state
}

const declined = (limits: Limits, { downSince, ...state }: Known, refusal: string, at: DateTime.Utc): PaymentState => {
  // The silence of an outage is not held against a card that is declined after it.
  const heard = downSince === undefined ? state : { ...state, timedOut: 0 }
  // Another card or another moment may do better after a decline; whatever else is refused, is refused again.
  const known = refusal === "PaymentDeclined" ? { ...heard, declined: heard.declined + 1 } : heard
  const isOver = refusal !== "PaymentDeclined" || failures(known) >= limits.paymentAttempts
  return isOver ? givenUp(known, at, "the payment was declined") : { ...known, sent: known.sent + 1 }
}

const failures = ({ declined, timedOut }: Known) => declined + timedOut

const down = (limits: Limits, state: Known, at: DateTime.Utc): PaymentState => {
  const downSince = state.downSince ?? at
  const known: Known = { ...state, downSince, phase: "gateway-down" }
  if (DateTime.isLessThan(at, endOfOutage(limits, known, at))) return known
  return givenUp(known, at, `the card gateway was down for ${Duration.format(DateTime.distance(downSince, at))}`)
}

/** Until when a gateway that is down is waited for. */
export const endOfOutage = ({ outageLongest }: Limits, { downSince }: Known, at: DateTime.Utc): DateTime.Utc =>
  DateTime.addDuration(downSince ?? at, outageLongest)

const due = (limits: Limits, state: Known, timer: string, at: DateTime.Utc): PaymentState => {
  switch (timer) {
    case "stock":
      return givenUp(state, at, "the stock was not reserved in time")
    case "gateway":
      return { ...state, phase: "paying", sent: state.sent + 1 }
    case "refund":
      return { ...state, givenBack: state.givenBack + 1 }
    case "payment": {
      const known = { ...state, timedOut: state.timedOut + 1 }
      return failures(known) >= limits.paymentAttempts ? down(limits, known, at) : { ...known, sent: known.sent + 1 }
    }
    default:
      return state
  }
}

const givenUp = (state: Known, occurredAt: DateTime.Utc, why: string): PaymentState => {
  const { orderId } = state.order
  const reason = `Not fulfilled: ${why}`
  const cancellation = { _tag: "CancelOrder", orderId, occurredAt, cancelledBy: "system", reason } as const
  return { ...state, phase: "given-up", cancellation }
}
