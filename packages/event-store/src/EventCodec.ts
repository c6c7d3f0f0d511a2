/**
 * Between domain events and the form the store keeps: name, version of the shape, business time, and the rest as JSON.
 *
 * Decoding takes a whole batch and is an effect, because reading can need more than the event itself. An event that
 * cannot be decoded is a typed error that names it; it is never skipped. Where somebody has repaired it, and the program
 * has `EventRepairs`, what the repair says is decoded in its place. Events that can be decoded pay nothing for that.
 *
 * Personal values are sealed in what `encode` answers, and opened before anything is decoded, with the `Sealer` of the
 * program; what is stored of somebody forgotten is decoded as redacted.
 */
import { type Decider, DomainEvent } from "@eventfold/decider"
import { type DateTime, Effect, Result, type Schema } from "effect"
import * as EventReaders from "./EventReaders.ts"
import { repairsOf } from "./EventRepairs.ts"
import * as EventShape from "./EventShape.ts"
import { EventNotDecodable, EventNotEncodable, type EventStoreFailure } from "./EventStoreErrors.ts"
import { isJsonObject } from "./Json.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import * as SealedEvents from "./SealedEvents.ts"
import type * as StreamId from "./StreamId.ts"

/** A domain event in its stored form, without identity and metadata. */
export interface EncodedEvent {
  readonly type: string
  readonly schemaVersion: number
  readonly occurredAt: DateTime.Utc
  readonly data: Schema.Json
}

/** A stored event and the domain event it is. */
export interface DecodedEvent<Event> {
  readonly event: Event
  readonly recorded: RecordedEvent
}

/** Encodes and decodes the events of one aggregate. */
export interface EventCodec<Event extends DomainEvent.DomainEvent> {
  /** The names of the events it knows, with the version it writes. */
  readonly types: ReadonlyMap<string, number>
  /** Encodes events of a tenant, whose keys seal what is personal in them. */
  readonly encode: (
    events: ReadonlyArray<Event>,
    tenant: string
  ) => Effect.Effect<ReadonlyArray<EncodedEvent>, EventNotEncodable | EventStoreFailure>
  /**
   * The events as they will be read, given what `encode` has made of them: the same, but for what is said of people who
   * are forgotten. A state must be folded from these.
   */
  readonly asStored: (
    events: ReadonlyArray<Event>,
    encoded: ReadonlyArray<EncodedEvent>,
    stream: StreamId.StreamId
  ) => Effect.Effect<ReadonlyArray<Event>, EventNotDecodable | EventStoreFailure>
  /** Decodes a batch in order; the events are deeply frozen. Fails on the first one that cannot be decoded. */
  readonly decode: (
    events: ReadonlyArray<RecordedEvent>
  ) => Effect.Effect<ReadonlyArray<Event>, EventNotDecodable | EventStoreFailure>
  /**
   * Decodes every event of a batch by itself, so that a reader of many streams can go on past one that it cannot read
   * and hold back its stream only. The answers are in the order of the events.
   */
  readonly decodeEach: (
    events: ReadonlyArray<RecordedEvent>
  ) => Effect.Effect<ReadonlyArray<Result.Result<DecodedEvent<Event>, EventNotDecodable>>, EventStoreFailure>
  /** Decodes one event as it is stored, whatever repairs there are. */
  readonly decodeStored: (
    event: RecordedEvent
  ) => Effect.Effect<Result.Result<Event, EventNotDecodable>, EventStoreFailure>
  /** The data of an event, given in clear, as it must be stored. */
  readonly seal: (event: RecordedEvent) => Effect.Effect<Schema.Json, EventStoreFailure>
  /**
   * The data of stored events for people, in the order given: in place of a personal value stands the value, or
   * `[REDACTED]`. Of an event whose personal values cannot be opened, the data is given as it is stored.
   */
  readonly show: (events: ReadonlyArray<RecordedEvent>) => Effect.Effect<ReadonlyArray<Schema.Json>, EventStoreFailure>
}

/** All that is known of the events of an aggregate. */
interface Known<Event> {
  readonly members: Members<Event>
  readonly sealed: SealedEvents.SealedEvents
}

/** What is known of one event name: how it is written now, and how each version of it is read. */
interface Member<Event> {
  readonly version: number
  readonly shape: EventShape.EventShape<Event>
  readonly readers: ReadonlyMap<number, EventReaders.Reader<Event>>
}

type Members<Event> = ReadonlyMap<string, Member<Event>>

/**
 * Builds the codec of a union of events made with `DomainEvent.make` and `DomainEvent.nextVersion`.
 *
 * @throws Error when two events share a name, a member has none, or an older version of one cannot be read: mistakes of
 * the program, found at start.
 */
export const make = <Event extends DomainEvent.DomainEvent>(union: Decider.EventUnion<Event>): EventCodec<Event> => {
  const members = new Map<string, Member<Event>>()
  for (const schema of union.members) {
    const type = DomainEvent.nameOf(schema)
    if (members.has(type)) throw new Error(`Two events are called ${type}`)
    const shape = EventShape.make(schema)
    const readers = EventReaders.make(schema, shape)
    members.set(type, { version: DomainEvent.versionOf(schema), shape, readers })
  }
  const known: Known<Event> = { members, sealed: SealedEvents.make(union.members) }
  const { sealed } = known
  const decodeAll = (events: ReadonlyArray<RecordedEvent>) =>
    Effect.filterOrElse(
      decodeStored(known, events),
      (results) => !results.some(Result.isFailure),
      (results) => repaired(known, events, results)
    )
  return {
    types: new Map(Array.from(members, ([type, member]) => [type, member.version])),
    encode: (events, tenant) =>
      Effect.suspend((): Effect.Effect<ReadonlyArray<EncodedEvent>, EventNotEncodable | EventStoreFailure> => {
        const encoded = all(events.map((event) => encode(members, event)))
        return Result.isFailure(encoded) || sealed.areClear(encoded.success)
          ? Effect.fromResult(encoded)
          : Effect.map(sealed.seal(encoded.success, tenant), (data) => encoded.success.map(withData(data)))
      }),
    asStored: (events, encoded, stream) => {
      if (!encoded.some(sealed.hasRedacted)) return Effect.succeed(events)
      const unread = { id: "", stream, version: 0, position: 0, metadata: {} }
      const recorded = encoded.map((event) => ({ ...event, ...unread, recordedAt: event.occurredAt }))
      return Effect.flatMap(decodeStored(known, recorded), (results) => Effect.fromResult(all(results)))
    },
    decode: (events) =>
      Effect.suspend(() => {
        const decoded = sealed.areClear(events) ? decodeClear(members, events) : undefined
        return decoded === undefined
          ? Effect.flatMap(decodeAll(events), (results) => Effect.fromResult(all(results)))
          : Effect.succeed(decoded)
      }),
    decodeEach: (events) =>
      Effect.suspend(() =>
        Effect.map(decodeAll(events), (results) =>
          events.flatMap((recorded, index) => {
            const result = results[index]
            return result === undefined ? [] : [Result.map(result, (event) => ({ event, recorded }))]
          })
        )
      ),
    decodeStored: (event) =>
      Effect.map(decodeStored(known, [event]), ([result]) => result ?? Result.fail(notDecodable(event, nothing))),
    seal: (event) => Effect.map(sealed.seal([event], event.stream.tenant), ([data]) => data ?? null),
    show: (events) =>
      Effect.map(sealed.open(events), (opened) =>
        events.map((event, index) => {
          const data = opened[index]
          return data === undefined || Result.isFailure(data)
            ? event.data
            : sealed.show({ ...event, data: data.success })
        })
      )
  }
}

const nothing = { reason: "there is no such event" }

/** The same events with their data in sealed form. */
const withData = (data: ReadonlyArray<Schema.Json>) => (event: EncodedEvent, index: number) => ({
  ...event,
  data: data[index] ?? null
})

/**
 * What nearly every batch is: events with nothing to open, all of which can be decoded. `undefined` for any other, and
 * whoever asked finds out what it is.
 */
const decodeClear = <Event>(
  members: Members<Event>,
  events: ReadonlyArray<RecordedEvent>
): ReadonlyArray<Event> | undefined => {
  const decoded: Array<Event> = []
  let [type, version, reader] = ["", 0, readerOf(members, "", 0)]
  for (const event of events) {
    if (event.type !== type || event.schemaVersion !== version) {
      ;[type, version, reader] = [event.type, event.schemaVersion, readerOf(members, event.type, event.schemaVersion)]
    }
    if (reader === undefined || !isJsonObject(event.data)) return undefined
    const result = reader(event.data, event.occurredAt)
    if (Result.isFailure(result)) return undefined
    decoded.push(result.success)
  }
  return decoded
}

const readerOf = <Event>(members: Members<Event>, type: string, version: number) =>
  members.get(type)?.readers.get(version)

/** Decodes events as they are stored, after opening what is sealed in them. */
const decodeStored = <Event>(
  { members, sealed }: Known<Event>,
  events: ReadonlyArray<RecordedEvent>
): Effect.Effect<ReadonlyArray<Result.Result<Event, EventNotDecodable>>, EventStoreFailure> =>
  sealed.areClear(events)
    ? Effect.succeed(events.map((event) => decode(members, event)))
    : Effect.map(sealed.open(events), (opened) =>
        events.map((event, index) => {
          const data = opened[index] ?? Result.succeed(event.data)
          return Result.isFailure(data)
            ? Result.fail(notDecodable(event, { reason: data.failure.message, cause: data.failure }))
            : decode(members, { ...event, data: data.success })
        })
      )

/** All the successes, or the first failure. */
const all = <A, E>(results: ReadonlyArray<Result.Result<A, E>>): Result.Result<ReadonlyArray<A>, E> => {
  const out: Array<A> = []
  for (const result of results) {
    if (Result.isFailure(result)) return Result.fail(result.failure)
    out.push(result.success)
  }
  return Result.succeed(out)
}

const encode = <Event extends DomainEvent.DomainEvent>(
  members: Members<Event>,
  event: Event
): Result.Result<EncodedEvent, EventNotEncodable> => {
  const type = event._tag
  const member = members.get(type)
  if (member === undefined) return Result.fail(new EventNotEncodable({ eventType: type, reason: "it has no schema" }))
  const data = member.shape.encode(event)
  return Result.isFailure(data)
    ? Result.fail(new EventNotEncodable({ eventType: type, reason: data.failure }))
    : Result.succeed({ type, schemaVersion: member.version, occurredAt: event.occurredAt, data: data.success })
}

/** Finds the reader of the event's version, and reads. */
const decode = <Event>(members: Members<Event>, recorded: RecordedEvent): Result.Result<Event, EventNotDecodable> => {
  const member = members.get(recorded.type)
  if (member === undefined) return Result.fail(notDecodable(recorded, { reason: "no schema has this name" }))
  const reader = member.readers.get(recorded.schemaVersion)
  if (reader === undefined) {
    return Result.fail(notDecodable(recorded, { reason: `this program knows versions up to ${member.version}` }))
  }
  if (!isJsonObject(recorded.data)) {
    return Result.fail(notDecodable(recorded, { reason: "its data is not a JSON object" }))
  }
  return Result.mapError(reader(recorded.data, recorded.occurredAt), (because) => notDecodable(recorded, because))
}

/** Tries the events that could not be decoded again, with what their repairs say. */
const repaired = Effect.fnUntraced(function* <Event>(
  known: Known<Event>,
  events: ReadonlyArray<RecordedEvent>,
  results: ReadonlyArray<Result.Result<Event, EventNotDecodable>>
) {
  const repairs = yield* repairsOf(events.filter((_, index) => results[index]?._tag === "Failure"))
  if (repairs.size === 0) return results
  const replacements = events.flatMap((event, index) => {
    const repair = repairs.get(event.position)
    if (repair === undefined || results[index]?._tag !== "Failure") return []
    const { data, schemaVersion, type } = repair
    return [{ index, event: { ...event, type, schemaVersion, data } }]
  })
  const decoded = yield* decodeStored(
    known,
    replacements.map(({ event }) => event)
  )
  const tried = Array.from(results)
  for (const [at, { event, index }] of replacements.entries()) {
    const [before, after] = [results[index], decoded[at]]
    if (before === undefined || Result.isSuccess(before) || after === undefined) continue
    const { failure } = before
    tried[index] = Result.mapError(after, ({ reason }) =>
      notDecodable(
        { ...event, type: failure.eventType, schemaVersion: failure.schemaVersion },
        {
          ...failure,
          reason: `${failure.reason}; nor can its repair, ${event.type} v${event.schemaVersion}: ${reason}`
        }
      )
    )
  }
  return tried
})

const notDecodable = (
  event: RecordedEvent,
  because: { readonly reason: string; readonly failedAt?: number; readonly cause?: unknown }
) =>
  new EventNotDecodable({
    stream: event.stream,
    version: event.version,
    position: event.position,
    eventId: event.id,
    eventType: event.type,
    schemaVersion: event.schemaVersion,
    reason: because.reason,
    ...(because.failedAt === undefined ? {} : { failedAt: because.failedAt }),
    ...(because.cause === undefined ? {} : { cause: because.cause })
  })
