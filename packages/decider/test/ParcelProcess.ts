/** A small process manager: an order is paid, with three attempts, and shipped when it is approved and paid. */
import { DateTime, Schema } from "effect"
import { DomainEvent, Message, Personal, ProcessManager } from "../src/index.ts"

/** A number of seconds after noon of some day. */
export const at = (seconds: number) => DateTime.addDuration(DateTime.makeUnsafe("2026-01-15T12:00:00Z"), seconds * 1000)

const order = Schema.String
const recipient = Personal.schema(Schema.String)
const OrderPlacedV1 = DomainEvent.make("OrderPlaced", { order })
export const OrderPlaced = DomainEvent.nextVersion(OrderPlacedV1, { order, recipient }, ({ order }) => ({
  order,
  recipient: Personal.redacted(order)
}))
export const OrderApproved = DomainEvent.make("OrderApproved", { order })
export const Event = Schema.Union([OrderPlaced, OrderApproved])

export const pay = Message.command({
  context: "payments",
  payload: Schema.TaggedStruct("Pay", { order, attempt: Schema.Int }),
  answer: Schema.Struct({ receipt: Schema.String }),
  refusal: Schema.Struct({ reason: Schema.String })
})
export const ship = Message.command({
  context: "shipping",
  payload: Schema.TaggedStruct("Ship", { order, recipient }),
  answer: Schema.Struct({})
})

export const State = Schema.Struct({
  order,
  recipient,
  approved: Schema.Boolean,
  paid: Schema.Boolean,
  attempts: Schema.Int,
  phase: Schema.Literals(["new", "open", "shipping", "shipped", "given up"])
})
export type State = typeof State.Type
export type Input = ProcessManager.Input<typeof Event.Type, typeof pay | typeof ship>

const redacted = Personal.redacted("nobody")
const initial: State = { order: "", recipient: redacted, approved: false, paid: false, attempts: 0, phase: "new" }

const complete = (state: State): State => (state.approved && state.paid ? { ...state, phase: "shipping" } : state)

const evolve = (state: State, input: Input): State => {
  switch (input._tag) {
    case "OrderPlaced":
      return { ...state, order: input.order, recipient: input.recipient, attempts: 1, phase: "open" }
    case "OrderApproved":
      return complete({ ...state, approved: true })
    case "CommandAnswered":
      return input.command === "payments.Pay" ? complete({ ...state, paid: true }) : { ...state, phase: "shipped" }
    case "CommandRefused":
    case "CommandFailed":
    case "TimerFired":
      return state.attempts < 3 ? { ...state, attempts: state.attempts + 1 } : { ...state, phase: "given up" }
    case "ProcessStalled":
      return { ...state, phase: "given up" }
  }
}

const takePayment = ({ attempts, order }: State) => ({
  commands: [ProcessManager.send(`payment-${attempts}`, pay, { _tag: "Pay", order, attempt: attempts })],
  start: [{ timer: "payment", after: "30 seconds" }] as const
})

export const ParcelProcess = ProcessManager.make({
  name: "parcel",
  version: 2,
  events: Event,
  commands: [pay, ship],
  State,
  initial,
  correlate: ({ order }) => order,
  evolve,
  react: (state, input, { after }) => {
    if (state.phase === "new" && input._tag !== "OrderPlaced") return ProcessManager.ignore("there is no order yet")
    switch (input._tag) {
      case "OrderPlaced":
        return state.phase === "new" ? takePayment(after) : ProcessManager.ignore("the order is placed already")
      case "OrderApproved":
      case "CommandAnswered": {
        if (input._tag === "OrderApproved" && state.approved) return ProcessManager.ignore("it is approved already")
        if (input._tag === "CommandAnswered" && input.command === "shipping.Ship") return ProcessManager.nothing
        const { order, phase, recipient } = after
        return {
          commands: phase === "shipping" ? [ProcessManager.send("ship", ship, { _tag: "Ship", order, recipient })] : [],
          cancel: input._tag === "CommandAnswered" ? ["payment"] : []
        }
      }
      case "CommandRefused":
      case "CommandFailed":
      case "TimerFired":
        if (state.paid) return ProcessManager.ignore("it is paid")
        return after.phase === "given up" ? ProcessManager.nothing : takePayment(after)
      case "ProcessStalled":
        return ProcessManager.nothing
    }
  },
  ended: ({ phase }) => phase === "shipped" || phase === "given up",
  phase: ({ phase }) => phase
})
