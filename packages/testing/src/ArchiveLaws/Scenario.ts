/** What the laws of the archive make up, and how they look at it. */
import {
  ArchiveCatalog,
  ArchiveFiles,
  Archiver,
  type ArchivedStream,
  type Audit,
  EventStore,
  ExpectedVersion,
  type RecordedEvent,
  type StreamId,
  type Transaction,
  WholeHistory
} from "@eventfold/event-store"
import { Effect, Layer, Option } from "effect"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expectEqual, Violation } from "../Law.ts"

/** What the laws of the archive need. */
export type Services = EventStore | ArchiveCatalog | Audit | Transaction

/** Who archives in these laws. */
export const by = { actor: "archivist", reason: "the books of that year are closed" }

/** Runs a body with an archiver, and files in memory that are its own. */
export const archiving = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Effect.provide(body, Layer.provideMerge(Archiver.layer, Layer.fresh(ArchiveFiles.layerMemory)))

/** Runs a body on the event store with the archive behind it. */
export const wholly = <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.provide(body, Layer.fresh(WholeHistory.layer))

/** The catalogue under test. */
export const catalog = <A, E, R>(f: (catalog: ArchiveCatalog["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(ArchiveCatalog, f)

/** Moves a stream to the archive. */
export const archive = (stream: StreamId.StreamId) =>
  Effect.flatMap(Archiver, (archiver) => archiver.archive(stream, by))

/** Brings a stream back. */
export const restore = (stream: StreamId.StreamId) =>
  Effect.flatMap(Archiver, (archiver) => archiver.restore(stream, by))

/** A fresh stream of a tenant with so many events. */
export const filled = Effect.fnUntraced(function* (tenant: string, count: number) {
  const stream = yield* Scenario.streamOf(tenant)
  yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(count))
  return stream
})

/** Several streams of one tenant whose events lie among each other: in each round one event for each. */
export const interleaved = Effect.fnUntraced(function* (tenant: string, streams: number, rounds: number) {
  const all = yield* Effect.replicateEffect(Scenario.streamOf(tenant), streams)
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, stream] of all.entries()) {
      const type = index % 2 === 0 ? "Even" : "Odd"
      yield* Scenario.append(stream, ExpectedVersion.at(round), [yield* Scenario.event({ type })])
    }
  }
  return all
})

/** The last entry of a stream. Fails when it has none. */
export const entryOf = (stream: StreamId.StreamId): Effect.Effect<ArchivedStream, unknown, ArchiveCatalog> =>
  Effect.flatMap(
    catalog((known) => known.find(stream)),
    Option.match({
      onNone: () => Effect.fail(new Violation({ message: "the stream is not in the catalogue" })),
      onSome: Effect.succeed
    })
  )

/** Fails unless these are the same events, in the same order. */
export const expectSame = (
  what: string,
  actual: ReadonlyArray<RecordedEvent>,
  expected: ReadonlyArray<RecordedEvent>
) => expectEqual(what, actual.map(plain), expected.map(plain))

/** An event as a plain value, to be compared. */
const plain = ({ occurredAt, recordedAt, ...event }: RecordedEvent) => ({
  ...event,
  occurredAt: occurredAt.epochMilliseconds,
  recordedAt: recordedAt.epochMilliseconds
})

/** What the log shows of a tenant from a position on, one page after another. */
export const pages = Effect.fnUntraced(function* (
  tenant: string,
  after: number,
  limit: number,
  types?: ReadonlyArray<string>
) {
  const store = yield* EventStore
  const events: Array<RecordedEvent> = []
  const filter = { tenant, ...(types === undefined ? {} : { types }) }
  let position = after
  while (true) {
    const slice = yield* store.readLog({ after: position, limit, filter })
    events.push(...slice.events)
    if (slice.end) return events
    if (slice.position <= position) return yield* new Violation({ message: `the log stands still at ${position}` })
    position = slice.position
  }
})
