/**
 * The event store in memory: for tests, examples and programs that need no history after they end.
 *
 * It keeps the same laws as the databases. State is one immutable value in a transactional reference, so an append
 * joins an open `Transaction` and is rolled back with it. Data is kept as JSON text: a reader can never change history.
 */
import { DateTime, Effect, HashMap, Layer, Option, Schema, TxRef } from "effect"
import { AppendParticipants } from "./AppendParticipants.ts"
import { AppendSignal } from "./AppendSignal.ts"
import {
  type Appended,
  EventStore,
  type PreparedAppend,
  type StreamPage,
  type StreamsPage,
  type StreamSummary
} from "./EventStore.ts"
import { EventIdConflict, StreamArchived, VersionConflict } from "./EventStoreErrors.ts"
import { type ExpectedVersion, matches } from "./ExpectedVersion.ts"
import type { LogFilter, LogRange } from "./LogPages.ts"
import { type Append, type EventsByNumber, type Log, MemoryLog, type StoredEvent } from "./MemoryLog.ts"
import type { PreparedEvent } from "./PreparedEvent.ts"
import { EventMetadata, type RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** The event store over a log in memory. */
export const layerMemory: Layer.Layer<EventStore, never, AppendParticipants | AppendSignal | MemoryLog> = Layer.effect(
  EventStore,
  Effect.gen(function* () {
    const log = yield* MemoryLog
    const signal = yield* AppendSignal
    const participants = yield* AppendParticipants
    const rung = Transaction.afterCommit(signal.ring)
    const appendOne = ({ events, expected, stream }: PreparedAppend) =>
      Effect.flatMap(DateTime.now, (recordedAt) =>
        Effect.tx(
          Effect.flatMap(TxRef.get(log), (state): Effect.Effect<Answered, Refusal> => {
            const outcome = append(state, stream, expected, events, recordedAt)
            return outcome._tag === "Stored"
              ? Effect.as(TxRef.set(log, outcome.log), outcome)
              : outcome._tag === "Replayed"
                ? Effect.succeed(outcome)
                : Effect.fail(outcome)
          })
        )
      )
    // What fails inside an open transaction must be taken back alone, as that of any layer is.
    const transaction = yield* Effect.provide(Transaction, Transaction.layerMemory)
    const isWanted = ({ type }: PreparedEvent) => participants.wants(type)
    const appendAll = Effect.fnUntraced(function* (appends: ReadonlyArray<PreparedAppend>) {
      const types = appends.flatMap(({ events }) => events.filter(isWanted).map(({ type }) => type))
      const work = types.length === 0 ? undefined : yield* participants.begin(types)
      const outcomes = yield* Effect.forEach(appends, appendOne)
      const wanted = outcomes.flatMap(({ events }) => events.filter(isWanted))
      if (work !== undefined && wanted.length > 0) yield* work({ events: wanted.map(recorded), careful: true })
      return outcomes.map(({ appended }) => appended)
    })
    const appendTold = (one: PreparedAppend) =>
      Effect.flatMap(transaction.run(appendAll([one])), ([appended]) =>
        appended === undefined ? Effect.die(new Error("an append has no answer")) : Effect.succeed(appended)
      )
    return EventStore.make({
      append: (one) =>
        Effect.tap(
          one.events.some(isWanted) ? appendTold(one) : Effect.map(appendOne(one), ({ appended }) => appended),
          () => rung
        ),
      appendAll: (appends) => Effect.tap(transaction.run(appendAll(appends)), () => rung),
      readPage: (stream, page) => Effect.map(TxRef.get(log), (state) => readPage(state, stream, page)),
      readStreams: (page) => Effect.map(TxRef.get(log), (state) => readStreams(state, page)),
      horizon: Effect.map(TxRef.get(log), ({ last }) => last),
      end: Effect.map(TxRef.get(log), ({ last }) => last),
      readRange: (range) => Effect.map(TxRef.get(log), (state) => readRange(state, range))
    })
  })
)

/** The answer to an append, and what it has stored: nothing when it is a repetition. */
interface Answered {
  readonly appended: Appended
  readonly events: ReadonlyArray<StoredEvent>
}

type Outcome =
  | ({ readonly _tag: "Stored"; readonly log: Log } & Answered)
  | ({ readonly _tag: "Replayed" } & Answered)
  | Refusal

type Refusal = VersionConflict | EventIdConflict | StreamArchived

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
  const archived = Option.getOrUndefined(HashMap.get(log.archived, key))
  const actual = archived?.version ?? HashMap.size(ofStream)
  if (!matches(expected, actual)) return new VersionConflict({ stream, expected, actual })
  if (archived !== undefined) return new StreamArchived({ stream })
  let { byId, byPosition } = log
  let [version, position] = [actual, log.last]
  const appended: Appended = { version: version + events.length, position: position + events.length }
  const append: Append = { stream: key, eventIds: events.map((event) => event.id), appended }
  const storedNow: Array<StoredEvent> = []
  for (const event of events) {
    version += 1
    position += 1
    const stored: StoredEvent = { ...event, stream, version, position, recordedAt, append }
    ofStream = HashMap.set(ofStream, version, stored)
    byPosition = HashMap.set(byPosition, position, stored)
    byId = HashMap.set(byId, event.id, stored)
    storedNow.push(stored)
  }
  const byVersion = HashMap.set(log.byVersion, key, ofStream)
  return { _tag: "Stored", log: { ...log, last: position, byPosition, byVersion, byId }, appended, events: storedNow }
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
    ? { _tag: "Replayed", appended: append.appended, events: [] }
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

const readRange = (log: Log, { after, filter = {}, limit, upTo }: LogRange): ReadonlyArray<RecordedEvent> => {
  const out: Array<RecordedEvent> = []
  for (let at = after + 1; at <= Math.min(upTo, log.last) && out.length < limit; at += 1) {
    const event = Option.getOrUndefined(HashMap.get(log.byPosition, at))
    if (event !== undefined && passes(filter, event)) out.push(recorded(event))
  }
  return out
}

const passes = ({ categories, tenant, types }: LogFilter, { stream, type }: StoredEvent): boolean =>
  (tenant === undefined || stream.tenant === tenant) &&
  (categories === undefined || categories.includes(stream.category)) &&
  (types === undefined || types.includes(type))

const readStreams = (log: Log, page: StreamsPage): ReadonlyArray<StreamSummary> => {
  const summaries: Array<StreamSummary> = Array.from(HashMap.values(log.archived))
  for (const ofStream of HashMap.values(log.byVersion)) {
    const stream = Option.getOrUndefined(HashMap.get(ofStream, 1))?.stream
    if (stream !== undefined) summaries.push({ stream, version: HashMap.size(ofStream) })
  }
  return summaries
    .filter(({ stream }) => stream.tenant === page.tenant && stream.category === page.category)
    .filter(({ stream }) => page.after === undefined || compareBytes(stream.id, page.after) > 0)
    .toSorted((a, b) => compareBytes(a.stream.id, b.stream.id))
    .slice(0, page.limit)
}

const utf8 = new TextEncoder()

/** The order of UTF-8 bytes, which is that of code points: what the databases sort ids by. */
export const compareBytes = (a: string, b: string): number => {
  const [left, right] = [utf8.encode(a), utf8.encode(b)]
  const at = left.findIndex((byte, index) => byte !== right[index])
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
}

const slice = (events: EventsByNumber, from: number, to: number, step: 1 | -1): ReadonlyArray<RecordedEvent> => {
  const out: Array<RecordedEvent> = []
  for (let at = from; step === 1 ? at <= to : at >= to; at += step) {
    const event = Option.getOrUndefined(HashMap.get(events, at))
    if (event !== undefined) out.push(recorded(event))
  }
  return out
}

/** A stored event as the store answers it. */
export const recorded = ({ append: _, ...event }: StoredEvent): RecordedEvent => ({
  ...event,
  data: parseData(event.data),
  metadata: parseMetadata(event.metadata)
})

const parseData = Schema.decodeSync(Schema.fromJsonString(Schema.Json))
const parseMetadata = Schema.decodeSync(Schema.fromJsonString(EventMetadata))
