/**
 * The event store in memory: for tests, examples and programs that need no history after they end.
 *
 * It keeps the same laws as the databases. State is one immutable value in a transactional reference, so an append
 * joins an open `Transaction` and is rolled back with it. Data is kept as JSON text: a reader can never change history.
 */
import { DateTime, Effect, HashMap, Layer, Option, Schema, TxRef } from "effect"
import { type Appended, EventStore, type LogPage, type StreamPage } from "./EventStore.ts"
import { EventIdConflict, VersionConflict } from "./EventStoreErrors.ts"
import { type ExpectedVersion, matches } from "./ExpectedVersion.ts"
import type { PreparedEvent } from "./PreparedEvent.ts"
import { EventMetadata, type RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

interface StoredEvent extends PreparedEvent {
  readonly stream: StreamId.StreamId
  readonly version: number
  readonly position: number
  readonly recordedAt: DateTime.Utc
  /** The append that brought it. */
  readonly append: Append
}

/** One append, as much as is needed to know it again. */
interface Append {
  readonly stream: string
  readonly eventIds: ReadonlyArray<string>
  readonly appended: Appended
}

type EventsByNumber = HashMap.HashMap<number, StoredEvent>

interface Log {
  /** The position of the last event; positions have no holes here. */
  readonly last: number
  readonly byPosition: EventsByNumber
  readonly byVersion: HashMap.HashMap<string, EventsByNumber>
  readonly byId: HashMap.HashMap<string, StoredEvent>
}

const empty: Log = { last: 0, byPosition: HashMap.empty(), byVersion: HashMap.empty(), byId: HashMap.empty() }

/** The event store in memory, empty at first. */
export const layerMemory: Layer.Layer<EventStore> = Layer.effect(
  EventStore,
  Effect.gen(function* () {
    const log = yield* TxRef.make(empty)
    return EventStore.make({
      append: (stream, expected, events) =>
        Effect.flatMap(DateTime.now, (recordedAt) =>
          Effect.tx(
            Effect.flatMap(TxRef.get(log), (state) => {
              const outcome = append(state, stream, expected, events, recordedAt)
              return outcome._tag === "Stored"
                ? Effect.as(TxRef.set(log, outcome.log), outcome.appended)
                : outcome._tag === "Replayed"
                  ? Effect.succeed(outcome.appended)
                  : Effect.fail(outcome)
            })
          )
        ),
      readPage: (stream, page) => Effect.map(TxRef.get(log), (state) => readPage(state, stream, page)),
      readAllPage: (page) => Effect.map(TxRef.get(log), (state) => readAllPage(state, page))
    })
  })
)

type Outcome =
  | { readonly _tag: "Stored"; readonly log: Log; readonly appended: Appended }
  | { readonly _tag: "Replayed"; readonly appended: Appended }
  | VersionConflict
  | EventIdConflict

const append = (
  log: Log,
  stream: StreamId.StreamId,
  expected: ExpectedVersion,
  events: ReadonlyArray<PreparedEvent>,
  recordedAt: DateTime.Utc
): Outcome => {
  const known = events.flatMap((event) => Option.toArray(HashMap.get(log.byId, event.id)))
  if (known.length > 0) return replay(stream, events, known)
  const key = StreamId.format(stream)
  let ofStream = Option.getOrElse(HashMap.get(log.byVersion, key), () => HashMap.empty<number, StoredEvent>())
  const actual = HashMap.size(ofStream)
  if (!matches(expected, actual)) return new VersionConflict({ stream, expected, actual })
  let { byId, byPosition } = log
  let [version, position] = [actual, log.last]
  const appended: Appended = { version: version + events.length, position: position + events.length }
  const append: Append = { stream: key, eventIds: events.map((event) => event.id), appended }
  for (const event of events) {
    version += 1
    position += 1
    const stored: StoredEvent = { ...event, stream, version, position, recordedAt, append }
    ofStream = HashMap.set(ofStream, version, stored)
    byPosition = HashMap.set(byPosition, position, stored)
    byId = HashMap.set(byId, event.id, stored)
  }
  const byVersion = HashMap.set(log.byVersion, key, ofStream)
  return { _tag: "Stored", log: { last: position, byPosition, byVersion, byId }, appended }
}

/** A replay names just the events of one earlier append, in order and in the same stream; anything else is a mix-up. */
const replay = (
  stream: StreamId.StreamId,
  events: ReadonlyArray<PreparedEvent>,
  known: ReadonlyArray<StoredEvent>
): Outcome => {
  const eventIds = events.map((event) => event.id)
  const append = known[0]?.append
  return append !== undefined &&
    append.stream === StreamId.format(stream) &&
    append.eventIds.length === eventIds.length &&
    append.eventIds.every((id, index) => id === eventIds[index])
    ? { _tag: "Replayed", appended: append.appended }
    : new EventIdConflict({ stream, eventIds })
}

const readPage = (log: Log, stream: StreamId.StreamId, page: StreamPage): ReadonlyArray<RecordedEvent> => {
  const ofStream = Option.getOrUndefined(HashMap.get(log.byVersion, StreamId.format(stream)))
  if (ofStream === undefined) return []
  const size = HashMap.size(ofStream)
  const from = page.direction === "forwards" ? Math.max(page.from, 1) : Math.min(page.from, size)
  return page.direction === "forwards"
    ? slice(ofStream, from, Math.min(from + page.limit - 1, size), 1)
    : slice(ofStream, from, Math.max(from - page.limit + 1, 1), -1)
}

const readAllPage = (log: Log, page: LogPage): ReadonlyArray<RecordedEvent> => {
  const after = Math.max(page.after, 0)
  return slice(log.byPosition, after + 1, Math.min(after + page.limit, log.last), 1)
}

const slice = (events: EventsByNumber, from: number, to: number, step: 1 | -1): ReadonlyArray<RecordedEvent> => {
  const out: Array<RecordedEvent> = []
  for (let at = from; step === 1 ? at <= to : at >= to; at += step) {
    const event = Option.getOrUndefined(HashMap.get(events, at))
    if (event !== undefined) out.push(recorded(event))
  }
  return out
}

const recorded = ({ append: _, ...event }: StoredEvent): RecordedEvent => ({
  ...event,
  data: parseData(event.data),
  metadata: parseMetadata(event.metadata)
})

const parseData = Schema.decodeSync(Schema.fromJsonString(Schema.Json))
const parseMetadata = Schema.decodeSync(Schema.fromJsonString(EventMetadata))
