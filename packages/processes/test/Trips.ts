/** A trip of three bookings as a saga, and an agency that books: as it is told to, and never one command twice. */
import { Message, Saga } from "@eventfold/decider"
import { type CommandOutcome, layerMemory as eventsInMemory } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  layerMemory,
  ManagedProjection,
  ProjectionRunner,
  ReadModels,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer, Schema } from "effect"
import { Breakers, CommandNotSent, CommandSender, SagaRows, SagaRunner, type SagaRunnerOptions } from "../src/index.ts"

const command = <const Tag extends string>(tag: Tag) =>
  Message.command({
    context: "travel",
    payload: Schema.TaggedStruct(tag, { trip: Schema.String, occurredAt: Schema.DateTimeUtc }),
    answer: Schema.Struct({ number: Schema.Int }),
    refusal: Schema.Literal("full")
  })

/** Books a flight. */
export const bookFlight = command("BookFlight")
/** Cancels one. */
export const cancelFlight = command("CancelFlight")

const Input = Schema.Struct({ trip: Schema.String })

export { pass, settled } from "@eventfold/testing/TestTime"

/** A flight, a hotel and a car, and at last a ticket that must come. */
export const Trip = Saga.make({ name: "trip", input: Input })
  .undo(Saga.by(command("ForgetTrip"), ({ at, input }) => ({ _tag: "ForgetTrip", ...input, occurredAt: at })))
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.by(cancelFlight, ({ at, input }) => ({
      _tag: "CancelFlight",
      ...input,
      occurredAt: at
    }))
  })
  .step("hotel", command("BookHotel"), {
    send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
    compensate: Saga.by(command("CancelHotel"), ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at })),
    breaker: "hotels"
  })
  .pivot()
  .step("ticket", command("SendTicket"), {
    send: ({ at, input }) => ({ _tag: "SendTicket", ...input, occurredAt: at })
  })
  .end()

/** What the agency does with a command, by its name without the context, and how often it was asked for it. */
export type Doing = Effect.Effect<CommandOutcome, CommandNotSent>

/** Answered. */
export const answered: Doing = Effect.succeed({ _tag: "Answered", answer: { number: 1 } })
/** Refused. */
export const refused: Doing = Effect.succeed({ _tag: "Refused", refusal: "full" })
/** Nobody knows: what lies outside did not answer. */
export const lost: Doing = Effect.fail(new CommandNotSent({ command: "travel", reason: "no answer", ofOutside: true }))
/** Nobody knows: it was not even handled. */
export const unhandled: Doing = Effect.fail(
  new CommandNotSent({ command: "travel", reason: "no store", ofOutside: false })
)
/** Nobody knows: whoever handles it is away. */
export const away: Doing = Effect.fail(
  new CommandNotSent({ command: "travel", reason: "nobody serves travel", ofOutside: false, away: {} })
)

/** An agency. `doing` says what it does with which command; `done` has the names of commands, once per command id. */
export class Agency {
  readonly done: Array<string> = []
  readonly asked: Array<string> = []
  readonly #outcomes = new Map<string, CommandOutcome>()
  doing: (name: string, time: number) => Doing = () => answered

  readonly layer = Layer.succeed(CommandSender, {
    send: (name, { id }) =>
      Effect.suspend(() => {
        const short = name.replace("travel.", "")
        this.asked.push(short)
        const known = this.#outcomes.get(id)
        if (known !== undefined) return Effect.succeed(known)
        const time = this.asked.filter((other) => other === short).length
        return Effect.tap(this.doing(short, time), (outcome) => {
          this.#outcomes.set(id, outcome)
          if (outcome._tag === "Answered") this.done.push(short)
          return Effect.void
        })
      })
  })
}

/** All ports in memory, with the rows of sagas kept. */
export const ports = Layer.fresh(
  ProjectionRunner.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)]).pipe(
    Layer.provideMerge(Layer.merge(Generations.layer, ReadModels.layer)),
    Layer.provideMerge(
      Layer.mergeAll(layerMemory, ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)
    ),
    Layer.provideMerge(eventsInMemory)
  )
)

/** A process that runs trips. */
export const node = (agency: Agency, options: SagaRunnerOptions = {}, sagas: ReadonlyArray<Saga.AnySaga> = [Trip]) =>
  Layer.fresh(SagaRunner.layer(sagas, options).pipe(Layer.provide(agency.layer), Layer.provideMerge(Breakers.layer())))

/** The trip of a number. */
export const ref = (number: number) => ({ tenant: "acme", id: `trip-${number}` })

/** Starts a trip. */
export const start = (number = 1) =>
  Effect.flatMap(SagaRunner, (runner) => runner.start(Trip, { ...ref(number), input: { trip: `t${number}` } }))

/** How a trip stands. */
export const stateOf = (number = 1) =>
  Effect.flatMap(SagaRunner, (runner) => Effect.flatMap(runner.state(ref(number)), Effect.fromOption))
