/**
 * Purses: the little accounts that the examples of the read side tell about, and how what happens to them is stored.
 *
 * Each example has a category of its own, so that none folds the events of another.
 */
import { DomainEvent } from "@eventfold/decider"
import { ConsistencyToken, EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Schema } from "effect"
import { SecureRandom } from "effect/crypto"

const Cents = Schema.Int.check(Schema.isGreaterThan(0))

/** A purse is opened, by somebody. */
export const Opened = DomainEvent.make("PurseOpened", { owner: Schema.String })
/** Money is paid in. */
export const PaidIn = DomainEvent.make("PursePaidIn", { cents: Cents })
/** Money is taken out. */
export const TakenOut = DomainEvent.make("PurseTakenOut", { cents: Cents })
/** The purse is not used any more. */
export const Closed = DomainEvent.make("PurseClosed", {})
/** What happens to purses. */
export const PurseEvent = Schema.Union([Opened, PaidIn, TakenOut, Closed])
/** Something that has happened to a purse. */
export type PurseEvent = typeof PurseEvent.Type

const codec = EventCodec.make(PurseEvent)

/** When something happens in the business: nine o'clock of a day in March. */
export const onDay = (day: number): DateTime.Utc =>
  DateTime.makeUnsafe(`2026-03-${String(day).padStart(2, "0")}T09:00:00Z`)

/** What happens to a purse, on a day in March. */
export const opened = (owner: string, day = 1): PurseEvent => Opened.make({ owner, occurredAt: onDay(day) })
/** Money is paid in. */
export const paidIn = (euros: number, day = 1): PurseEvent =>
  PaidIn.make({ cents: euros * 100, occurredAt: onDay(day) })
/** Money is taken out. */
export const takenOut = (euros: number, day = 1): PurseEvent =>
  TakenOut.make({ cents: euros * 100, occurredAt: onDay(day) })
/** The purse is closed. */
export const closed = (day = 1): PurseEvent => Closed.make({ occurredAt: onDay(day) })

/** The amount, for people. */
export const amount = (cents: number): string => (cents / 100).toFixed(2)

/** A tenant of its own for each run: so a story can be told twice on one database. */
export const newTenant = Effect.sync(() => `example-${SecureRandom.uuidV7Unsafe()}`)

/** Stores what happens to the purses of a tenant, under a category; answers the consistency token of each time. */
export const storing = (category: string, tenant: string) =>
  Effect.fnUntraced(function* (purse: string, ...events: ReadonlyArray<PurseEvent>) {
    const store = yield* EventStore
    const encoded = yield* codec.encode(events, tenant)
    const stored = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: { actor: "clerk" } }))
    const append = store.append(StreamId.make(tenant, category, purse), ExpectedVersion.Any, stored)
    const [, token] = yield* ConsistencyToken.collect(tenant, append)
    return token
  })
