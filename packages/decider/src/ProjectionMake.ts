/** How a projection is declared. See `Projection.ts`. */
import type { Schema } from "effect"
import type { EventUnion } from "./Decider.ts"
import { type DomainEvent, nameOf, versionOf } from "./DomainEvent.ts"
import { jsonSchemaOf } from "./JsonKinds.ts"
import {
  type Common,
  type Delete,
  type Increment,
  type NumberField,
  type Projection,
  type Recorded,
  type StreamKey,
  type Upsert
} from "./ProjectionShape.ts"
import { checked } from "./ProjectionRules.ts"
import { fingerprint as fingerprintOfRows } from "./ReadModel.ts"

/**
 * Declares a projection that is given the rows an event touches and answers what is to become of them.
 *
 * `project` is pure. It upserts and deletes rows among those it was given; it may increment others besides, if `counters`
 * names the fields and `initial` says what a row begins with.
 *
 * @throws ProjectionNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const make = <
  Event extends DomainEvent,
  Row extends object,
  const Key extends keyof Row & string,
  const Counter extends NumberField<Row> = never
>(
  declaration: Common<Event, Row, Key> &
    Pick<Projection<Event, Row, Key, Counter>, "keys" | "project"> & {
      readonly counters?: ReadonlyArray<Counter>
      readonly initial?: (key: Pick<Row, Key>) => Row
    }
): Projection<Event, Row, Key, Counter> =>
  checked({
    ...common(declaration),
    keys: declaration.keys,
    counters: declaration.counters ?? [],
    initial: declaration.initial,
    incrementsOnly: false,
    memory: undefined,
    project: declaration.project
  })

/**
 * Declares a projection that does nothing but increment. Its rows need not be loaded, and its changes can be applied in
 * any order.
 *
 * @throws ProjectionNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const counters = <
  Event extends DomainEvent,
  Row extends object,
  const Key extends keyof Row & string,
  const Counter extends NumberField<Row>
>(
  declaration: Common<Event, Row, Key> & {
    readonly counters: ReadonlyArray<Counter>
    /** The row before it was first counted. */
    readonly initial: (key: Pick<Row, Key>) => Row
    /** What an event adds to which rows. */
    readonly count: (event: Event, recorded: Recorded) => ReadonlyArray<Increment<Pick<Row, Key>, Counter>>
  }
): Projection<Event, Row, Key, Counter> =>
  checked({
    ...common(declaration),
    keys: () => [],
    counters: declaration.counters,
    initial: declaration.initial,
    incrementsOnly: true,
    memory: undefined,
    project: (event, _rows, recorded) => declaration.count(event, recorded)
  })

/** The key of the rows is the id of the event's stream: `field` is the one field of the read model's key. */
export const byStream = <const Field extends string>(category: string, field: Field): StreamKey<Field> => ({
  category,
  field
})

/** The row is to be this. */
export const upsert = <const Row>(row: Row): Upsert<Row> => ({ _tag: "Upsert", row })
/** There is to be no row with this key. */
export const remove = <const Key>(key: Key): Delete<Key> => ({ _tag: "Delete", key })
/** `field` of the row with this key goes up by `by`, a whole number: of things, or of minor units of one currency. */
export const increment = <const Key, const Counter extends string>(
  key: Key,
  field: Counter,
  by: number
): Increment<Key, Counter> => ({ _tag: "Increment", key, field, by })
/** All rows stay as they are. */
export const unchanged: ReadonlyArray<never> = []

/** What every projection has, with what is left out filled in. */
export const common = <Event extends DomainEvent, Row extends object, Key extends keyof Row & string>({
  datedBy,
  events,
  partitionBy = (_, { stream }) => streamPartition(stream),
  readModel,
  readsPersonal = true,
  version = 1
}: Common<Event, Row, Key>) => ({ datedBy, events, partitionBy, readModel, readsPersonal, version })

/** The partition that a stream is. */
export const streamPartition = ({ category, id }: Recorded["stream"]): string => `${category}/${id}`

/** The names of the events it wants: what a reader of the log asks for. */
export const eventTypes = <Event extends DomainEvent>({
  events
}: {
  readonly events: EventUnion<Event>
}): ReadonlyArray<string> => events.members.map(nameOf)

/**
 * Why a projection could not run in the transaction of the append itself; `undefined` when it could. Writers of several
 * streams must not meet in a row: so each row belongs to one stream, or is only ever incremented.
 */
export const inlineProblem = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>({
  incrementsOnly,
  keys,
  readModel
}: Projection<Event, Row, Key, Counter>): string | undefined =>
  incrementsOnly || typeof keys !== "function"
    ? undefined
    : `the projection ${readModel.name} cannot run inline: its rows must be keyed by the stream (Projection.byStream), or ` +
      "it must do nothing but increment (Projection.counters)"

/** All that decides which rows it makes, as far as that can be seen from outside its functions. */
export const fingerprint = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>({
  datedBy,
  events,
  memory,
  readModel,
  readsPersonal,
  version
}: Projection<Event, Row, Key, Counter>): Schema.Json => ({
  version,
  readModel: fingerprintOfRows(readModel),
  ...(datedBy === undefined ? {} : { datedBy }),
  ...(readsPersonal ? {} : { readsPersonal }),
  ...(memory === undefined
    ? {}
    : { memory: { category: memory.category, readModel: fingerprintOfRows(memory.readModel) } }),
  events: Object.fromEntries(
    events.members.map((event) => [nameOf(event), { version: versionOf(event), schema: jsonSchemaOf(event) }])
  )
})
