/**
 * Between domain events and the form the store keeps: name, version of the shape, business time, and the rest as JSON.
 *
 * Decoding takes a whole batch and is an effect, because reading can need more than the event itself (keys of personal
 * data, for example). An event that cannot be decoded is a typed error that names it; it is never skipped.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import { DateTime, Effect, Result, Schema } from "effect"
import { EventNotDecodable, EventNotEncodable } from "./EventStoreErrors.ts"
import { isJsonObject } from "./Json.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** A domain event in its stored form, without identity and metadata. */
export interface EncodedEvent {
  readonly type: string
  readonly schemaVersion: number
  readonly occurredAt: DateTime.Utc
  readonly data: Schema.Json
}

/** Encodes and decodes the events of one aggregate. */
export interface EventCodec<Event extends DomainEvent.DomainEvent> {
  /** The names of the events it knows, with the version it writes. */
  readonly types: ReadonlyMap<string, number>
  readonly encode: (events: ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<EncodedEvent>, EventNotEncodable>
  /** Decodes a batch in order; the events are deeply frozen. Fails on the first one that cannot be decoded. */
  readonly decode: (events: ReadonlyArray<RecordedEvent>) => Effect.Effect<ReadonlyArray<Event>, EventNotDecodable>
}

interface Member<Event> {
  readonly version: number
  readonly encode: (event: Event) => Result.Result<Schema.Json, Schema.SchemaError>
  readonly decode: (input: unknown) => Result.Result<Event, Schema.SchemaError>
}

/**
 * Builds the codec of a union of events made with `DomainEvent.make`.
 *
 * @throws Error when two events share a name, or a member has none: a mistake of the program, found at start.
 */
export const make = <Event extends DomainEvent.DomainEvent>(union: Decider.EventUnion<Event>): EventCodec<Event> => {
  const members = new Map<string, Member<Event>>()
  for (const schema of union.members) {
    const type = DomainEvent.nameOf(schema)
    if (members.has(type)) throw new Error(`Two events are called ${type}`)
    const codec = Schema.toCodecJson(schema)
    members.set(type, {
      version: DomainEvent.versionOf(schema),
      encode: Schema.encodeResult(codec),
      decode: Schema.decodeUnknownResult(codec)
    })
  }
  return {
    types: new Map(Array.from(members, ([type, member]) => [type, member.version])),
    encode: (events) => Effect.suspend(() => Effect.fromResult(all(events, (event) => encode(members, event)))),
    decode: (events) => Effect.suspend(() => Effect.fromResult(all(events, (event) => decode(members, event))))
  }
}

const all = <A, B, E>(items: ReadonlyArray<A>, f: (item: A) => Result.Result<B, E>) => {
  const out: Array<B> = []
  for (const item of items) {
    const result = f(item)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    out.push(result.success)
  }
  return Result.succeed<ReadonlyArray<B>>(out)
}

const encode = <Event extends DomainEvent.DomainEvent>(
  members: ReadonlyMap<string, Member<Event>>,
  event: Event
): Result.Result<EncodedEvent, EventNotEncodable> => {
  const type = event._tag
  const member = members.get(type)
  if (member === undefined) return Result.fail(new EventNotEncodable({ eventType: type, reason: "it has no schema" }))
  const encoded = member.encode(event)
  if (Result.isFailure(encoded)) {
    return Result.fail(new EventNotEncodable({ eventType: type, reason: encoded.failure.message }))
  }
  if (!isJsonObject(encoded.success)) {
    return Result.fail(new EventNotEncodable({ eventType: type, reason: "it is not an object" }))
  }
  // Name and business time have columns of their own; storing them twice would let them disagree.
  const { _tag, occurredAt, ...data } = encoded.success
  return Result.succeed({ type, schemaVersion: member.version, occurredAt: event.occurredAt, data })
}

const decode = <Event extends DomainEvent.DomainEvent>(
  members: ReadonlyMap<string, Member<Event>>,
  event: RecordedEvent
): Result.Result<Event, EventNotDecodable> => {
  const member = members.get(event.type)
  if (member === undefined) return Result.fail(notDecodable(event, "no schema has this name"))
  if (event.schemaVersion > member.version) {
    return Result.fail(notDecodable(event, `this program knows versions up to ${member.version}`))
  }
  if (!isJsonObject(event.data)) return Result.fail(notDecodable(event, "its data is not a JSON object"))
  const decoded = member.decode({
    ...event.data,
    _tag: event.type,
    occurredAt: DateTime.formatIso(event.occurredAt)
  })
  return Result.isFailure(decoded)
    ? Result.fail(notDecodable(event, decoded.failure.message))
    : Result.succeed(Decider.freeze(decoded.success))
}

const notDecodable = (event: RecordedEvent, reason: string) =>
  new EventNotDecodable({
    stream: event.stream,
    version: event.version,
    position: event.position,
    eventId: event.id,
    eventType: event.type,
    schemaVersion: event.schemaVersion,
    reason
  })
