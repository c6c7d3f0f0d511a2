/**
 * How the payment of an order is got where nobody coordinates: the payment process manager of the choreography.
 *
 * Once the stock is reserved, it has the payment taken. An attempt whose time is up counts as failed, as a decline does.
 * After so many, a decline cancels the order; without an answer the gateway counts as down. While it is down it is asked
 * every hour, for a day, and then the order is cancelled. So it is when the stock is not reserved in time. Its timers are
 * durable: what was due while nothing ran is done at once.
 *
 * It goes on until the goods have left: when the order is cancelled before that, it gives the payment up, whatever has become
 * of it, and asks every hour for as long as the gateway is down. What is owed stays owed, so there is no end to that.
 */
import { ProcessManager } from "@eventfold/decider"
import { StockReserved } from "@eventfold/domain-inventory/published"
import { cancelOrder } from "@eventfold/domain-ordering/OrderCommands"
import { OrderCancelled, OrderPlaced, OrderShipped } from "@eventfold/domain-ordering/published"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { DateTime, Duration, Option, Schema } from "effect"
import * as FulfilmentInput from "./FulfilmentInput.ts"
import { type Limits, usual } from "./Limits.ts"
import { cardGateway } from "./OrderFulfilment.ts"
import * as OrderIds from "./OrderIds.ts"

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
      "giving-back",
      "cancelled",
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
    /** Since when the gateway is down. */
    downSince: Schema.optionalKey(Schema.DateTimeUtc)
  })
])
/** What the process knows. */
export type PaymentState = typeof PaymentState.Type
type Known = Exclude<PaymentState, { readonly phase: "new" }>

const events = Schema.Union([OrderPlaced, OrderShipped, OrderCancelled, StockReserved])
const commands = [takePayment, refundPayment, cancelOrder] as const
type Command = (typeof commands)[number]

/** The breakers its commands go through: that of the card gateway, as those of sagas do. */
export const breakers = { [takePayment.name]: cardGateway, [refundPayment.name]: cardGateway }
type Input = ProcessManager.Input<typeof events.Type, Command>
type Reaction = ProcessManager.Reaction<Command>

const initial: PaymentState = { phase: "new" }

const evolve =
  (limits: Limits) =>
  (state: PaymentState, input: Input): PaymentState => {
    if (state.phase === "new") return input._tag === "OrderPlaced" ? begun(input) : state
    switch (input._tag) {
      case "StockReserved":
        return { ...state, phase: "paying", sent: state.sent + 1 }
      case "OrderCancelled":
        return { ...state, phase: "giving-back", givenBack: state.givenBack + 1 }
      case "OrderShipped":
        return { ...state, phase: "settled" }
      case "CommandAnswered":
        return answered(state, input.command)
      case "CommandRefused":
        if (input.command === "payments.RefundPayment") return { ...state, phase: "refund-refused" }
        return input.command === "payments.TakePayment" ? declined(limits, state, input.refusal._tag) : state
      case "CommandFailed":
        return input.command === "payments.TakePayment" ? down(limits, state, input.occurredAt) : state
      case "TimerFired":
        return due(limits, state, input.timer, input.occurredAt)
      case "OrderPlaced":
      case "ProcessStalled":
        return state
    }
  }

const answered = (state: Known, command: Command["name"]): PaymentState => {
  if (command === "payments.RefundPayment") return { ...state, phase: "cancelled" }
  const isTaken = command === "payments.TakePayment" && (state.phase === "paying" || state.phase === "gateway-down")
  return isTaken ? { ...state, phase: "paid" } : state
}

const begun = (placed: OrderPlaced): PaymentState =>
  Option.match(FulfilmentInput.ofOrder(placed), {
    onNone: () => initial,
    onSome: (order) => ({ phase: "waiting-for-stock", order, declined: 0, timedOut: 0, sent: 0, givenBack: 0 })
  })

const declined = (limits: Limits, { downSince: _, ...state }: Known, refusal: string): PaymentState => {
  // Another card or another moment may do better after a decline; whatever else is refused, is refused again.
  const known = refusal === "PaymentDeclined" ? { ...state, declined: state.declined + 1 } : state
  const isOver = refusal !== "PaymentDeclined" || failures(known) >= limits.paymentAttempts
  return isOver ? { ...known, phase: "given-up" } : { ...known, sent: known.sent + 1 }
}

const failures = ({ declined, timedOut }: Known) => declined + timedOut

const down = ({ outageLongest }: Limits, state: Known, at: DateTime.Utc): PaymentState => {
  const downSince = state.downSince ?? at
  const isOver = DateTime.isGreaterThanOrEqualTo(at, DateTime.addDuration(downSince, outageLongest))
  return { ...state, downSince, phase: isOver ? "given-up" : "gateway-down" }
}

const due = (limits: Limits, state: Known, timer: string, at: DateTime.Utc): PaymentState => {
  if (timer === "stock") return { ...state, phase: "given-up" }
  if (timer === "gateway") return { ...state, phase: "paying", sent: state.sent + 1 }
  if (timer === "refund") return { ...state, givenBack: state.givenBack + 1 }
  const known = { ...state, timedOut: state.timedOut + 1 }
  return failures(known) >= limits.paymentAttempts ? down(limits, known, at) : { ...known, sent: known.sent + 1 }
}

const { ignore, nothing, send } = ProcessManager

const react =
  (limits: Limits) =>
  (state: PaymentState, input: Input, { after, at }: ProcessManager.Circumstances<PaymentState>): Reaction => {
    if (state.phase === "new" || after.phase === "new") {
      if (input._tag !== "OrderPlaced") return ignore("no order with a card to pay is known of")
      return after.phase === "new"
        ? ignore("the order names no card, or costs nothing")
        : { start: [{ timer: "stock", after: limits.stock }] }
    }
    switch (input._tag) {
      case "OrderPlaced":
        return ignore("the order was placed already")
      case "StockReserved":
        return state.phase === "waiting-for-stock"
          ? { ...take(limits, after, at), cancel: ["stock"] }
          : ignore(`the payment is ${state.phase}`)
      case "OrderCancelled":
        return state.phase === "giving-back"
          ? ignore("the payment is given back already")
          : { ...giveBack(after, at), cancel: ["stock", "payment", "gateway"] }
      case "OrderShipped":
        return state.phase === "paid" ? nothing : ignore(`the payment is ${state.phase}`)
      case "CommandAnswered":
        return after.phase === "paid" ? { cancel: ["payment", "gateway"] } : nothing
      case "CommandRefused":
      case "CommandFailed":
        if (input.command === "payments.RefundPayment" && input._tag === "CommandFailed") {
          return { start: [{ timer: "refund", after: limits.outageEvery }] }
        }
        if (input.command !== "payments.TakePayment") return nothing
        if (isOld(state, input.key)) return ignore("another attempt is under way")
        return input._tag === "CommandFailed" ? onFailure(limits, after, at) : onRefusal(limits, after, at)
      case "TimerFired":
        return onTimer(limits, state, after, input.timer, at)
      case "ProcessStalled":
        return nothing
    }
  }

/** Whether a command is about an attempt that was given up for a newer one. */
const isOld = (state: Known, key: string) => state.phase !== "paying" || key !== keyOf(state)
const keyOf = ({ sent }: Known) => `pay-${sent}`

const take = ({ payment }: Limits, state: Known, at: DateTime.Utc) => {
  const { declined } = state
  const { money, orderId, token } = state.order
  const { paymentId } = OrderIds.of(orderId)
  const attempt = declined + 1
  return {
    commands: [
      send(keyOf(state), takePayment, {
        _tag: "TakePayment",
        paymentId,
        orderId,
        money,
        token,
        attempt,
        occurredAt: at
      })
    ],
    start: [{ timer: "payment", after: payment }]
  }
}

const giveBack = ({ givenBack, order }: Known, at: DateTime.Utc) => {
  const { paymentId } = OrderIds.of(order.orderId)
  const reason = "the order was cancelled"
  return {
    commands: [send(`refund-${givenBack}`, refundPayment, { _tag: "RefundPayment", paymentId, reason, occurredAt: at })]
  }
}

const giveUp = ({ order: { orderId } }: Known, at: DateTime.Utc, reason: string) => ({
  commands: [
    send("give-up", cancelOrder, { _tag: "CancelOrder", orderId, occurredAt: at, cancelledBy: "system", reason })
  ],
  cancel: ["stock", "payment", "gateway"]
})

const onRefusal = (limits: Limits, after: Known, at: DateTime.Utc): Reaction =>
  after.phase === "given-up" ? giveUp(after, at, "Not fulfilled: the payment was declined") : take(limits, after, at)

const onFailure = (limits: Limits, after: Known, at: DateTime.Utc): Reaction =>
  after.phase === "given-up" ? giveUpWaiting(after, at) : { ...wait(limits), cancel: ["payment"] }

const wait = ({ outageEvery }: Limits) => ({ start: [{ timer: "gateway", after: outageEvery }] })

const giveUpWaiting = (after: Known, at: DateTime.Utc) =>
  giveUp(after, at, `Not fulfilled: the card gateway was down for ${longest(after, at)}`)

const longest = ({ downSince }: Known, at: DateTime.Utc) => Duration.format(DateTime.distance(downSince ?? at, at))

const onTimer = (limits: Limits, state: Known, after: Known, timer: string, at: DateTime.Utc): Reaction => {
  const expected = { stock: "waiting-for-stock", payment: "paying", gateway: "gateway-down", refund: "giving-back" }
  if (!Object.entries(expected).some(([name, phase]) => name === timer && phase === state.phase)) {
    return ignore(`the payment is ${state.phase}`)
  }
  if (timer === "refund") return giveBack(after, at)
  if (after.phase === "gateway-down") return wait(limits)
  if (after.phase !== "given-up") return take(limits, after, at)
  return timer === "stock"
    ? giveUp(after, at, "Not fulfilled: the stock was not reserved in time")
    : giveUpWaiting(after, at)
}

/** What it does, in a sentence for people. */
export const summary =
  "Gets the payment of an order where nobody coordinates, and gives it back when the order is cancelled."

/** The payment process manager, as patient as the limits say. Its processes are called as their orders. */
export const make = (limits: Limits = usual) =>
  ProcessManager.make({
    name: "payment",
    events,
    commands,
    correlate: (event) => event.orderId,
    State: PaymentState,
    initial,
    evolve: evolve(limits),
    react: react(limits),
    ended: ({ phase }) => phase === "settled" || phase === "cancelled" || phase === "refund-refused",
    phase: ({ phase }) => phase,
    patience: "14 days"
  })
