/**
 * The port to the rows of read models.
 *
 * Rows are kept in *generations*: a projection that is built anew writes into tables of its own while the ones before it
 * are read. Readers name a read model, not a generation; which one they get is switched for all of them at once, when
 * the transaction with `serve` in it commits.
 *
 * Whose rows have another shape (`rowsFingerprint`) are read under another name: an older program beside a newer one keeps
 * reading the rows it knows, and a newer one whose rows are not ready yet is told so.
 *
 * Guarantees of every layer (`ReadModelStoreContract` in `@eventfold/testing` holds them to it): rows come back as they
 * went in; specifications, sorts and counts answer as `Specification.matches` and `Sorting.comparator` do; increments at
 * the same time all count; no reader sees part of a transaction; all writing joins an open `Transaction`.
 */
import type { Paging, Projection, ReadModel, Specification } from "@eventfold/decider"
import type { EventStoreFailure, ReadModelNotReady, WritingService, ServingGeneration } from "@eventfold/event-store"
import { Context, type DateTime, type Effect, type Stream } from "effect"

export { ReadModelNotReady } from "@eventfold/event-store"

/** A read model whatever its rows are: for those who only make and drop tables. */
export interface AnyReadModel {
  readonly name: string
  readonly key: ReadonlyArray<string>
  readonly Row: ReadModel.RowSchema<unknown>
  readonly indexes: ReadonlyArray<ReadonlyArray<string>>
  readonly searchable: ReadonlyArray<string>
  readonly version: number
}

/** The rows of a read model in a generation. */
export interface Table<Row extends object, Key extends keyof Row & string> {
  readonly readModel: ReadModel.ReadModel<Row, Key>
  readonly generation: number
}

/** A generation of a projection. */
export interface Generation {
  /** The name of the projection, which is that of its read model. */
  readonly projection: string
  /** At least 1, and greater than those before it. No number is given twice, even when a generation was dropped. */
  readonly generation: number
  /** All that decides which rows are made. */
  readonly fingerprint: string
  /** All that decides what a row looks like. */
  readonly rowsFingerprint: string
  readonly slices: number
  /** `building`: not read yet; `serving`: read; `retired`: was read, and is to be dropped. */
  readonly state: "building" | "serving" | "retired"
  readonly begunAt: DateTime.Utc
  /** When it was switched to. */
  readonly servedAt: DateTime.Utc | undefined
  readonly retiredAt: DateTime.Utc | undefined
  /** The day from which on rows are folded anew, when older ones were copied. */
  readonly from: string | undefined
}

/** What is said of a generation when it begins. */
export type NewGeneration = Pick<Generation, "projection" | "fingerprint" | "rowsFingerprint" | "slices" | "from">

/** The rows of read models. */
export class ReadModelStore extends Context.Service<
  ReadModelStore,
  {
    /** The generations there are, of one projection or of all; by name, the oldest first. */
    generations(projection?: string): Effect.Effect<ReadonlyArray<Generation>, EventStoreFailure>
    /**
     * Begins a generation with empty tables for these read models. While one with the same fingerprint is being built,
     * that one is answered: of two who begin at the same moment, one does.
     */
    begin(generation: NewGeneration, tables: ReadonlyArray<AnyReadModel>): Effect.Effect<Generation, EventStoreFailure>
    /**
     * Makes what only readers of these tables need, such as indexes, which would slow down the folding of a whole log.
     * With many rows it takes a while, in which whoever writes them waits. `serve` does it where it was not done.
     */
    finish(generation: Generation, tables: ReadonlyArray<AnyReadModel>): Effect.Effect<void, EventStoreFailure>
    /**
     * Makes a generation the one that is read, and retires the one whose rows had the same shape. Nothing when it is read
     * already; one that was retired can be read again. In the transaction that is open.
     */
    serve(generation: Generation, readModel: AnyReadModel): Effect.Effect<void, EventStoreFailure>
    /** Says that a generation is to be dropped, though rows of another shape took its place. Until then it is read. */
    retire(generation: Generation): Effect.Effect<void, EventStoreFailure>
    /**
     * The generations of these projections that are read, for who writes their rows in the transaction of an append: the
     * first thing in it. Until it ends nobody gets the fence of one of them.
     */
    servingForAppend(
      projections: ReadonlyArray<string>
    ): Effect.Effect<ReadonlyArray<ServingGeneration>, EventStoreFailure>
    /**
     * Keeps everybody who asks `servingForAppend` for a projection waiting until the open transaction ends, and waits for
     * those who have asked. Answers a position: all events whose appends have asked before are at or below it, those of
     * the others are above. So whoever folds up to it and then serves a generation misses none, and none counts twice.
     * In memory it is 0, since there the log shows all of them at once.
     */
    fenceAppends(projection: string): Effect.Effect<number, EventStoreFailure>
    /** Drops the tables of a generation and forgets it; nothing while it is `serving`. Who still reads it finds none. */
    drop(generation: Generation, tables: ReadonlyArray<AnyReadModel>): Effect.Effect<void, EventStoreFailure>

    /** The rows there are for these keys, by their ids: one query. Inside a transaction they are not locked. */
    load<Row extends object, Key extends keyof Row & string>(
      table: Table<Row, Key>,
      keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
    ): Effect.Effect<Projection.Rows<Row>, EventStoreFailure>
    /**
     * Makes changes, all or none, in the order of their ids. Increments are added to what is there when they are made. A
     * row that cannot be stored, such as text with U+0000, is a failure that is not `retryable`.
     */
    apply<Row extends object, Key extends keyof Row & string>(
      table: Table<Row, Key>,
      changes: ReadonlyArray<Projection.Change<Row, Pick<Row, Key>>>
    ): Effect.Effect<void, EventStoreFailure | Projection.CountTooLarge>
    /**
     * Prepares changes, for an event store over the same database to make them together with an append (`ForeseenRows`).
     * Undefined where it cannot: when a row is to go, or cannot be stored. A store without it has all rows written later.
     */
    readonly foreseen?: <Row extends object, Key extends keyof Row & string>(
      table: Table<Row, Key>,
      changes: ReadonlyArray<Projection.Change<Row, Pick<Row, Key>>>
    ) => object | undefined
    /** Copies the rows that fit into another generation, whose rows have the same shape; of every tenant. */
    copy<Row extends object, Key extends keyof Row & string>(
      from: Table<Row, Key>,
      to: Table<Row, Key>,
      where: Specification.Specification<Row>
    ): Effect.Effect<void, EventStoreFailure>
    /** Every row of a generation, by tenant and key, page by page: for comparing. */
    rows<Row extends object, Key extends keyof Row & string>(
      table: Table<Row, Key>
    ): Stream.Stream<{ readonly tenant: string; readonly row: Row }, EventStoreFailure>

    /** The rows of these keys in the generation that is read: one query. */
    get<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
    ): Effect.Effect<Projection.Rows<Row>, EventStoreFailure | ReadModelNotReady>
    /** The rows a checked question asks for, among those of a tenant. */
    find<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      question: Paging.Question<Row>
    ): Effect.Effect<ReadonlyArray<Row>, EventStoreFailure | ReadModelNotReady>
    /** How many rows of a tenant a checked specification wants. */
    count<Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      where: Specification.Specification<Row>
    ): Effect.Effect<number, EventStoreFailure | ReadModelNotReady>
  }
>()("@eventfold/subscriptions/ReadModelStore") {
  declare readonly "a program can write with it": WritingService["a program can write with it"]
}
