/**
 * How the payment of an order is got where nobody coordinates: the payment process manager of the choreography.
 *
 * Once the stock is reserved, it has the payment taken. An attempt whose time is up counts as failed, as a decline does.
 * After so many, a decline cancels the order; without an answer the gateway counts as down. While it is down it is asked
 * every hour, for a day, at the end of it for the last time, and then the order is cancelled. So it is when the stock is not
 * reserved in time. Its timers are durable: what was due while nothing ran is done at once.
 *
 * It goes on until the order is shipped. When the order is cancelled before that, it tries no more. Once it knows, too, that
 * the shipment is cancelled, it gives the payment up, whatever has become of it, and asks every hour for as long as the
 * gateway is down. When the goods have left instead, the money stays where it is: the payment is `disputed`, and a person
 * decides. An order that it cannot have cancelled it asks again, a minute later and then every hour. What is owed stays
 * owed, so there is no end to either.
 */
import { ProcessManager } from "@eventfold/decider"
import { cancelOrder } from "@eventfold/domain-ordering/OrderCommands"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { DateTime } from "effect"
import { type Limits, usual } from "./Limits.ts"
import { cardGateway } from "./OrderFulfilment.ts"
import * as OrderIds from "./OrderIds.ts"
import {
  type Command,
  commands,
  endOfOutage,
  events,
  evolve,
  initial,
  type Input,
  type Known,
  PaymentState
} from "./PaymentState.ts"
import * as Resending from "./Resending.ts"

type Reaction = ProcessManager.Reaction<Command>

/** The breakers its commands go through: that of the card gateway, as those of sagas do. */
export const breakers = { [takePayment.name]: cardGateway, [refundPayment.name]: cardGateway }

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
        return state.phase === "cancelling" || state.phase === "giving-back"
          ? ignore("the order was cancelled already")
          : { ...settle(after, at), cancel: [...attempting, Resending.again(givingUp)] }
      case "ShipmentDispatched":
      case "ShipmentCancelled":
        return state.phase === "giving-back" ? ignore("the payment is given back already") : settle(after, at)
      case "OrderShipped":
        return state.phase === "paid" ? nothing : ignore(`the payment is ${state.phase}`)
      case "CommandAnswered":
        return after.phase === "paid" ? { cancel: ["payment", "gateway"] } : nothing
      case "CommandRefused":
        if (input.command !== "payments.TakePayment") return nothing
        if (isOld(state, input.key)) return ignore("another attempt is under way")
        return after.phase === "given-up" ? giveUp(after) : take(limits, after, at)
      case "CommandFailed":
        return failed(limits, state, after, input, at)
      case "TimerFired":
        return onTimer(limits, state, after, input.timer, at)
      case "ProcessStalled":
        return stalled(state, after, at)
    }
  }

/** Whether a command is about an attempt that was given up for a newer one. */
const isOld = (state: Known, key: string) => state.phase !== "paying" || key !== keyOf(state)
const keyOf = ({ sent }: Known) => `pay-${sent}`

/** The key under which the order is cancelled at first. */
const givingUp = "give-up"
/** The timers of what leads to a payment. */
const attempting = ["stock", "payment", "gateway"]

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

/** Gives back what is to be given back by now. */
const settle = (after: Known, at: DateTime.Utc) => (after.phase === "giving-back" ? giveBack(after, at) : nothing)

const giveUp = ({ cancellation }: Known, key = givingUp) => ({
  commands: cancellation === undefined ? [] : [send(key, cancelOrder, cancellation)],
  cancel: attempting
})

/** Nobody knows what became of a command: it is sent again, later. */
const failed = (
  limits: Limits,
  state: Known,
  after: Known,
  { command, key }: Extract<Input, { readonly _tag: "CommandFailed" }>,
  at: DateTime.Utc
): Reaction => {
  switch (command) {
    case "payments.RefundPayment":
      return { start: [{ timer: "refund", after: limits.outageEvery }] }
    case "ordering.CancelOrder":
      return state.phase === "given-up" ? { start: [Resending.timer(limits, key)] } : nothing
    case "payments.TakePayment":
      if (isOld(state, key)) return ignore("another attempt is under way")
      return after.phase === "given-up" ? giveUp(after) : { ...wait(limits, after, at), cancel: ["payment"] }
  }
}

/** The last wait ends with the outage that is waited for. */
const wait = (limits: Limits, state: Known, at: DateTime.Utc) => {
  const next = DateTime.addDuration(at, limits.outageEvery)
  return { start: [{ timer: "gateway", at: DateTime.min(next, endOfOutage(limits, state, at)) }] }
}

const onTimer = (limits: Limits, state: Known, after: Known, timer: string, at: DateTime.Utc): Reaction => {
  const expected = {
    stock: "waiting-for-stock",
    payment: "paying",
    gateway: "gateway-down",
    refund: "giving-back",
    [Resending.again(givingUp)]: "given-up"
  }
  if (!Object.entries(expected).some(([name, phase]) => name === timer && phase === state.phase)) {
    return ignore(`the payment is ${state.phase}`)
  }
  if (timer === "refund") return giveBack(after, at)
  if (timer === Resending.again(givingUp)) return giveUp(after, timer)
  if (after.phase === "gateway-down") return wait(limits, after, at)
  return after.phase === "given-up" ? giveUp(after) : take(limits, after, at)
}

/** What it stands still about is sent again: what was owed before failures were answered for, has no timer. */
const stalled = (state: Known, after: Known, at: DateTime.Utc): Reaction => {
  if (state.phase === "given-up") return giveUp(after, Resending.again(givingUp))
  return state.phase === "giving-back" ? giveBack(after, at) : nothing
}

/** What it does, in a sentence for people. */
export const summary =
  "Gets the payment of an order where nobody coordinates, and gives it back when the order is cancelled and nothing has left."

/** Where nothing more leads on from: in the last two it is for people to decide. */
const endings: ReadonlySet<PaymentState["phase"]> = new Set(["settled", "cancelled", "refund-refused", "disputed"])

/** The payment process manager, as patient as the limits say. Its processes are called as their orders. */
export const make = (limits: Limits = usual) =>
  ProcessManager.make({
    name: "payment",
    version: 3,
    events,
    commands,
    correlate: (event) => event.orderId,
    State: PaymentState,
    initial,
    evolve: evolve(limits),
    react: react(limits),
    ended: ({ phase }) => endings.has(phase),
    phase: ({ phase }) => phase,
    patience: "14 days"
  })
