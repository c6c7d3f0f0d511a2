/**
 * E66, commands and queries: a workshop with a limited number of seats.
 *
 * Shows: typed commands and queries with typed handlers; unknown and malformed ones as typed errors; a repeated command
 * id answered with the first result, also after a restart; queries that cannot write.
 */
import { Decider, DomainEvent, Message } from "@eventfold/decider"
import {
  CommandBus,
  CommandHandler,
  type CommandServices,
  type MalformedMessage,
  QueryBus,
  ReadModelFailure,
  StreamId
} from "@eventfold/event-store"
import { Console, Context, DateTime, Effect, Layer, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Commands and queries: seats in a workshop, each command handled once"

// What happens, and what can be asked for.
const Name = Schema.NonEmptyString
const Seats = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
const Announced = DomainEvent.make("WorkshopAnnounced", { seats: Seats })
const Reserved = DomainEvent.make("SeatReserved", { guest: Name })

class WorkshopFull extends Schema.TaggedError<WorkshopFull>()("WorkshopFull", { seats: Schema.Int }) {}
class UnknownWorkshop extends Schema.TaggedError<UnknownWorkshop>()("UnknownWorkshop", { workshop: Name }) {}

const common = { workshop: Name, occurredAt: Schema.DateTimeUtc }
const Answer = Schema.Struct({ taken: Schema.Int, free: Schema.Int })
const Refusal = Schema.Union([WorkshopFull, UnknownWorkshop])

const Announce = Message.command({
  context: "workshops",
  payload: Schema.TaggedStruct("AnnounceWorkshop", { ...common, seats: Seats }),
  answer: Answer,
  refusal: Refusal
})
const Reserve = Message.command({
  context: "workshops",
  payload: Schema.TaggedStruct("ReserveSeat", { ...common, guest: Name }),
  answer: Answer,
  refusal: Refusal
})
const WhoComes = Message.query({
  context: "workshops",
  payload: Schema.TaggedStruct("WhoComes", { workshop: Name }),
  answer: Schema.Struct({ guests: Schema.Array(Name), free: Schema.Int }),
  refusal: UnknownWorkshop
})

// What is decided. Announcing again changes nothing.
type Command = Message.Payload<typeof Announce> | Message.Payload<typeof Reserve>
type Decision = Result.Result<ReadonlyArray<typeof Announced.Type | typeof Reserved.Type>, typeof Refusal.Type>

const workshop = Decider.make({
  category: "example-workshop",
  State: Schema.Struct({ seats: Schema.Int, guests: Schema.Array(Name) }),
  Event: Schema.Union([Announced, Reserved]),
  initial: { seats: 0, guests: [] },
  evolve: (state, event) =>
    event._tag === "WorkshopAnnounced"
      ? { ...state, seats: event.seats }
      : { ...state, guests: [...state.guests, event.guest] },
  decide: (command: Command, { guests, seats }): Decision => {
    const { occurredAt } = command
    if (command._tag === "AnnounceWorkshop") {
      return Result.succeed(seats > 0 ? [] : [Announced.make({ occurredAt, seats: command.seats })])
    }
    if (seats === 0) return Result.fail(new UnknownWorkshop({ workshop: command.workshop }))
    return guests.length < seats
      ? Result.succeed([Reserved.make({ occurredAt, guest: command.guest })])
      : Result.fail(new WorkshopFull({ seats }))
  }
})

// How commands are handled: one line per aggregate.
const workshops = CommandHandler.make(workshop)
const streamOf = (tenant: string, name: string) => StreamId.make(tenant, workshop.category, name)
const Commands = CommandBus.layer(
  CommandBus.aggregate(workshops, {
    commands: [Announce, Reserve],
    stream: (tenant, command) => streamOf(tenant, command.workshop),
    answer: ({ guests, seats }) => ({ taken: guests.length, free: seats - guests.length })
  })
)

/** The read side: all that a query handler gets to see. This one folds the stream when asked; E65 keeps rows. */
class GuestLists extends Context.Service<
  GuestLists,
  {
    find(
      name: string
    ): Effect.Effect<{ readonly guests: ReadonlyArray<string>; readonly seats: number }, ReadModelFailure>
  }
>()("@eventfold/examples/E66/GuestLists") {
  static readonly layer = Layer.effect(
    GuestLists,
    Effect.map(Effect.context<CommandServices>(), (context) => ({
      find: (name: string) =>
        workshops.load(streamOf("main", name)).pipe(
          Effect.provideContext(context),
          Effect.mapBoth({
            onSuccess: ({ state }) => state,
            onFailure: (cause) => new ReadModelFailure({ readModel: "guest lists", cause })
          })
        )
    }))
  )
}

// How queries are handled. One that asks for the event store, a transaction or the command bus does not compile:
//   QueryBus.handler(WhoComes, () => Effect.flatMap(EventStore, (store) => store.append(…)))
//   error TS2554: Expected 3 arguments, but got 2. (Nobody has the third one; its type says why.)
const Queries = QueryBus.layer([
  QueryBus.handler(WhoComes, ({ workshop }) =>
    Effect.gen(function* () {
      const { guests, seats } = yield* (yield* GuestLists).find(workshop)
      if (seats === 0) return yield* new UnknownWorkshop({ workshop })
      return { guests, free: seats - guests.length }
    })
  )
]).pipe(Layer.provide(GuestLists.layer))

/** Both buses, built anew for everyone who asks: what is remembered is remembered by the store. */
const Buses = Layer.fresh(Layer.merge(Commands, Queries))

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const newId = Effect.sync(() => SecureRandom.uuidV7Unsafe())
const show = ({ free, taken }: typeof Answer.Type) => `${taken} taken, ${free} free`

/** Sends a reservation and prints its answer or what was wrong. */
const reserve = Effect.fnUntraced(function* (workshop: string, guest: string, id: string) {
  const bus = yield* CommandBus
  const payload = { _tag: "ReserveSeat", workshop, guest, occurredAt } as const
  const outcome = yield* Effect.result(bus.dispatch(Reserve, { id, tenant: "main", payload }))
  yield* Console.log(`  ${guest}: ${Result.isSuccess(outcome) ? show(outcome.success) : outcome.failure._tag}`)
})

/** Asks who comes and prints the answer. */
const whoComes = Effect.fnUntraced(function* (workshop: string) {
  const { free, guests } = yield* (yield* QueryBus).ask(WhoComes, { _tag: "WhoComes", workshop })
  yield* Console.log(`  ${guests.join(" and ")}; ${free} free`)
})

/** Messages known by name only, as they come from outside, and everything that is wrong with them. */
const fromOutside = Effect.gen(function* () {
  const [bus, queries] = [yield* CommandBus, yield* QueryBus]
  const envelope = { id: yield* newId, tenant: "main", payload: { _tag: "ReserveSeat", guest: "", occurredAt: "soon" } }
  yield* Console.log("A command nobody handles")
  yield* bus
    .dispatchJson("workshops.Dance", envelope)
    .pipe(
      Effect.catchTag("UnknownMessage", ({ known, name }) =>
        Console.log(`  ${name} is unknown; known are ${known.join(", ")}`)
      )
    )
  yield* Console.log("A malformed command, and a malformed query: every wrong field is named")
  const tell = ({ name, problems }: MalformedMessage) =>
    Effect.forEach(problems, ({ field, rule }) => Console.log(`  ${name}, ${field}: ${rule}`))
  yield* bus.dispatchJson("workshops.ReserveSeat", envelope).pipe(Effect.catchTag("MalformedMessage", tell))
  yield* queries.askJson("workshops.WhoComes", { _tag: "WhoComes" }).pipe(Effect.catchTag("MalformedMessage", tell))
})

/** The story. */
export const program = Effect.gen(function* () {
  // Fresh names and ids, so that the story can be told twice on one database.
  const name = `pottery-${yield* newId}`
  const [adas, linuss] = [yield* newId, yield* newId]

  yield* Effect.gen(function* () {
    yield* Console.log("Linus is too early: a typed refusal")
    yield* reserve(name, "Linus", linuss)

    yield* Console.log("A workshop with two seats is announced")
    const payload = { _tag: "AnnounceWorkshop", workshop: name, seats: 2, occurredAt } as const
    const announced = yield* (yield* CommandBus).dispatch(Announce, { id: yield* newId, tenant: "main", payload })
    yield* Console.log(`  ${show(announced)}`)

    yield* Console.log("Ada's command is delivered twice with one id: handled once, answered the same")
    yield* reserve(name, "Ada", adas)
    yield* reserve(name, "Ada", adas)

    yield* Console.log("A refusal is remembered like an answer; a new id is a new command")
    yield* reserve(name, "Linus", linuss)
    yield* reserve(name, "Linus", yield* newId)
    yield* reserve(name, "Grace", yield* newId)

    yield* Console.log("A query tells who comes")
    yield* whoComes(name)
  }).pipe(Effect.provide(Buses))

  yield* Effect.gen(function* () {
    yield* Console.log("After a restart the first results still stand")
    yield* reserve(name, "Ada", adas)
    yield* reserve(name, "Linus", linuss)
    yield* whoComes(name)

    yield* Console.log("Ada's command id with other content is a mix-up")
    yield* reserve(name, "Barbara", adas)

    yield* fromOutside
  }).pipe(Effect.provide(Buses))
})
