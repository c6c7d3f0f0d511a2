/**
 * Given / when / then for projections: given these rows, when these events happen, then these are the rows.
 *
 * ```ts
 * const { given, inStream } = ProjectionSpec
 * given(OrderList).when(inStream("order", orderId, [drafted, placed])).thenRows([placedRow])
 * given(OrderList, [placedRow]).when(inStream("order", orderId, [cancelled])).thenChanges([Projection.upsert(cancelledRow)])
 * given(Sales, [dayRow], [remembered]).when(inStream("order", orderId, [cancelled])).thenRows([…]).thenRemembers([])
 * ```
 *
 * Everything happens in one tenant. Positions, and versions per stream, count from 1 in the order of the events. The
 * events are folded in one batch and one by one, and a projection that makes other rows of that fails. So does one that
 * fails at an event, unless `thenFailedAt` comes first. Events and rows are frozen.
 *
 * Works in any test framework: an expectation that does not hold throws an error whose message shows the rows, the events
 * and the difference. Values are compared with `Equal.equals`.
 * Gotcha: the expectations are called `thenRows` and so on because an object with a method `then` passes for a promise.
 */
import { Decider, type DomainEvent, Projection } from "@eventfold/decider"
import { DateTime, Equal, Option, Result } from "effect"
import { fail } from "./AssertionError.ts"
import * as Difference from "./Difference.ts"
import { print } from "./ReadableValue.ts"

/** An event in its stream, with no place yet. */
export interface InStream<Event> {
  readonly category: string
  readonly id: string
  readonly recordedAt: DateTime.Utc
  readonly event: Event
}

/** Rows, waiting for events. */
export interface Given<Event, Row, Key> {
  /** Folds events, in the order in which they happened. */
  readonly when: (events: ReadonlyArray<InStream<Event>>) => When<Row, Key>
}

/** An outcome, waiting for what is expected of it. Every expectation answers the same again, so that they can be chained. */
export interface When<Row, Key> {
  /** These are all the rows afterwards, in any order. */
  readonly thenRows: (rows: ReadonlyArray<Row>) => When<Row, Key>
  /** These are all the changes when the events come in one batch: one per row at the most, in any order. */
  readonly thenChanges: (changes: ReadonlyArray<ExpectedChange<Row, Key>>) => When<Row, Key>
  /** These are all the rows it remembers of streams afterwards, in any order. */
  readonly thenRemembers: (memory: ReadonlyArray<Projection.MemoryRow>) => When<Row, Key>
  /** No row changes, and nothing else is remembered. */
  readonly thenNothing: () => When<Row, Key>
  /** The projection fails at the events with just these positions, and leaves over what follows in their partitions. */
  readonly thenFailedAt: (...positions: ReadonlyArray<number>) => When<Row, Key>
}

/** A change as it is expected: `by` has every counter that was counted. */
export type ExpectedChange<Row, Key> =
  | Projection.Upsert<Row>
  | Projection.Delete<Key>
  | { readonly _tag: "Increment"; readonly key: Key; readonly by: Readonly<Record<string, number>> }

/** The tenant in which everything happens. */
export const tenant = "main"

/** Events of one stream. `recordedAt` is the beginning of 1970 when left out. */
export const inStream = <Event>(
  category: string,
  id: string,
  events: ReadonlyArray<Event>,
  recordedAt: DateTime.Utc = DateTime.makeUnsafe(0)
): ReadonlyArray<InStream<Event>> => events.map((event) => ({ category, id, recordedAt, event }))

/** Begins with the rows there are, and what is remembered of streams; none when left out. */
export const given = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  rows: ReadonlyArray<NoInfer<Row>> = [],
  memory: ReadonlyArray<Projection.MemoryRow> = []
): Given<Event, Row, Pick<Row, Key>> => {
  const { readModel } = projection
  const hidden = projection.memory?.readModel
  const memoryOf = (found: ReadonlyArray<Projection.MemoryRow>): Projection.Rows<Projection.MemoryRow> =>
    hidden === undefined ? new Map() : Projection.rowsOf(hidden, tenant, found)
  const fold = Projection.foldBatch(projection)
  const after = ({ memory, rows }: Before<Row>, { changes, memory: remembered }: ReturnType<typeof fold>) => ({
    rows: Result.getOrThrow(Projection.apply(readModel, rows, changes)),
    memory: hidden === undefined ? memory : Result.getOrThrow(Projection.apply(hidden, memory, remembered))
  })
  const before = {
    rows: Projection.rowsOf(readModel, tenant, Decider.freeze(rows)),
    memory: memoryOf(Decider.freeze(memory))
  }
  return {
    when: (events) => {
      const happened = placed(events)
      const folded = fold(before.rows, happened, [], before.memory)
      let each = { ...before, parked: fold(before.rows, [], [], before.memory).parked }
      for (const one of happened) {
        const next = fold(each.rows, [one], each.parked, each.memory)
        each = { ...after(each, next), parked: next.parked }
      }
      const whole = after(before, folded)
      return outcome({
        failures: folded.parked.flatMap(({ failure }) => Option.toArray(failure)),
        rows: sorted(whole.rows),
        memory: sorted(whole.memory),
        memoryBefore: sorted(before.memory),
        oneByOne: { rows: sorted(each.rows), memory: sorted(each.memory) },
        changes: new Map(folded.changes.map((change) => [change.id, expectedOf(change)])),
        idOf: (change) => readModel.idOf(tenant, change._tag === "Upsert" ? readModel.keyOf(change.row) : change.key),
        inOrder: (found) => sorted(Projection.rowsOf(readModel, tenant, found)),
        memoryInOrder: (found) => sorted(memoryOf(found)),
        // Only a failure is worth the text.
        story: () => storyOf(rows, memory, events)
      })
    }
  }
}

interface Before<Row> {
  readonly rows: Projection.Rows<Row>
  readonly memory: Projection.Rows<Projection.MemoryRow>
}

/** The events with their places. */
const placed = <Event>(events: ReadonlyArray<InStream<Event>>): ReadonlyArray<Projection.Happened<Event>> =>
  events.map(({ category, event, id, recordedAt }, index) => ({
    event: Decider.freeze(event),
    recorded: {
      stream: { tenant, category, id },
      version: events.slice(0, index + 1).filter((one) => one.category === category && one.id === id).length,
      position: index + 1,
      recordedAt
    }
  }))

interface Outcome<Row, Key> {
  readonly failures: ReadonlyArray<Projection.ProjectionFailed>
  readonly rows: ReadonlyArray<Row>
  readonly memory: ReadonlyArray<Projection.MemoryRow>
  readonly memoryBefore: ReadonlyArray<Projection.MemoryRow>
  readonly oneByOne: { readonly rows: ReadonlyArray<Row>; readonly memory: ReadonlyArray<Projection.MemoryRow> }
  readonly changes: ReadonlyMap<string, ExpectedChange<Row, Key>>
  readonly idOf: (change: ExpectedChange<Row, Key>) => string
  readonly inOrder: (rows: ReadonlyArray<Row>) => ReadonlyArray<Row>
  readonly memoryInOrder: (memory: ReadonlyArray<Projection.MemoryRow>) => ReadonlyArray<Projection.MemoryRow>
  readonly story: () => string
}

const outcome = <Row, Key>(found: Outcome<Row, Key>, failuresExpected = false): When<Row, Key> => {
  const compare = (what: string, expected: unknown, actual: unknown, expectation: (...args: never) => unknown) => {
    if (!failuresExpected && found.failures.length > 0) {
      fail(`The projection failed.\n\n${found.story()}\n\n${found.failures.map(told).join("\n")}`, expectation)
    }
    const difference = Difference.between(expected, actual)
    if (difference !== undefined) fail(`${what}\n\n${found.story()}\n\n${shown(difference)}`, expectation)
    const unstable =
      Difference.between(found.rows, found.oneByOne.rows) ?? Difference.between(found.memory, found.oneByOne.memory)
    if (unstable !== undefined) {
      fail(
        `One by one the events led to other rows (+) than in one batch (-).\n\n${found.story()}\n\n${shown(unstable)}`,
        expectation
      )
    }
    return when
  }
  const thenRows: When<Row, Key>["thenRows"] = (expected) => {
    const rows = found.inOrder(expected)
    // Two rows with one key can never be found.
    const wanted = rows.length === expected.length ? rows : expected
    return compare("The events led to other rows.", wanted, found.rows, thenRows)
  }
  const thenChanges: When<Row, Key>["thenChanges"] = (expected) => {
    const wanted = expected.toSorted((a, b) => order(found.idOf(a), found.idOf(b)))
    return compare("The events led to other changes.", wanted, Array.from(found.changes.values()), thenChanges)
  }
  const thenRemembers: When<Row, Key>["thenRemembers"] = (expected) => {
    const memory = found.memoryInOrder(expected)
    const wanted = memory.length === expected.length ? memory : expected
    return compare("The events led to other memory.", wanted, found.memory, thenRemembers)
  }
  const thenNothing: When<Row, Key>["thenNothing"] = () => {
    compare("The events changed rows.", [], Array.from(found.changes.values()), thenNothing)
    return compare("The events changed what is remembered.", found.memoryBefore, found.memory, thenNothing)
  }
  const thenFailedAt: When<Row, Key>["thenFailedAt"] = (...positions) => {
    const failed = found.failures.map(({ position }) => position)
    if (Equal.equals(positions, failed)) return outcome(found, true)
    return fail(
      `Expected the projection to fail at ${listed(positions)}, but it failed at ${listed(failed)}.\n\n` +
        [found.story(), ...found.failures.map(told)].join("\n\n"),
      thenFailedAt
    )
  }
  const when: When<Row, Key> = { thenRows, thenChanges, thenRemembers, thenNothing, thenFailedAt }
  return when
}

/** A change without what follows from its key. */
const expectedOf = <Row, Key>(change: Projection.Change<Row, Key>): ExpectedChange<Row, Key> => {
  switch (change._tag) {
    case "Upsert":
      return { _tag: "Upsert", row: change.row }
    case "Delete":
      return { _tag: "Delete", key: change.key }
    case "Increment":
      return { _tag: "Increment", key: change.key, by: change.by }
  }
}

const sorted = <Row>(rows: Projection.Rows<Row>): ReadonlyArray<Row> =>
  Array.from(rows)
    .toSorted(([a], [b]) => order(a, b))
    .map(([, row]) => row)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const listed = (positions: ReadonlyArray<number>): string =>
  positions.length === 0 ? "no event" : `position ${positions.join(", ")}`

const told = (failure: Projection.ProjectionFailed): string => `${failure.message}:\n${indented(failure.cause)}`

const shown = (difference: string): string => `Difference (- expected, + found)\n${difference.replaceAll(/^/gmu, "  ")}`

const storyOf = (
  rows: ReadonlyArray<unknown>,
  memory: ReadonlyArray<unknown>,
  events: ReadonlyArray<InStream<unknown>>
): string =>
  [
    rows.length === 0 ? "Given no rows" : `Given rows\n${rows.map(indented).join("\n")}`,
    ...(memory.length === 0 ? [] : [`Given memory\n${memory.map(indented).join("\n")}`]),
    events.length === 0
      ? "When nothing happens"
      : `When\n${events.map(({ category, event, id }, place) => indented({ at: place + 1, stream: `${category}/${id}`, event })).join("\n")}`
  ].join("\n\n")

const indented = (value: unknown): string => print(value).replaceAll(/^/gmu, "  ")
