/** Names of people in a store. */
import { DomainEvent, Personal } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

const Named = DomainEvent.make("Named", { name: Personal.schema(Schema.String) })
const codec = EventCodec.make(Schema.Union([Named]))
const people = StreamId.make("main", "person", "p-1")

/** Stores that each of these persons of the tenant `main` says `I am …`. */
export const name = (...subjects: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const occurredAt = DateTime.makeUnsafe(0)
    const events = subjects.map((subject) => Named.make({ occurredAt, name: Personal.of(subject, `I am ${subject}`) }))
    const encoded = yield* codec.encode(events, "main")
    const stored = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
    yield* (yield* EventStore).append(people, ExpectedVersion.Any, stored)
  })

/** What people are shown of it. */
export const shown = Effect.gen(function* () {
  const events = yield* Stream.runCollect((yield* EventStore).read(people))
  return yield* codec.show(events)
})
