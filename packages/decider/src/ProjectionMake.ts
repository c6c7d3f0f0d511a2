/** How a projection is declared, and the rules its parts are held to. See `Projection.ts`. */
import { Schema } from "effect"
import type { EventUnion } from "./Decider.ts"
import { type DomainEvent, nameOf, versionOf } from "./DomainEvent.ts"
import { jsonSchemaOf, kindsOf } from "./JsonKinds.ts"
import {
  type Common,
  type Delete,
  type Increment,
  type NumberField,
  type Projection,
  ProjectionNotUsable,
  type Recorded,
  type StreamKey,
  type Upsert
} from "./ProjectionShape.ts"
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

const common = <Event extends DomainEvent, Row extends object, Key extends keyof Row & string>({
  events,
  partitionBy = (_, { stream }) => streamPartition(stream),
  readModel,
  version = 1
}: Common<Event, Row, Key>) => ({ events, partitionBy, readModel, version })

/** The partition that a stream is. */
export const streamPartition = ({ category, id }: Recorded["stream"]): string => `${category}/${id}`

const checked = <
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row>
>(
  projection: Projection<Event, Row, Key, Counter>
): Projection<Event, Row, Key, Counter> => {
  const wrong = problemOf(projection)
  if (wrong === undefined) return projection
  const [field, rule] = wrong
  throw new ProjectionNotUsable({ projection: projection.readModel.name, field, rule })
}

const problemOf = <Event extends DomainEvent, Row extends object, Key extends keyof Row & string>(
  projection: Projection<Event, Row, Key, NumberField<Row>>
): readonly [field: string, rule: string] | undefined => {
  const { events, initial, incrementsOnly, keys, readModel, version } = projection
  const [counted, named]: ReadonlyArray<ReadonlyArray<string>> = [projection.counters, readModel.key]
  const names = events.members.map(nameOf)
  const twice = names.find((name, place) => names.indexOf(name) < place)
  if (!Number.isSafeInteger(version) || version < 1) return ["version", "must be a positive integer"]
  if (names.length === 0) return ["events", "must be one at least"]
  if (twice !== undefined) return [twice, "must stand once only among the events"]
  if (typeof keys !== "function" && (named?.length !== 1 || named[0] !== keys.field)) {
    return [keys.field, "must be all of the read model's key, because the id of the stream is"]
  }
  if (incrementsOnly && counted?.length === 0) return ["counters", "must have at least one field"]
  for (const field of counted ?? []) {
    const schema = Object.hasOwn(readModel.Row.fields, field) ? readModel.Row.fields[field] : undefined
    if (schema === undefined) return [field, "is no field of the row, and stands in the counters"]
    if (named?.includes(field) === true) return [field, "must not be a counter and part of the key"]
    if (schema.ast.context?.isOptional === true || !isCount(schema)) {
      return [field, "must be any whole number (Schema.Int), because it is a counter"]
    }
  }
  return (counted?.length ?? 0) > 0 && initial === undefined
    ? ["initial", "must say what a row begins with, because there are counters"]
    : undefined
}

/** A count that leaves a narrower range would be found out too late: when it is stored, by then without its event. */
const isCount = (schema: Schema.Codec<unknown, unknown>): boolean => {
  const fits = Schema.is(schema)
  return (
    kindsOf(schema).every((kind) => kind === "integer") &&
    fits(Number.MAX_SAFE_INTEGER) &&
    fits(Number.MIN_SAFE_INTEGER) &&
    fits(0)
  )
}

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
  events,
  readModel,
  version
}: Projection<Event, Row, Key, Counter>): Schema.Json => ({
  version,
  readModel: fingerprintOfRows(readModel),
  events: Object.fromEntries(
    events.members.map((event) => [nameOf(event), { version: versionOf(event), schema: jsonSchemaOf(event) }])
  )
})
