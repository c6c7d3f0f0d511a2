/**
 * Hearing: what contexts in other programs say is put into this program's own log, as the events it means. So whoever follows
 * the log, a process manager, an event handler or a saga, reacts to another program as to this one, unchanged.
 *
 * Guarantees: what was said is in the log once, under the id of the publisher's event, in the transaction that notes the message
 * in the inbox; tenant, correlation and trace are the publisher's, and the message is its cause. What one context says about one
 * key is in one stream, `heard/<context>.<key>`, in the order in which it was said.
 *
 * Contexts are heard independently of each other, so news could come before what it follows from. With a `lead`, such as that an
 * order was placed, whatever else is said about a key is kept back in the stream `withheld/<key>` until the lead has been heard,
 * and comes right after it. It waits for ever for a lead that never comes.
 *
 * Gotchas: who publishes or projects what happens in this program must leave the category `heard` out: relays do. Of one event
 * only one message may have a meaning here. The name is that of the consumer group at the broker: one for each log, for all that is heard in
 * it. Under another name it hears again all that the broker keeps, and stores nothing twice.
 */
import { type Decider, type DomainEvent, type Meaning, NameId } from "@eventfold/decider"
import {
  EventCodec,
  EventStore,
  ExpectedVersion,
  type NewEvent,
  type RecordedEvent,
  StreamId
} from "@eventfold/event-store"
import { Effect, Predicate, Schema, Stream } from "effect"
import type { CloudEvent } from "./CloudEvent.ts"
import * as Subscriber from "./Subscriber.ts"
import type { SubscriberOptions } from "./SubscriberOptions.ts"
import * as Withheld from "./Withheld.ts"

/** The category of the streams that hold what was heard. */
export const category = "heard"

/** How messages are heard. */
export interface HearingOptions extends SubscriberOptions {
  /** One of the meanings: nothing else about a key is heard before it. Default: all is heard as it comes. */
  readonly lead?: Meaning.AnyMeaning
}

/** The stream of what a context has said about a key. */
export const streamOf = (tenant: string, context: string, key: string): StreamId.StreamId =>
  StreamId.make(tenant, category, short(`${context}.${key}`))

/** Whether an event was heard, and has not happened here. */
export const isHeard = ({ stream }: Pick<RecordedEvent, "stream">): boolean => stream.category === category

/**
 * What hears messages: a subscriber that appends the event each of them means.
 *
 * @throws SubscriberNotUsable when its name or an option breaks its rule, or there is nothing to hear.
 */
export const make = (
  name: string,
  meanings: ReadonlyArray<Meaning.AnyMeaning>,
  { lead, ...options }: HearingOptions = {}
): Subscriber.Subscriber<EventStore> => {
  const codec = EventCodec.make(unionOf(meanings))

  const hear = Effect.fnUntraced(function* (meaning: Meaning.AnyMeaning, said: unknown, delivery: Subscriber.Delivery) {
    const { message, metadata, tenant } = delivery
    const key = keyOf(message, tenant)
    const stream = streamOf(tenant, meaning.message.context, key)
    const events = (yield* codec.encode([meaning.eventOf(said)], tenant)).map((event) => ({
      ...event,
      id: idOf(message),
      metadata
    }))
    const store = yield* EventStore
    if (lead === undefined) return yield* store.append(stream, ExpectedVersion.Any, events)
    return yield* following(StreamId.make(tenant, Withheld.category, short(key)), stream, events, meaning === lead)
  })

  const handlers = meanings.map((meaning) =>
    Subscriber.on(meaning.message, (said, delivery) => Effect.asVoid(hear(meaning, said, delivery)), {
      classify: (error) =>
        Predicate.isTagged(error, "VersionConflict") ||
        (Predicate.isTagged(error, "EventStoreFailure") && error.retryable)
          ? "transient"
          : "permanent"
    })
  )
  return Subscriber.make(name, handlers, options)
}

/** Appends events where their lead was heard, or keeps them back. Two at the same moment see each other: one tries again. */
const following = Effect.fnUntraced(function* (
  withheld: StreamId.StreamId,
  stream: StreamId.StreamId,
  events: ReadonlyArray<NewEvent>,
  isLead: boolean
) {
  const store = yield* EventStore
  const recorded = yield* Stream.runCollect(store.read(withheld))
  const kept = yield* Withheld.codec.decode(recorded)
  if (kept.some(({ _tag }) => _tag === "LeadHeard")) return yield* store.append(stream, ExpectedVersion.Any, events)
  const expected = ExpectedVersion.at(kept.length)
  if (!isLead) {
    if (kept.length >= Withheld.most) return yield* new Withheld.TooMuchWithheld({ stream: StreamId.format(withheld) })
    return yield* store.append(withheld, expected, yield* keeping(stream, events))
  }
  const leads = events.map(({ occurredAt }) => ({ _tag: "LeadHeard", occurredAt }) as const)
  const marks = (yield* Withheld.codec.encode(leads, stream.tenant)).flatMap((mark, index) => {
    const event = events[index]
    return event === undefined ? [] : [{ ...mark, id: NameId.make("lead heard", event.id), metadata: event.metadata }]
  })
  const released = kept.flatMap((one, index) =>
    one._tag === "EventWithheld" ? [{ one, metadata: recorded[index]?.metadata ?? {} }] : []
  )
  return yield* store.appendAll([
    { stream, expected: ExpectedVersion.Any, events },
    ...released.map(({ metadata, one: { eventId: id, stream: belongsTo, type, schemaVersion, occurredAt, data } }) => ({
      stream: { ...stream, id: belongsTo },
      expected: ExpectedVersion.Any,
      events: [{ id, type, schemaVersion, occurredAt, data, metadata }]
    })),
    { stream: withheld, expected, events: marks }
  ])
})

const keeping = Effect.fnUntraced(function* (stream: StreamId.StreamId, events: ReadonlyArray<NewEvent>) {
  const kept = events.map(
    ({ data, id, occurredAt, schemaVersion, type }) =>
      ({ _tag: "EventWithheld", occurredAt, eventId: id, stream: stream.id, type, schemaVersion, data }) as const
  )
  const encoded = yield* Withheld.codec.encode(kept, stream.tenant)
  return encoded.flatMap((one, index) => {
    const event = events[index]
    return event === undefined ? [] : [{ ...one, id: NameId.make("withheld", event.id), metadata: event.metadata }]
  })
})

/** By what a message is kept in order: the key that its relay gave it, without the tenant. */
const keyOf = ({ partitionkey }: CloudEvent, tenant: string): string =>
  partitionkey.startsWith(`${tenant}/`) ? partitionkey.slice(tenant.length + 1) : partitionkey

/** A stream id, whatever a key is. */
const short = (id: string): string => (Schema.is(StreamId.StreamId.fields.id)(id) ? id : NameId.make("heard", id))

/** The id of the event: a relay names it as the cause of its message. */
const idOf = ({ causationid, id, source }: CloudEvent): string =>
  isUuid(causationid) ? causationid : NameId.make("heard", source, id)

const isUuid = Schema.is(Schema.String.check(Schema.isGUID()))

const unionOf = (meanings: ReadonlyArray<Meaning.AnyMeaning>): Decider.EventUnion<DomainEvent.DomainEvent> =>
  Schema.Union(meanings.map(({ event }) => event))
