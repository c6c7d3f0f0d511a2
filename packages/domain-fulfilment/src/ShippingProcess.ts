/**
 * From an order that is approved and paid, in either order, to the delivery: the shipping process manager.
 *
 * It asks for the shipment when both are there; asking for what is asked for already does no harm. When the goods leave, the
 * reservation is committed and the order is told. A delay and the delivery are told to the customer. Cards that are declined
 * three times, a shipment that cannot be, or that the warehouse calls off, cancel the order. Whatever comes at the wrong
 * time is ignored, and everybody can see why.
 *
 * The shipment of an order that is cancelled is withdrawn, whether it was asked for or not: from then on nothing can leave.
 * Goods that have left before that take their stock with them: the reservation is committed, and the order is `disputed`.
 *
 * What fails is sent again, a minute later and then every hour, until it is answered or refused (`Resending.ts`). The
 * process has not ended before. What it stands still about for its patience, it sends again, too.
 */
import { ProcessManager } from "@eventfold/decider"
import { type Limits, usual } from "./Limits.ts"
import * as Resending from "./Resending.ts"
import { type Command, commands, type Sending } from "./ShippingCommands.ts"
import { events, evolve, initial, type Input, isOver, owedBy, ShippingState } from "./ShippingState.ts"

type Reaction = ProcessManager.Reaction<Command>

const { ignore, nothing } = ProcessManager

const react =
  (limits: Limits) =>
  (state: ShippingState, input: Input, { after }: ProcessManager.Circumstances<ShippingState>): Reaction => {
    switch (input._tag) {
      case "CommandAnswered":
      case "CommandRefused":
        return changed(state, after)
      case "CommandFailed":
        return owedBy(state).some(({ key }) => key === Resending.first(input.key))
          ? { start: [Resending.timer(limits, input.key)] }
          : nothing
      case "TimerFired": {
        const owed = owedBy(state).filter(({ key }) => key === keyOf(input.timer))
        return owed.length === 0 ? ignore(`the order is ${state.phase}`) : { commands: owed.map(again) }
      }
      case "ProcessStalled":
        return { commands: owedBy(state).map(again) }
      default: {
        const because = misfit(state, input)
        return because === undefined ? changed(state, after) : ignore(because)
      }
    }
  }

/** Sends what is newly owed; what is owed no more is not sent again. */
const changed = (state: ShippingState, after: ShippingState): Reaction => {
  const [before, now] = [owedBy(state), owedBy(after)]
  return {
    commands: now.filter((sending) => !before.includes(sending)),
    cancel: before.filter((sending) => !now.includes(sending)).map(({ key }) => Resending.again(key))
  }
}

const again = (sending: Sending): Sending => ({ ...sending, key: Resending.again(sending.key) })

/** What a timer is about. Processes of before have one that is called otherwise. */
const keyOf = (timer: string) => (timer === "ask-again" ? "request" : Resending.first(timer))

/** Why an event comes at the wrong time; none: it does not. */
const misfit = (state: ShippingState, event: typeof events.Type): string | undefined => {
  const { approved, paid, phase } = state
  const isElsewhere = `the order is ${phase}`
  switch (event._tag) {
    case "ShipmentDelayed":
      return phase === "underway" ? undefined : `${isElsewhere}: nothing is on its way that could be late`
    case "ShipmentDelivered":
      return phase === "underway" ? undefined : `${isElsewhere}: nothing is on its way that could be delivered`
    case "ShipmentRequested":
      return phase === "waiting" || phase === "asked" ? undefined : isElsewhere
    case "ShipmentDispatched":
      if (phase === "underway") return "the goods have left already"
      return isOver(state) && phase !== "cancelled" ? isElsewhere : undefined
    case "OrderCancelled":
      // Other contexts are told of orders that were placed.
      if (event.previousStatus === "draft") return "the order was a draft, which nobody was told of"
      return isOver(state) && phase !== "delivered" ? isElsewhere : undefined
    default:
      if (isOver(state)) return isElsewhere
  }
  switch (event._tag) {
    case "OrderApproved":
      return approved ? "that is known already" : undefined
    case "PaymentCaptured":
      return paid ? "that is known already" : undefined
    case "CardDeclined":
      return paid ? "the order is paid" : undefined
    case "OrderShipped":
      return phase === "underway" ? "that is what followed from the shipment" : undefined
    case "ShipmentCancelled":
      return undefined
  }
}

/** What it does, in a sentence for people. */
export const summary = "Leads an order that is approved and paid to its delivery, and tells the customer of delays."

/** The shipping process manager, as patient as the limits say. Its processes are called as their orders. */
export const make = (limits: Limits = usual) =>
  ProcessManager.make({
    name: "shipping",
    version: 4,
    events,
    commands,
    correlate: ({ orderId }) => orderId,
    State: ShippingState,
    initial,
    evolve: evolve(limits),
    react: react(limits),
    ended: (state) => isOver(state) && owedBy(state).length === 0,
    phase: ({ phase }) => phase,
    patience: "14 days"
  })
