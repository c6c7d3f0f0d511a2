/**
 * What the shipping process knows: where the order stands on its way, and what it owes.
 *
 * Guarantee: a command is owed from the moment it is decided until it is answered or refused, or is not wanted any more; at
 * most {@link mostOwed} are. What fails stays owed. The process sends what is newly owed: see `ShippingProcess.ts`.
 *
 * In `disputed` the order is cancelled and its goods have left all the same: a person decides about the money.
 *
 * Gotcha: beyond that the oldest notice is owed no more. It was sent, and is not sent again when that failed.
 */
import { ProcessManager } from "@eventfold/decider"
import { OrderApproved, OrderCancelled, OrderShipped } from "@eventfold/domain-ordering/published"
import { CardDeclined, PaymentCaptured } from "@eventfold/domain-payments/published"
import {
  ShipmentCancelled,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentRequested
} from "@eventfold/domain-shipping/published"
import { Schema } from "effect"
import type { Limits } from "./Limits.ts"
import { notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"
import * as Resending from "./Resending.ts"
import * as Commands from "./ShippingCommands.ts"

/** The schema of where an order stands on its way. */
export const ShippingPhase = Schema.Literals([
  "waiting",
  "asked",
  "requested",
  "underway",
  "delivered",
  "cancelled",
  "disputed",
  "shipped-by-hand"
])

/** How much can be owed at the same time. */
export const mostOwed = 16

/** The schema of what the process knows. */
export const ShippingState = Schema.Struct({
  phase: ShippingPhase,
  approved: Schema.Boolean,
  paid: Schema.Boolean,
  /** How often the card was declined. */
  declined: Schema.Int,
  /** What is neither answered nor refused, as it was sent, the oldest first; left out: nothing. */
  owed: Schema.optionalKey(
    Schema.Array(ProcessManager.messageSchemaOf(Commands.commands)).check(Schema.isMaxLength(mostOwed))
  )
})
/** What the process knows. */
export type ShippingState = typeof ShippingState.Type

/** The events it follows. */
export const events = Schema.Union([
  OrderApproved,
  OrderShipped,
  OrderCancelled,
  PaymentCaptured,
  CardDeclined,
  ShipmentRequested,
  ShipmentDispatched,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentCancelled
])
/** All that can come to it. */
export type Input = ProcessManager.Input<typeof events.Type, Commands.Command>

/** Nothing has come yet. */
export const initial: ShippingState = { phase: "waiting", approved: false, paid: false, declined: 0 }

/** What it owes, the oldest first. */
export const owedBy = ({ owed }: ShippingState): ReadonlyArray<Commands.Sending> => owed ?? []

/** Whether nothing more leads on from there. */
export const isOver = ({ phase }: ShippingState): boolean =>
  phase === "delivered" || phase === "cancelled" || phase === "disputed" || phase === "shipped-by-hand"

/** Folds an input that is not ignored into the state. */
export const evolve =
  ({ paymentAttempts }: Limits) =>
  (state: ShippingState, input: Input): ShippingState => {
    switch (input._tag) {
      case "OrderApproved":
        return asked({ ...state, approved: true }, Commands.request(input))
      case "PaymentCaptured":
        return asked({ ...state, paid: true }, Commands.request(input))
      case "CardDeclined": {
        const declined = state.declined + 1
        const known = { ...state, declined }
        const reason = `The card was declined ${declined} times`
        return declined >= paymentAttempts ? owing(known, Commands.giveUp(input, reason)) : known
      }
      case "ShipmentRequested":
        return { ...settled(state, "request"), phase: "requested" }
      case "ShipmentDispatched": {
        if (state.phase === "cancelled") return disputed(state, input)
        const left: ShippingState = { ...settled(state, "request"), phase: "underway" }
        return owing(owing(left, Commands.commit(input)), Commands.ship(input))
      }
      case "ShipmentDelayed":
        return owing(state, Commands.notify(freeKey(state), input, "delivery-delayed", input.reason))
      case "ShipmentDelivered":
        return owing({ ...state, phase: "delivered" }, Commands.notify(freeKey(state), input, "order-delivered"))
      case "ShipmentCancelled":
        return owing(state, Commands.giveUp(input, "The shipment was called off"))
      case "OrderShipped":
        return { ...settled(settled(state, "request"), "give-up"), phase: "shipped-by-hand" }
      case "OrderCancelled":
        return cancelled(state, input)
      case "CommandAnswered":
        return settled(state, input.key)
      case "CommandRefused":
        return refused(settled(state, input.key), input)
      case "CommandFailed":
      case "ProcessStalled":
      case "TimerFired":
        return state
    }
  }

const asked = (state: ShippingState, request: Commands.Sending): ShippingState =>
  state.approved && state.paid && state.phase === "waiting" ? owing({ ...state, phase: "asked" }, request) : state

const cancelled = (before: ShippingState, event: OrderCancelled): ShippingState => {
  const state = settled(settled(before, "request"), "give-up")
  const notice = Commands.notify(freeKey(state), event, "order-cancelled")
  if (before.phase === "underway" || before.phase === "delivered") return owing({ ...state, phase: "disputed" }, notice)
  // Asked for or not: somebody may still ask, and others wait to hear that nobody can.
  return owing(owing({ ...state, phase: "cancelled" }, Commands.withdraw(event)), notice)
}

/** The stock has gone with the goods, whatever became of the order. */
const disputed = (state: ShippingState, cause: Commands.Cause): ShippingState =>
  owing({ ...settled(state, "withdraw"), phase: "disputed" }, Commands.commit(cause))

const refused = (state: ShippingState, input: Extract<Input, { readonly _tag: "CommandRefused" }>): ShippingState => {
  const { command, occurredAt } = input
  if (command === "shipping.RequestShipment" && state.phase === "asked") {
    const { refusal } = input
    return refusal._tag === "ShipmentImpossible"
      ? owing(state, Commands.giveUp({ orderId: refusal.orderId, occurredAt }, refusal.message))
      : state
  }
  if (command === "shipping.WithdrawShipment" && state.phase === "cancelled") {
    const { refusal } = input
    const hasLeft = refusal._tag === "ShipmentAlreadyDispatched" || refusal._tag === "ShipmentAlreadyDelivered"
    return hasLeft ? disputed(state, { orderId: OrderIds.ofShipment(refusal.shipmentId), occurredAt }) : state
  }
  return state
}

/** With one thing more that is owed; what is owed already, is owed once. */
const owing = (state: ShippingState, sending: Commands.Sending): ShippingState => {
  const owed = owedBy(state)
  if (owed.some(({ key }) => key === sending.key)) return state
  const oldest = owed.findIndex(({ command }) => command === notifyCustomer.name)
  const kept = owed.length < mostOwed ? owed : owed.filter((_, index) => index !== oldest)
  return { ...state, owed: [...kept, sending] }
}

/** Without what is owed under a key, whether it was sent once or again. */
const settled = (state: ShippingState, key: string): ShippingState => ({
  ...state,
  owed: owedBy(state).filter((sending) => sending.key !== Resending.first(key))
})

/** A key for a notice, `notify` if there is none that is owed. */
const freeKey = (state: ShippingState): string => {
  const taken = new Set(owedBy(state).map(({ key }) => key))
  const keys = ["notify", ...Array.from({ length: mostOwed }, (_, index) => `notify-${index + 2}`)]
  return keys.find((key) => !taken.has(key)) ?? "notify"
}
