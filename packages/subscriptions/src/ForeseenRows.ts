/**
 * What is known of the rows of a projection before its events are stored: then they can be written together with these,
 * without another question to the database.
 *
 * Guarantees: what is foreseen is what folding the stored events leads to. Undefined is answered where it could be
 * otherwise: when a row or a letter may be there already, when an event cannot be decoded or folded, and when there is
 * nothing the store of rows can prepare. Rows that are only incremented need not be known; every other stream must begin.
 *
 * Gotcha: whether somebody has asked for the position of an event is for the caller to find out, after this.
 */
import { type DomainEvent, Projection } from "@eventfold/decider"
import type { EventCodec, EventStoreFailure, ForeseenRows, RecordedEvent } from "@eventfold/event-store"
import { Effect, Result } from "effect"
import { ReadModelStore } from "./ReadModelStore.ts"

/** An event that is about to be stored. */
export interface Unstored {
  readonly recorded: RecordedEvent
  /** Its append, as a place in a list. */
  readonly append: number
  /** Whether its stream begins with that append. */
  readonly begins: boolean
}

/** Rows of a generation, given events that are about to be stored; what decoding needs may fail. */
export type Foreseeing = (
  generation: number,
  unstored: ReadonlyArray<Unstored>
) => Effect.Effect<ForeseenRows | undefined, EventStoreFailure, ReadModelStore>

/** What is foreseen of a projection; undefined when nothing ever is. */
export const foreseeing = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  codec: EventCodec.EventCodec<Event>
): Foreseeing | undefined => {
  const { incrementsOnly, keys, memory, partitionBy, readModel } = projection
  if (memory !== undefined || (typeof keys === "function" && !incrementsOnly)) return undefined
  const fold = Projection.foldBatch(projection)
  const isOfStream = ({ event, recorded }: EventCodec.DecodedEvent<Event>) =>
    incrementsOnly ||
    Result.getOrUndefined(Result.try(() => partitionBy(event, recorded))) ===
      Projection.streamPartition(recorded.stream)

  return Effect.fnUntraced(function* (generation, unstored) {
    const { foreseen } = yield* ReadModelStore
    if (foreseen === undefined || !(incrementsOnly || unstored.every(({ begins }) => begins))) return undefined
    const happened: Array<EventCodec.DecodedEvent<Event>> = []
    for (const one of yield* codec.decodeEach(unstored.map(({ recorded }) => recorded))) {
      if (Result.isFailure(one) || !isOfStream(one.success)) return undefined
      happened.push(one.success)
    }
    const { changes, parked } = fold(new Map(), happened)
    const appends = incrementsOnly ? undefined : appendsOf(unstored, changes)
    if (parked.length > 0 || (appends !== undefined && appends.length < changes.length)) return undefined
    const rows = foreseen({ readModel, generation }, changes)
    return rows === undefined ? undefined : { appends, rows }
  })
}

/** The append of each row of a stream; some are missing when a stream is appended to more than once. */
const appendsOf = (unstored: ReadonlyArray<Unstored>, changes: ReadonlyArray<{ readonly id: string }>) => {
  const byId = new Map<string, number | undefined>()
  for (const { append, recorded } of unstored) {
    const id = JSON.stringify([recorded.stream.tenant, recorded.stream.id])
    byId.set(id, !byId.has(id) || byId.get(id) === append ? append : undefined)
  }
  const appends: Array<number> = []
  for (const { id } of changes) {
    const append = byId.get(id)
    if (append !== undefined) appends.push(append)
  }
  return appends
}
