/** The shape of a projection: what it is given, and what it answers. See `Projection.ts`. */
import { Schema } from "effect"
import type { EventUnion } from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import type { ReadModel } from "./ReadModel.ts"

/** What is recorded of an event besides its content. An event as a store answers it has all of this. */
export interface Recorded {
  readonly stream: { readonly tenant: string; readonly category: string; readonly id: string }
  /** Its place in its stream, from 1. */
  readonly version: number
  /** Its place in the whole store. */
  readonly position: number
  /** When the store took it. */
  readonly recordedAt: typeof Schema.DateTimeUtc.Type
}

/** An event that happened, and what is recorded of it. */
export interface Happened<Event> {
  readonly event: Event
  readonly recorded: Recorded
}

/** Says that the key of the rows is the id of the event's stream. Events of other categories are not wanted. */
export interface StreamKey<Field extends string> {
  readonly category: string
  readonly field: Field
}

/** The row is to be this, whatever it was. */
export interface Upsert<Row> {
  readonly _tag: "Upsert"
  readonly row: Row
}
/** There is to be no such row. */
export interface Delete<Key> {
  readonly _tag: "Delete"
  readonly key: Key
}
/** A counter of a row goes up by a whole number, or down. */
export interface Increment<Key, Counter extends string> {
  readonly _tag: "Increment"
  readonly key: Key
  readonly field: Counter
  readonly by: number
}
/** What an event does to one row. */
export type Action<Row, Key, Counter extends string> = Upsert<Row> | Delete<Key> | Increment<Key, Counter>

/** The fields of a row that hold a number. */
export type NumberField<Row> = { [Field in keyof Row]-?: Row[Field] extends number ? Field : never }[keyof Row] & string

/** What is remembered of a stream: a row as whoever keeps it knows it, whatever its fields are. */
export interface MemoryRow {
  readonly [field: string]: unknown
}

/** What a projection remembers of each stream it counts: at most one row, under the id of the stream. */
export interface Memory<in Event> {
  /** Events of streams of other categories are not wanted. */
  readonly category: string
  /** The hidden rows. They are kept beside those of the projection, and nobody else reads them. */
  readonly readModel: ReadModel<MemoryRow, string>
  /** What is remembered after an event; nothing when it answers `undefined`. It throws when `memory` is no such row. */
  readonly remember: (memory: MemoryRow | undefined, event: Event, recorded: Recorded) => MemoryRow | undefined
}

/** A projection. `Projection.make`, `Projection.counters` and `Projection.countersWithMemory` build it. */
export interface Projection<
  Event extends DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends NumberField<Row> = never
> {
  /** The declared version, 1 when left out. Raise it whenever the functions make other rows of the same events. */
  readonly version: number
  /** The events it wants. */
  readonly events: EventUnion<Event>
  readonly readModel: ReadModel<Row, Key>
  /** What is put right, or held back, together. `category/id` of the stream when left out. Within a tenant. */
  readonly partitionBy: (event: Event, recorded: Recorded) => string
  /** Whether it looks at what events say of people; where it does not, whoever runs it need not open that. */
  readonly readsPersonal: boolean
  /** The keys of the rows that `project` is to be given: of the stream, found per event, or none at all. */
  readonly keys: StreamKey<Key> | ((event: Event, recorded: Recorded) => ReadonlyArray<Pick<Row, Key>>)
  /** Whole-number fields that are incremented. */
  readonly counters: ReadonlyArray<Counter>
  /** The row that a counter of a new key begins with. */
  readonly initial: ((key: Pick<Row, Key>) => Row) | undefined
  /** True when it does nothing but increment. */
  readonly incrementsOnly: boolean
  /** What it remembers of each stream; `undefined` when it remembers nothing. */
  readonly memory: Memory<Event> | undefined
  /** The field of the key that holds the UTC day (`YYYY-MM-DD`) a row is about, if there is one. */
  readonly datedBy: Key | undefined
  /**
   * From an event and the rows found, one per key and in the order of the keys, to what is to become of them. `memory` is
   * what was remembered of the stream before the event.
   */
  readonly project: (
    event: Event,
    rows: ReadonlyArray<Row | undefined>,
    recorded: Recorded,
    memory: MemoryRow | undefined
  ) => ReadonlyArray<Action<Row, Pick<Row, Key>, Counter>>
}

/** What both kinds of projection declare. */
export interface Common<Event extends DomainEvent, Row extends object, Key extends keyof Row & string> {
  readonly readModel: ReadModel<Row, Key>
  /** One schema per event it wants: a union of what `DomainEvent.make` makes. */
  readonly events: EventUnion<Event>
  /** 1 when left out. */
  readonly version?: number
  /** The stream when left out. */
  readonly partitionBy?: (event: Event, recorded: Recorded) => string
  /**
   * The text field of the key that holds the UTC day (`YYYY-MM-DD`, see `UtcDay`) a row is about. Rows of earlier days
   * can then be kept while those of later ones are built anew.
   */
  readonly datedBy?: Key | undefined
  /**
   * Whether it looks at what events say of people. With `false` it is given what is stored sealed as redacted, which costs
   * no keys: most rows tell nothing personal. Default: true.
   */
  readonly readsPersonal?: boolean
}

/** A projection that breaks a rule: a mistake of the program, found where it is declared. */
export class ProjectionNotUsable extends Schema.TaggedError<ProjectionNotUsable>()("ProjectionNotUsable", {
  /** The name of its read model. */
  projection: Schema.String,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the projection ${this.projection} cannot be used: ${this.field} ${this.rule}`
  }
}
