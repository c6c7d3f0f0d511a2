/** A small process manager and the world it works in: parcels that are paid, with three attempts, and then shipped. */
import { DomainEvent, Message, ProcessManager } from "@eventfold/decider"
import {
  CommandBus,
  EventCodec,
  EventId,
  EventStore,
  EventStoreFailure,
  ExpectedVersion,
  StreamId
} from "@eventfold/event-store"
import type { Handler } from "@eventfold/event-store/CommandBus"
import { Clock, DateTime, Effect, Schema, Stream } from "effect"

const parcel = Schema.String
export const ParcelOrdered = DomainEvent.make("ParcelOrdered", { parcel })
export const ParcelApproved = DomainEvent.make("ParcelApproved", { parcel })
export const Paid = DomainEvent.make("Paid", { parcel, attempt: Schema.Int })
export const Shipped = DomainEvent.make("Shipped", { parcel })
export const Event = Schema.Union([ParcelOrdered, ParcelApproved])

export const pay = Message.command({
  context: "payments",
  payload: Schema.TaggedStruct("Pay", { parcel, attempt: Schema.Int }),
  answer: Schema.Struct({ receipt: Schema.String }),
  refusal: Schema.Struct({ reason: Schema.String })
})
export const ship = Message.command({
  context: "shipping",
  payload: Schema.TaggedStruct("Ship", { parcel }),
  answer: Schema.Struct({ tracking: Schema.String })
})

export const State = Schema.Struct({
  approved: Schema.Boolean,
  paid: Schema.Boolean,
  attempts: Schema.Int,
  phase: Schema.Literals(["new", "open", "shipping", "shipped", "given up"])
})
type State = typeof State.Type
type Input = ProcessManager.Input<typeof Event.Type, typeof pay | typeof ship>

const complete = (state: State): State => (state.approved && state.paid ? { ...state, phase: "shipping" } : state)

const evolve = (state: State, input: Input): State => {
  switch (input._tag) {
    case "ParcelOrdered":
      return { ...state, attempts: 1, phase: "open" }
    case "ParcelApproved":
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

const takePayment = (parcel: string, { attempts }: State) => ({
  commands: [ProcessManager.send(parcel, pay, { _tag: "Pay", parcel, attempt: attempts })],
  start: [{ timer: "payment", after: "30 seconds" }] as const
})

/** Every key of a command is the name of the parcel: the state of a process need not hold it. */
export const Parcels = ProcessManager.make({
  name: "parcels",
  events: Event,
  commands: [pay, ship],
  State,
  initial: { approved: false, paid: false, attempts: 0, phase: "new" },
  correlate: ({ parcel }) => (parcel === "none" ? undefined : parcel),
  evolve,
  react: (state, input, { after }) => {
    switch (input._tag) {
      case "ParcelOrdered":
        return state.phase === "new" ? takePayment(input.parcel, after) : ProcessManager.ignore("ordered already")
      case "ParcelApproved":
        if (state.phase === "new" || state.approved) return ProcessManager.ignore("nothing to approve")
        return { commands: after.phase === "shipping" ? [shipping(input.parcel)] : [] }
      case "CommandAnswered":
        if (input.command === "shipping.Ship") return ProcessManager.nothing
        return { commands: after.phase === "shipping" ? [shipping(input.key)] : [], cancel: ["payment"] }
      case "CommandRefused":
      case "CommandFailed":
        if (state.paid) return ProcessManager.ignore("it is paid")
        return after.phase === "given up" ? ProcessManager.nothing : takePayment(input.key, after)
      case "TimerFired":
        if (state.paid) return ProcessManager.ignore("it is paid")
        return after.phase === "given up" ? ProcessManager.nothing : { start: takePayment("", after).start }
      case "ProcessStalled":
        return ProcessManager.nothing
    }
  },
  ended: ({ phase }) => phase === "shipped" || phase === "given up",
  phase: ({ phase }) => phase,
  patience: "2 minutes"
})

const shipping = (parcel: string) => ProcessManager.send(parcel, ship, { _tag: "Ship", parcel })

const effects = EventCodec.make(Schema.Union([ParcelOrdered, ParcelApproved, Paid, Shipped]))

/** Appends to the stream of a parcel. */
export const append = Effect.fnUntraced(function* (event: typeof Event.Type | typeof Paid.Type | typeof Shipped.Type) {
  const [encoded] = yield* effects.encode([event], "main")
  if (encoded === undefined) return
  const id = EventId.make(yield* Clock.currentTimeMillis)
  const stream = StreamId.make("main", "parcel", event.parcel)
  yield* (yield* EventStore).append(stream, ExpectedVersion.Any, [{ ...encoded, id, metadata: {} }])
})

/** A parcel is ordered, or approved, at the time of the clock. */
export const order = (parcel: string) =>
  Effect.flatMap(DateTime.now, (occurredAt) => append(ParcelOrdered.make({ parcel, occurredAt })))
export const approve = (parcel: string) =>
  Effect.flatMap(DateTime.now, (occurredAt) => append(ParcelApproved.make({ parcel, occurredAt })))

/** What the bank does at an attempt to pay. */
export type Bank = (parcel: string, attempt: number) => "pays" | "declines" | "is down" | "breaks" | "is silent"

const down = new EventStoreFailure({ operation: "bank", retryable: true, cause: "down" })

/** Handles the two commands; what they do is in the stream of the parcel. */
export const handlers = (bank: Bank): ReadonlyArray<Handler<EventStore>> => [
  CommandBus.handler(
    pay,
    Effect.fnUntraced(function* ({ payload: { attempt, parcel } }) {
      const does = bank(parcel, attempt)
      if (does === "is down") return yield* down
      if (does === "breaks") return yield* Effect.die(new Error("bug"))
      if (does === "is silent") return yield* Effect.never
      if (does === "declines") return yield* Effect.fail({ reason: "no money" })
      yield* append(Paid.make({ parcel, attempt, occurredAt: yield* DateTime.now })).pipe(Effect.orDie)
      return { receipt: `${parcel}-${attempt}` }
    })
  ),
  CommandBus.handler(
    ship,
    Effect.fnUntraced(function* ({ payload: { parcel } }) {
      yield* append(Shipped.make({ parcel, occurredAt: yield* DateTime.now })).pipe(Effect.orDie)
      return { tracking: `t-${parcel}` }
    })
  )
]

/** What is in the streams of a category, as text: by stream, in order. */
export const recorded = Effect.fnUntraced(function* (category: string, id: string) {
  const store = yield* EventStore
  return yield* Stream.runCollect(store.read(StreamId.make("main", category, id)))
})
