/**
 * P8, privacy: a guest of a hotel asks to be forgotten, and the history of the hotel stays whole.
 *
 * Shows: personal fields in events and states, each of one person; what the log holds of them; forgetting, and what everybody
 * is shown from then on; what the audit tells of it; a fold and commands that go on; a person who is forgotten stays it,
 * whatever is still written.
 *
 * On a server it needs a master key: EVENTFOLD_MASTER_KEY.
 */
import { Decider, DomainEvent, Personal } from "@eventfold/decider"
import { Audit, CommandHandler, EventCodec, EventStore, forgetPerson, StreamId } from "@eventfold/event-store"
import { Console, DateTime, Effect, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Privacy: a person is forgotten, and the history stays whole"

// #region personal
/** Who stays: a value about a person, which names that person by an id that tells nothing. */
const Guest = Personal.schema(Schema.Struct({ name: Schema.String, address: Schema.String }))
const Booked = DomainEvent.make("StayBooked", { guest: Guest, nights: Schema.Int })
const Extended = DomainEvent.make("StayExtended", { nights: Schema.Int })
// #endregion personal

class NotBooked extends Schema.TaggedError<NotBooked>()("NotBooked", {}) {}

const common = { occurredAt: DateTime.makeUnsafe("2026-03-02T09:00:00Z") }
type Command =
  | { readonly _tag: "Book"; readonly guest: typeof Guest.Type; readonly nights: number }
  | { readonly _tag: "Extend"; readonly nights: number }
type Decision = Result.Result<ReadonlyArray<typeof Booked.Type | typeof Extended.Type>, NotBooked>

// #region fold
const stay = Decider.make({
  category: "example-stay",
  State: Schema.Struct({ guest: Schema.NullOr(Guest), nights: Schema.Int }),
  Event: Schema.Union([Booked, Extended]),
  initial: { guest: null, nights: 0 },
  evolve: (state, event) =>
    event._tag === "StayBooked"
      ? { guest: event.guest, nights: event.nights }
      : { ...state, nights: state.nights + event.nights },
  decide: (command: Command, { guest }): Decision =>
    command._tag === "Book"
      ? Result.succeed([Booked.make({ ...common, guest: command.guest, nights: command.nights })])
      : guest === null
        ? Result.fail(new NotBooked())
        : Result.succeed([Extended.make({ ...common, nights: command.nights })])
})
// #endregion fold

const stays = CommandHandler.make(stay)
const codec = EventCodec.make(stay.Event)

const ada = { name: "Ada Lovelace", address: "12 St James's Square, London" }
const grace = { name: "Grace Hopper", address: "1 Navy Yard, Washington" }

/** The story. */
export const program = Effect.gen(function* () {
  // Tenant and guests are new in each run: who is forgotten stays forgotten.
  const tenant = `p8-${SecureRandom.uuidV7Unsafe()}`
  const [adasId, gracesId] = [`guest_${SecureRandom.uuidV7Unsafe()}`, `guest_${SecureRandom.uuidV7Unsafe()}`]
  const room = (id: string) => StreamId.make(tenant, stay.category, id)

  const book = (id: string, guest: typeof Guest.Type, nights: number) =>
    stays.handle(room(id), { _tag: "Book", guest, nights })

  // #region show
  const tell = Effect.fnUntraced(function* (id: string) {
    const { state } = yield* stays.load(room(id))
    const name = state.guest === null ? "nobody" : Personal.show(state.guest, ({ name }) => name)
    yield* Console.log(`  ${id}: ${name}, ${state.nights} nights`)
  })
  // #endregion show

  /** What is stored of the first event of a stay, and what people are shown of it. */
  const look = Effect.fnUntraced(function* (id: string) {
    const page = { direction: "forwards", from: 1, limit: 1 } as const
    const events = yield* (yield* EventStore).readPage(room(id), page)
    const stored = JSON.stringify(events[0]?.data)
    const [shown] = yield* codec.show(events)
    yield* Console.log(`  stored: ${stored.includes("Ada") ? "in clear" : "without the name"}`)
    yield* Console.log(`  shown:  ${JSON.stringify(shown)}`)
  })

  // #region audit
  const whoForgot = Effect.gen(function* () {
    const audit = yield* Audit
    const { entries } = yield* audit.page({ tenant, types: ["PersonForgotten"], order: "oldest", limit: 10 })
    for (const entry of entries) {
      if (entry._tag === "Action") yield* Console.log(`  ${entry.action} by ${entry.actor}: ${entry.reason}`)
    }
  })
  // #endregion audit

  yield* Console.log("Two guests book")
  // #region book
  yield* book("room-1", Personal.of(adasId, ada), 3)
  yield* book("room-2", Personal.of(gracesId, grace), 2)
  // #endregion book
  yield* tell("room-1")
  yield* tell("room-2")
  yield* look("room-1")

  yield* Console.log("Ada asks to be forgotten")
  // #region forget
  yield* forgetPerson({ tenant, subject: adasId }, { actor: "front-desk", reason: "requested" })
  // #endregion forget
  yield* tell("room-1")
  yield* tell("room-2")
  yield* look("room-1")
  yield* whoForgot

  yield* Console.log("Her stay goes on, and is longer than was thought")
  yield* stays.handle(room("room-1"), { _tag: "Extend", nights: 1 })
  yield* tell("room-1")

  yield* Console.log("What is written of her later is forgotten as it is written")
  yield* book("room-3", Personal.of(adasId, ada), 1)
  yield* look("room-3")

  yield* Console.log("Forgotten again, nothing changes, and nothing more is told")
  yield* forgetPerson({ tenant, subject: adasId }, { actor: "front-desk", reason: "requested" })
  yield* tell("room-1")
  yield* whoForgot
})
