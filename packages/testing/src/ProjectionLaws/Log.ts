/** A log that is made up, and what a projection makes of the whole of it in memory: its rows are held to that. */
import { type Decider, type DomainEvent, Projection, type ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Result, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { expectEqual, Violation } from "../Law.ts"
import { type InStream, tenant as main } from "../ProjectionSpec.ts"

/** An event in its stream. */
export interface InTenant<Event> extends InStream<Event> {
  /** That of `ProjectionSpec` when left out. */
  readonly tenant?: string
}

/** What a log is made of: events of which a projection may want a few only. */
export interface Log<Event extends DomainEvent.DomainEvent> {
  readonly events: Decider.EventUnion<Event>
  /** Makes a history up: it draws from `Random`. */
  readonly history: Effect.Effect<ReadonlyArray<InTenant<Event>>>
}

/** Appends events, one at a time. */
export const appending = <Event extends DomainEvent.DomainEvent>({ events }: Log<Event>) => {
  const codec = EventCodec.make(events)
  return Effect.fnUntraced(function* ({ category, event, id, tenant = main }: InTenant<Event>) {
    const encoded = yield* codec.encode([event], tenant)
    const stored = encoded.map((one) => ({ ...one, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
    yield* (yield* EventStore).append(StreamId.make(tenant, category, id), ExpectedVersion.Any, stored)
  })
}

/** The generation that is read, if there is one. */
export const serving = Effect.fnUntraced(function* (projection: string) {
  const generations = yield* (yield* ReadModelStore).generations(projection)
  return generations.find(({ state }) => state === "serving")
})

/**
 * Holds the rows that are read, and what is remembered beside them, to what the whole log folds to. Answers which
 * generation that is, and the positions of the events that are left over.
 */
export const expectFolded = Effect.fnUntraced(function* <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(projection: Projection.Projection<Event, Row, Key, Counter>) {
  const { memory, readModel } = projection
  const generation = yield* serving(readModel.name)
  if (generation === undefined) return yield* new Violation({ message: `nothing of ${readModel.name} is read` })
  const {
    changes,
    memory: memos,
    parked
  } = Projection.foldBatch(projection)(new Map(), yield* wholeLog(projection), [], new Map())
  yield* expectRows(readModel, generation.generation, changes)
  if (memory !== undefined) yield* expectRows(memory.readModel, generation.generation, memos)
  const leftOver = parked.flatMap((one) => one.leftOver.map(({ recorded }) => recorded.position))
  return { generation, leftOver: leftOver.toSorted((a, b) => a - b) }
})

/** The events a projection wants, all of them. */
const wholeLog = Effect.fnUntraced(function* <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(projection: Projection.Projection<Event, Row, Key, Counter>) {
  const log = (yield* EventStore).readAll({ filter: { types: Projection.eventTypes(projection) } })
  const decoded = yield* EventCodec.make(projection.events).decodeEach(yield* Stream.runCollect(log))
  return decoded.map(Result.getOrThrow)
})

/** Holds the rows of a generation to what changes make of none. */
const expectRows = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  generation: number,
  changes: ReadonlyArray<Projection.Change<Row, Pick<Row, Key>>>
) {
  const expected = Result.getOrThrow(Projection.apply(readModel, new Map(), changes))
  const stored = yield* Stream.runCollect((yield* ReadModelStore).rows({ readModel, generation }))
  const found = new Map(stored.map(({ row, tenant }) => [readModel.idOf(tenant, row), row]))
  const where = `of generation ${generation} of ${readModel.name}`
  const ids = (rows: Projection.Rows<Row>) => Array.from(rows.keys()).toSorted()
  yield* expectEqual(`the ids of the rows ${where}`, ids(found), ids(expected))
  for (const [id, row] of expected) yield* expectEqual(`the row ${id} ${where}`, found.get(id), row)
})
