/**
 * From an order that is approved and paid, in either order, to the delivery: the shipping process manager.
 *
 * It asks for the shipment when both are there; asking for what is asked for already does no harm. When the goods leave, the
 * reservation is committed and the order is told. A delay and the delivery are told to the customer. Cards that are declined
 * three times, a shipment that cannot be, or that the warehouse calls off, cancel the order. Whatever comes at the wrong
 * time is ignored, and everybody can see why.
 */
import { ProcessManager } from "@eventfold/decider"
import { commitReservation } from "@eventfold/domain-inventory/ReservationCommands"
import { cancelOrder, shipOrder } from "@eventfold/domain-ordering/OrderCommands"
import { OrderApproved, OrderCancelled, OrderShipped } from "@eventfold/domain-ordering/published"
import { CardDeclined, PaymentCaptured } from "@eventfold/domain-payments/published"
import {
  ShipmentCancelled,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentRequested
} from "@eventfold/domain-shipping/published"
import { requestShipment, withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import { OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Schema } from "effect"
import { type Limits, usual } from "./Limits.ts"
import { notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"

/** The schema of where an order stands on its way. */
export const ShippingPhase = Schema.Literals([
  "waiting",
  "asked",
  "requested",
  "underway",
  "delivered",
  "cancelled",
  "shipped-by-hand"
])

/** The schema of what the process knows. */
export const ShippingState = Schema.Struct({
  /** Known from the first event on. */
  orderId: Schema.optionalKey(OrderId),
  phase: ShippingPhase,
  approved: Schema.Boolean,
  paid: Schema.Boolean,
  /** How often the card was declined. */
  declined: Schema.Int
})
/** What the process knows. */
export type ShippingState = typeof ShippingState.Type

const events = Schema.Union([
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

const commands = [requestShipment, withdrawShipment, commitReservation, shipOrder, cancelOrder, notifyCustomer] as const
type Command = (typeof commands)[number]
type Event = typeof events.Type
type Input = ProcessManager.Input<Event, Command>
type Reaction = ProcessManager.Reaction<Command>

const initial: ShippingState = { phase: "waiting", approved: false, paid: false, declined: 0 }

const evolve = (before: ShippingState, input: Input): ShippingState => {
  const state = "orderId" in input ? { ...before, orderId: input.orderId } : before
  switch (input._tag) {
    case "OrderApproved":
      return asked({ ...state, approved: true })
    case "PaymentCaptured":
      return asked({ ...state, paid: true })
    case "CardDeclined":
      return { ...state, declined: state.declined + 1 }
    case "ShipmentRequested":
      return { ...state, phase: "requested" }
    case "ShipmentDispatched":
      return { ...state, phase: "underway" }
    case "ShipmentDelivered":
      return { ...state, phase: "delivered" }
    case "OrderShipped":
      return state.phase === "underway" ? state : { ...state, phase: "shipped-by-hand" }
    case "OrderCancelled":
      return { ...state, phase: "cancelled" }
    default:
      return state
  }
}

const asked = (state: ShippingState): ShippingState =>
  state.approved && state.paid && state.phase === "waiting" ? { ...state, phase: "asked" } : state

const { ignore, nothing, send } = ProcessManager

const request = (orderId: OrderId, occurredAt: DateTime.Utc) => {
  const { shipmentId } = OrderIds.of(orderId)
  return send("request", requestShipment, { _tag: "RequestShipment", shipmentId, orderId, occurredAt })
}

const giveUp = (orderId: OrderId, occurredAt: DateTime.Utc, reason: string) =>
  send("give-up", cancelOrder, { _tag: "CancelOrder", orderId, occurredAt, cancelledBy: "system", reason })

const notify = (
  orderId: OrderId,
  occurredAt: DateTime.Utc,
  notice: "delivery-delayed" | "order-delivered" | "order-cancelled",
  detail?: string
) =>
  send("notify", notifyCustomer, {
    _tag: "NotifyCustomer",
    orderId,
    occurredAt,
    notice,
    ...(detail === undefined ? {} : { detail })
  })

const react =
  ({ paymentAttempts }: Limits) =>
  (state: ShippingState, input: Input, { after, at }: ProcessManager.Circumstances<ShippingState>): Reaction => {
    const { phase } = state
    switch (input._tag) {
      case "OrderApproved":
      case "PaymentCaptured": {
        if (input._tag === "OrderApproved" ? state.approved : state.paid) return ignore("that is known already")
        return after.phase === "asked" && phase === "waiting"
          ? { commands: [request(input.orderId, input.occurredAt)] }
          : nothing
      }
      case "CardDeclined":
        if (state.paid) return ignore("the order is paid")
        return after.declined >= paymentAttempts
          ? { commands: [giveUp(input.orderId, input.occurredAt, `The card was declined ${after.declined} times`)] }
          : nothing
      case "ShipmentRequested":
        return phase === "waiting" || phase === "asked" ? nothing : ignore(`the order is ${phase}`)
      case "ShipmentDispatched":
        return phase === "underway" ? ignore("the goods have left already") : { commands: left(input) }
      case "ShipmentDelayed":
        if (phase !== "underway") return ignore(`the order is ${phase}: nothing is on its way that could be late`)
        return { commands: [notify(input.orderId, input.occurredAt, "delivery-delayed", input.reason)] }
      case "ShipmentDelivered":
        if (phase !== "underway") return ignore(`the order is ${phase}: nothing is on its way that could be delivered`)
        return { commands: [notify(input.orderId, input.occurredAt, "order-delivered")] }
      case "ShipmentCancelled":
        return { commands: [giveUp(input.orderId, input.occurredAt, "The shipment was called off")] }
      case "OrderShipped":
        return phase === "underway" ? ignore("that is what followed from the shipment") : nothing
      case "OrderCancelled":
        return { commands: cancelled(phase, input) }
      case "CommandRefused":
        return phase === "asked" ? refused(input, at) : nothing
      case "CommandFailed":
        return input.key === "request" && phase === "asked"
          ? { start: [{ timer: "ask-again", after: "1 hour" }] }
          : nothing
      case "TimerFired":
        return phase === "asked" && state.orderId !== undefined
          ? { commands: [request(state.orderId, input.occurredAt)] }
          : ignore(`the order is ${phase}`)
      case "CommandAnswered":
      case "ProcessStalled":
        return nothing
    }
  }

type Of<Tag extends Event["_tag"]> = Extract<Event, { readonly _tag: Tag }>

const left = ({ carrier, estimatedDelivery, occurredAt, orderId, trackingNumber }: Of<"ShipmentDispatched">) => [
  send("commit", commitReservation, {
    _tag: "CommitReservation",
    reservationId: OrderIds.of(orderId).reservationId,
    occurredAt
  }),
  send("ship", shipOrder, {
    _tag: "ShipOrder",
    orderId,
    occurredAt,
    carrier,
    trackingNumber,
    ...(estimatedDelivery === undefined ? {} : { estimatedDelivery })
  })
]

const cancelled = (phase: ShippingState["phase"], { occurredAt, orderId, reason }: Of<"OrderCancelled">) => [
  ...(phase === "asked" || phase === "requested"
    ? [
        send("withdraw", withdrawShipment, {
          _tag: "WithdrawShipment",
          shipmentId: OrderIds.of(orderId).shipmentId,
          orderId,
          occurredAt,
          reason
        })
      ]
    : []),
  notify(orderId, occurredAt, "order-cancelled")
]

const refused = (input: Extract<Input, { readonly _tag: "CommandRefused" }>, at: DateTime.Utc): Reaction => {
  if (input.command !== "shipping.RequestShipment") return nothing
  const { refusal } = input
  return refusal._tag === "ShipmentImpossible" ? { commands: [giveUp(refusal.orderId, at, refusal.message)] } : nothing
}

/** What it does, in a sentence for people. */
export const summary = "Leads an order that is approved and paid to its delivery, and tells the customer of delays."

/** The shipping process manager, as patient as the limits say. Its processes are called as their orders. */
export const make = (limits: Limits = usual) =>
  ProcessManager.make({
    name: "shipping",
    events,
    commands,
    correlate: ({ orderId }) => orderId,
    State: ShippingState,
    initial,
    evolve,
    react: react(limits),
    ended: ({ phase }) => phase === "delivered" || phase === "cancelled" || phase === "shipped-by-hand",
    phase: ({ phase }) => phase,
    patience: "14 days"
  })
