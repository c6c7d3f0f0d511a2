/**
 * Counters that remember something of each stream: what an event takes back may stand in an earlier one only.
 *
 * A cancelled order says nothing of its total, so what takes it out of the sales must remember what was put in. What is
 * remembered is a hidden row per stream. Only the events of its stream change it, and partitions are streams: so streams
 * never meet in it, and such a projection may still run in the transaction of the append.
 */
import { Schema } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import { common } from "./ProjectionMake.ts"
import { checked } from "./ProjectionRules.ts"
import type { Common, Increment, MemoryRow, NumberField, Projection, Recorded } from "./ProjectionShape.ts"
import * as QuickFit from "./QuickFit.ts"
import { make as makeReadModel, type ReadModel } from "./ReadModel.ts"

/**
 * Declares a projection that does nothing but increment, as `Projection.counters` does, and remembers a row of each
 * stream. `count` and `remember` are both given what was remembered before the event; none at the first one.
 *
 * Gotcha: an event it wants but cannot count without what came before (it was told of the cancellation and not of the
 * order) is its own to judge: it throws, or counts nothing.
 *
 * @throws ProjectionNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const countersWithMemory = <
  Event extends DomainEvent,
  Row extends object,
  const Key extends keyof Row & string,
  const Counter extends NumberField<Row>,
  Remembered extends MemoryRow,
  const StreamField extends keyof Remembered & string
>(
  declaration: Omit<Common<Event, Row, Key>, "partitionBy"> & {
    readonly memory: {
      /** Events of streams of other categories are not wanted. */
      readonly category: string
      /** Keyed by one field: the id of the stream. Its name is that of a table of its own. */
      readonly readModel: ReadModel<Remembered, StreamField>
      /** What is remembered after an event; nothing any more when it answers `undefined`. */
      readonly remember: (memory: Remembered | undefined, event: Event, recorded: Recorded) => Remembered | undefined
    }
    readonly counters: ReadonlyArray<Counter>
    /** The row before it was first counted. */
    readonly initial: (key: Pick<Row, Key>) => Row
    /** What an event adds to which rows. */
    readonly count: (
      event: Event,
      memory: Remembered | undefined,
      recorded: Recorded
    ) => ReadonlyArray<Increment<Pick<Row, Key>, Counter>>
  }
): Projection<Event, Row, Key, Counter> => {
  const { category, readModel, remember } = declaration.memory
  const known = knownAs(readModel)
  return checked({
    ...common(declaration),
    keys: () => [],
    counters: declaration.counters,
    initial: declaration.initial,
    incrementsOnly: true,
    memory: {
      category,
      readModel: untyped(readModel),
      remember: (memory, event, recorded) => remember(known(memory), event, recorded)
    },
    project: (event, _rows, recorded, memory) => declaration.count(event, known(memory), recorded)
  })
}

/** The same read model for those who keep rows and need not know what is in them. */
const untyped = <Row extends MemoryRow, Key extends keyof Row & string>({
  indexes,
  key,
  name,
  Row,
  searchable,
  version
}: ReadModel<Row, Key>): ReadModel<MemoryRow, string> =>
  makeReadModel<MemoryRow, string>({ name, key, row: Row, indexes, searchable, version })

/** Tells rows that were kept by their schema, each once. They are frozen, so what has fitted once always does. */
const knownAs = <Row extends MemoryRow, Key extends keyof Row & string>({ Row, name }: ReadModel<Row, Key>) => {
  const [quick, fits] = [QuickFit.ofType(Row), Schema.is(Row)]
  const found = new WeakSet<MemoryRow>()
  const isRow = (row: MemoryRow): row is Row => found.has(row) || quick(row) || fits(row)
  return (row: MemoryRow | undefined): Row | undefined => {
    if (row === undefined) return undefined
    if (!isRow(row)) throw new Error(`what is remembered does not fit the schema of ${name}`)
    found.add(row)
    return row
  }
}
