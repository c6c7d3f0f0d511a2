/** Folds batches of events into changes of rows, in memory. See `Projection.ts` for what it guarantees. */
import { Option, Result } from "effect"
import { freeze } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import { type Change, type Located, ProjectionFailed, type Rows } from "./ProjectionChanges.ts"
import { streamPartition } from "./ProjectionMake.ts"
import type { Happened, NumberField, Projection } from "./ProjectionShape.ts"
import { type Cell, changeOf, locate, stepOf } from "./ProjectionStep.ts"

/** A partition of a tenant's events. */
export interface Partition {
  readonly tenant: string
  readonly partition: string
}

/** A partition that is held back, and the events it has yet to take: the one that failed first, then the later ones. */
export interface Parked<Event> extends Partition {
  /** Why; none when it was held back before the batch began. */
  readonly failure: Option.Option<ProjectionFailed>
  readonly leftOver: ReadonlyArray<Happened<Event>>
}

/** What a batch of events leads to. */
export interface Folded<Event, Row, Key> {
  /** One change per row at the most, by the ids of the rows: whoever locks them does so in the same order. */
  readonly changes: ReadonlyArray<Change<Row, Key>>
  /** The partitions that are held back, in the order in which it came to that. */
  readonly parked: ReadonlyArray<Parked<Event>>
}

/** The rows to load before a batch is folded: each once, by their ids. */
export const keysOf =
  <Event extends DomainEvent, Row extends object, Key extends keyof Row & string, Counter extends NumberField<Row>>(
    projection: Projection<Event, Row, Key, Counter>
  ) =>
  (events: ReadonlyArray<Happened<Event>>): ReadonlyArray<Located<Pick<Row, Key>>> => {
    const found = new Map<string, Located<Pick<Row, Key>>>()
    for (const happened of events) {
      // An event whose keys cannot be told fails when it is folded.
      const keys = Result.getOrElse(
        Result.try(() => locate(projection, happened)),
        () => []
      )
      for (const key of keys ?? []) found.set(key.id, key)
    }
    return Array.from(found.values()).toSorted(byId)
  }

/**
 * Folds a batch of events, in the order of the log, over the rows that {@link keysOf} asks for: those that are not there
 * are left out of `rows`. The events of the partitions in `parked` are left over.
 */
export const foldBatch =
  <Event extends DomainEvent, Row extends object, Key extends keyof Row & string, Counter extends NumberField<Row>>(
    projection: Projection<Event, Row, Key, Counter>
  ) =>
  (
    rows: Rows<Row>,
    events: ReadonlyArray<Happened<Event>>,
    parked: ReadonlyArray<Partition> = []
  ): Folded<Event, Row, Pick<Row, Key>> => {
    const cells = new Map<string, Cell<Row, Pick<Row, Key>>>()
    for (const key of keysOf(projection)(events)) {
      cells.set(key.id, { ...key, _tag: "Known", before: rows.get(key.id), now: freeze(rows.get(key.id)) })
    }
    const held = new Map<string, Held<Event>>(
      parked.map(({ partition, tenant }) => [nameOfPartition(tenant, partition), park(tenant, partition)])
    )
    const step = stepOf(projection)
    for (const happened of events) {
      const { event, recorded } = happened
      const { tenant } = recorded.stream
      const stream = streamPartition(recorded.stream)
      const partition = Result.try(() => projection.partitionBy(event, recorded))
      // What cannot be assigned to a partition holds its stream back.
      const name = Result.getOrElse(partition, () => stream)
      const holding = held.get(nameOfPartition(tenant, name)) ?? held.get(nameOfPartition(tenant, stream))
      if (holding !== undefined) {
        holding.leftOver.push(happened)
        continue
      }
      const after = Result.flatMap(partition, () => Result.try(() => step(cells, happened)))
      if (Result.isSuccess(after)) {
        for (const cell of after.success) cells.set(cell.id, cell)
        continue
      }
      const failure = new ProjectionFailed({
        projection: projection.readModel.name,
        tenant,
        partition: name,
        position: recorded.position,
        eventType: event._tag,
        cause: after.failure
      })
      held.set(nameOfPartition(tenant, name), park(tenant, name, failure, happened))
    }
    return {
      changes: Array.from(cells.values()).flatMap(changeOf).toSorted(byId),
      parked: Array.from(held.values())
    }
  }

interface Held<Event> extends Parked<Event> {
  readonly leftOver: Array<Happened<Event>>
}

const park = <Event>(
  tenant: string,
  partition: string,
  failure?: ProjectionFailed,
  ...leftOver: Array<Happened<Event>>
): Held<Event> => ({ tenant, partition, failure: Option.fromUndefinedOr(failure), leftOver })

const nameOfPartition = (tenant: string, partition: string): string => JSON.stringify([tenant, partition])

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0
