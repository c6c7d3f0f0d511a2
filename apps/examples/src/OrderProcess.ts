/**
 * The process manager of the examples about processes: an order from its placing to its delivery.
 *
 * Stock is reserved, money taken, and the order shipped when it is approved and paid, in whichever order. A payment has
 * three attempts; one that is not answered in time counts as failed. While the provider is down it is asked again at
 * intervals, for so long, and then the order is cancelled. Whatever was begun is undone when an order is cancelled, and
 * undoing bars what comes late: so a late answer does no harm.
 */
import { DomainEvent, Message, ProcessManager } from "@eventfold/decider"
import { DateTime, Duration, Schema } from "effect"

const order = Schema.String
// #region events
const OrderPlaced = DomainEvent.make("ExampleOrderPlaced", { order })
const OrderApproved = DomainEvent.make("ExampleOrderApproved", { order })
const ParcelDelayed = DomainEvent.make("ExampleParcelDelayed", { order })
const ParcelDelivered = DomainEvent.make("ExampleParcelDelivered", { order })

/** What happens to an order in the contexts around it. */
export const OrderEvent = Schema.Union([OrderPlaced, OrderApproved, ParcelDelayed, ParcelDelivered])
/** What happens to an order in the contexts around it. */
export type OrderEvent = typeof OrderEvent.Type
// #endregion events

/** One event of an order. */
export const happened = (tag: OrderEvent["_tag"], order: string, occurredAt: DateTime.Utc): OrderEvent => ({
  _tag: tag,
  order,
  occurredAt
})

const answer = Schema.Struct({})
const command = <const Tag extends string>(tag: Tag, refusal: Schema.Codec<string, unknown> = Schema.Never) =>
  Message.command({ context: "example", payload: Schema.TaggedStruct(tag, { order }), answer, refusal })
/** Sets goods aside; refused when there are too few. */
export const reserveStock = command("ReserveStock", Schema.String)
/** Takes the money; refused when the card is declined. */
export const takePayment = command("TakePayment", Schema.String)
/** Sends the parcel. */
export const ship = command("Ship")
/** Tells the customer how it goes. */
export const notifyCustomer = command("NotifyCustomer")
/** Undoes everything there is, and bars what comes late. */
export const cancelOrder = command("CancelOrder")
const commands = [reserveStock, takePayment, ship, notifyCustomer, cancelOrder]

type Input = ProcessManager.Input<OrderEvent, (typeof commands)[number]>

/** Where an order stands. */
export const OrderState = Schema.Struct({
  order,
  phase: Schema.Literals([
    "new",
    "reserving stock",
    "paying",
    "waiting for the provider",
    "waiting for approval",
    "shipping",
    "delivered",
    "cancelled"
  ]),
  approved: Schema.Boolean,
  paid: Schema.Boolean,
  attempts: Schema.Int,
  downSince: Schema.NullOr(Schema.DateTimeUtc)
})
type OrderState = typeof OrderState.Type

/** How long it is waited for what. */
export interface Limits {
  readonly stock: Duration.Input
  readonly payment: Duration.Input
  readonly provider: Duration.Input
  readonly giveUp: Duration.Input
}
/** The limits of a real shop. */
export const limits: Limits = { stock: "60 seconds", payment: "30 seconds", provider: "1 hour", giveUp: "24 hours" }

// #region evolve
const evolve =
  ({ giveUp }: Limits) =>
  (state: OrderState, input: Input): OrderState => {
    const cancelled: OrderState = { ...state, phase: "cancelled" }
    const paying = (attempts: number): OrderState => ({ ...state, phase: "paying", attempts })
    const failed = state.attempts < 3 ? paying(state.attempts + 1) : cancelled
    switch (input._tag) {
      case "ExampleOrderPlaced":
        return { ...state, order: input.order, phase: "reserving stock" }
      case "ExampleOrderApproved":
        return { ...state, approved: true, phase: state.paid ? "shipping" : state.phase }
      case "ExampleParcelDelivered":
        return { ...state, phase: "delivered" }
      case "CommandAnswered":
        if (input.key === "stock") return paying(1)
        if (!input.key.startsWith("payment")) return state
        return { ...state, paid: true, phase: state.approved ? "shipping" : "waiting for approval" }
      case "CommandRefused":
        return input.key === "stock" ? cancelled : failed
      case "CommandFailed": {
        if (!input.key.startsWith("payment")) return state
        const downSince = state.downSince ?? input.occurredAt
        return { ...state, phase: "waiting for the provider", downSince }
      }
      case "TimerFired": {
        if (input.timer === "stock") return cancelled
        if (input.timer === "payment") return failed
        const down = DateTime.distance(state.downSince ?? input.occurredAt, input.occurredAt)
        return Duration.isLessThan(down, Duration.fromInputUnsafe(giveUp)) ? paying(state.attempts) : cancelled
      }
      default:
        return state
    }
  }
// #endregion evolve

/** Why an input does not fit where the order stands; `undefined` when it does. */
const misfit = ({ approved, attempts, paid, phase }: OrderState, input: Input): string | undefined => {
  if (phase === "new") return input._tag === "ExampleOrderPlaced" ? undefined : "no order was placed"
  switch (input._tag) {
    case "ExampleOrderPlaced":
      return "the order was placed before"
    case "ExampleOrderApproved":
      return approved ? "the order was approved before" : undefined
    case "ExampleParcelDelayed":
    case "ExampleParcelDelivered":
      return phase === "shipping" ? undefined : "nothing was shipped"
    case "TimerFired":
      return input.timer !== "stock" && paid ? "it is paid" : undefined
    case "CommandRefused":
    case "CommandFailed":
      if (input.key.startsWith("payment") && paid) return "it is paid"
      return input.key.startsWith("payment") && input.key !== `payment ${attempts}`
        ? "another attempt goes on"
        : undefined
    case "CommandAnswered":
      return input.key.startsWith("payment") && paid ? "it is paid" : undefined
    default:
      return undefined
  }
}

// #region react
/** The process manager of orders. */
export const orderProcess = (name: string, limits: Limits) =>
  ProcessManager.make({
    name,
    events: OrderEvent,
    commands,
    State: OrderState,
    initial: { order: "", phase: "new", approved: false, paid: false, attempts: 0, downSince: null },
    correlate: ({ order }) => order,
    evolve: evolve(limits),
    react: (state, input, { after }) => {
      const because = misfit(state, input)
      if (because !== undefined) return ProcessManager.ignore(because)
      const { order } = after
      if (input._tag === "ExampleParcelDelayed" || input._tag === "ExampleParcelDelivered") {
        return { commands: [ProcessManager.send("notify", notifyCustomer, { _tag: "NotifyCustomer", order })] }
      }
      if (after.phase === state.phase && after.attempts === state.attempts) return ProcessManager.nothing
      switch (after.phase) {
        case "reserving stock":
          return {
            commands: [ProcessManager.send("stock", reserveStock, { _tag: "ReserveStock", order })],
            start: [{ timer: "stock", after: limits.stock }]
          }
        case "paying":
          return {
            commands: [ProcessManager.send(`payment ${after.attempts}`, takePayment, { _tag: "TakePayment", order })],
            start: [{ timer: "payment", after: limits.payment }],
            cancel: ["stock", "provider"]
          }
        case "waiting for the provider":
          return { start: [{ timer: "provider", after: limits.provider }], cancel: ["payment"] }
        case "shipping":
          return {
            commands: [ProcessManager.send("ship", ship, { _tag: "Ship", order })],
            cancel: ["payment", "provider"]
          }
        case "cancelled":
          return { commands: [ProcessManager.send("cancel", cancelOrder, { _tag: "CancelOrder", order })] }
        default:
          return { cancel: ["payment", "provider"] }
      }
    },
    ended: ({ phase }) => phase === "delivered" || phase === "cancelled",
    phase: ({ phase }) => phase
  })
// #endregion react
