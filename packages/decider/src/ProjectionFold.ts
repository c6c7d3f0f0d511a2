/** Folds batches of events into changes of rows, in memory. See `Projection.ts` for what it guarantees. */
import { Result } from "effect"
import { freeze } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import type { Change, Located, Rows } from "./ProjectionChanges.ts"
import { heldBack, type Parked, type Partition } from "./ProjectionParking.ts"
import { allPlaces, type Places } from "./ProjectionPlaces.ts"
import type { Happened, MemoryRow, NumberField, Projection } from "./ProjectionShape.ts"
import { type Cell, changeOf, type Known, type Memo, stepOf } from "./ProjectionStep.ts"

/** What a batch of events leads to. */
export interface Folded<Event, Row, Key> {
  /** One change per row at the most, by the ids of the rows: whoever locks them does so in the same order. */
  readonly changes: ReadonlyArray<Change<Row, Key>>
  /** The changes of what is remembered, in the same way: of rows of `projection.memory.readModel`. */
  readonly memory: ReadonlyArray<Change<MemoryRow, Pick<MemoryRow, string>>>
  /** The partitions that are held back, in the order in which it came to that. */
  readonly parked: ReadonlyArray<Parked<Event>>
}

/** The rows to load before a batch is folded: each once, by their ids. */
export const keysOf =
  <Event extends DomainEvent, Row extends object, Key extends keyof Row & string, Counter extends NumberField<Row>>(
    projection: Projection<Event, Row, Key, Counter>
  ) =>
  (events: ReadonlyArray<Happened<Event>>): ReadonlyArray<Located<Pick<Row, Key>>> =>
    inOrder(allPlaces(projection, events), ({ rows }) => rows)

/** The remembered rows to load before a batch is folded: each once, by their ids. None when nothing is remembered. */
export const memoryKeysOf =
  <Event extends DomainEvent, Row extends object, Key extends keyof Row & string, Counter extends NumberField<Row>>(
    projection: Projection<Event, Row, Key, Counter>
  ) =>
  (events: ReadonlyArray<Happened<Event>>): ReadonlyArray<Located<Pick<MemoryRow, string>>> =>
    projection.memory === undefined ? [] : inOrder(allPlaces(projection, events), memoryIn)

const memoryIn = <Key>({ memory }: Places<Key>) => (memory === undefined ? [] : [memory])

const inOrder = <Key, At extends { readonly id: string }>(
  places: ReadonlyArray<Result.Result<Places<Key> | undefined, unknown>>,
  pick: (places: Places<Key>) => ReadonlyArray<At>
): ReadonlyArray<At> => Array.from(each(places, pick)).toSorted(byId)

/** What is picked of all places, each once. An event whose places cannot be told fails when it is folded. */
const each = <Key, At extends { readonly id: string }>(
  places: ReadonlyArray<Result.Result<Places<Key> | undefined, unknown>>,
  pick: (places: Places<Key>) => ReadonlyArray<At>
): Iterable<At> => {
  const found = new Map<string, At>()
  for (const place of places) {
    if (Result.isFailure(place) || place.success === undefined) continue
    for (const at of pick(place.success)) found.set(at.id, at)
  }
  return found.values()
}

/**
 * Folds a batch of events, in the order of the log, over the rows that {@link keysOf} asks for, and over what
 * {@link memoryKeysOf} asks for: what is not there is left out. The events of the partitions in `parked` are left over.
 *
 * @throws Error when the projection remembers something and `memory` is left out: a mistake of the program.
 */
export const foldBatch = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>
) => {
  const step = stepOf(projection)
  return (
    rows: Rows<Row>,
    events: ReadonlyArray<Happened<Event>>,
    parked: ReadonlyArray<Partition> = [],
    memory?: Rows<MemoryRow>
  ): Folded<Event, Row, Pick<Row, Key>> => {
    if (projection.memory !== undefined && memory === undefined) {
      throw new Error(`${projection.readModel.name} must be given what it remembers`)
    }
    const places = allPlaces(projection, events)
    const cells = new Map<string, Cell<Row, Pick<Row, Key>>>()
    for (const at of each(places, ({ rows }) => rows)) cells.set(at.id, known(at, rows))
    const memos = new Map<string, Memo>()
    for (const at of each(places, memoryIn)) memos.set(at.id, known(at, memory))
    const held = heldBack<Event>(projection, parked)

    for (const [index, happened] of events.entries()) {
      const partition = Result.try(() => projection.partitionBy(happened.event, happened.recorded))
      if (held.holds(happened, partition)) continue
      const place = places[index] ?? nowhere
      if (Result.isFailure(partition) || Result.isFailure(place)) {
        held.hold(happened, partition, Result.isFailure(partition) ? partition.failure : Result.merge(place))
        continue
      }
      const at = place.success
      if (at === undefined) continue
      const memo = at.memory && memos.get(at.memory.id)
      const after = Result.try(() => step({ cells, asked: at.rows, memo }, happened))
      if (Result.isFailure(after)) held.hold(happened, partition, after.failure)
      else {
        for (const cell of after.success.cells) cells.set(cell.id, cell)
        if (after.success.memo !== undefined) memos.set(after.success.memo.id, after.success.memo)
      }
    }
    return {
      changes: Array.from(cells.values()).flatMap(changeOf).toSorted(byId),
      memory: Array.from(memos.values()).flatMap(changeOf).toSorted(byId),
      parked: held.parked()
    }
  }
}

const nowhere = Result.succeed(undefined)

const known = <Row, Key>(at: Located<Key>, rows: Rows<Row> | undefined): Known<Row, Key> => {
  const row = freeze(rows?.get(at.id))
  return { ...at, _tag: "Known", before: row, now: row }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0
