/**
 * What the laws of the rows of read models make up, and how they write and read. Every law has read models of its own, so
 * that all run on one store that is never emptied.
 */
import { Paging, type Projection, ReadModel, Rows, Specification } from "@eventfold/decider"
import { Transaction } from "@eventfold/event-store"
import { type AnyReadModel, type NewGeneration, ReadModelStore, type Table } from "@eventfold/subscriptions"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { Context, Effect, Schema } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"
import { effort } from "../Effort.ts"
import { expectEqual } from "../Law.ts"

/** How large the large things are. */
export interface Sizes {
  /** Rows in the largest change. */
  readonly rows: number
  /** Questions made up. */
  readonly questions: number
}

/** How large the large things are; `EVENTFOLD_EFFORT` multiplies what is repeated. */
export const Sizes = Context.Reference<Sizes>("@eventfold/testing/ReadModelSizes", {
  defaultValue: () => ({ rows: 2500, questions: 50 * effort })
})

/** A row with counters. */
export const Tally = Schema.Struct({
  id: Schema.String,
  count: Schema.Int,
  other: Schema.Int,
  note: Schema.NullOr(Schema.String)
})
/** A row with counters. */
export interface Tally extends Schema.Schema.Type<typeof Tally> {}

/** A name that no other read model has. */
export const name = Effect.map(Names.hex(16), (hex) => `law_${hex}`)

/** A tenant that no other law has. */
export const tenant = Names.tenant

/** A read model of tallies. */
export const tallies = Effect.map(name, (name) => ReadModel.make({ name, key: ["id"], row: Tally }))

/** A tally like any other. */
export const tally = (id: string, parts: Partial<Tally> = {}): Tally => ({
  id,
  count: 1,
  other: 0,
  note: null,
  ...parts
})

/** What is said of a generation of a read model that begins. */
export const newGeneration = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  parts: Partial<NewGeneration> = {}
): Effect.fn.Return<NewGeneration> {
  return {
    projection: readModel.name,
    fingerprint: yield* Names.hex(64),
    rowsFingerprint: yield* rowsFingerprint(readModel),
    slices: 1,
    from: undefined,
    ...parts
  }
})

/** A generation that is being built, and its table. */
export const begun = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  others: ReadonlyArray<AnyReadModel> = []
) {
  const said = yield* newGeneration(readModel)
  const generation = yield* (yield* ReadModelStore).begin(said, [readModel, ...others])
  return { generation, table: { readModel, generation: generation.generation } }
})

/** A generation that is read, with these rows of a tenant, and its table. */
export const serving = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string = "",
  rows: ReadonlyArray<Row> = []
) {
  const made = yield* begun(readModel)
  yield* put(made.table, tenant, rows)
  yield* (yield* ReadModelStore).serve(made.generation, readModel)
  return made
})

/** Where a row is. */
export const located = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  row: Pick<Row, Key>
): Projection.Located<Pick<Row, Key>> => ({ tenant, key: readModel.keyOf(row), id: readModel.idOf(tenant, row) })

/** The change that makes a row of it. */
export const upsert = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  row: Row
): Projection.Change<Row, Pick<Row, Key>> => ({ _tag: "Upsert", ...located(readModel, tenant, row), row })

/** The change that takes a row away. */
export const removal = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  row: Pick<Row, Key>
): Projection.Change<Row, Pick<Row, Key>> => ({ _tag: "Delete", ...located(readModel, tenant, row) })

/** The change that adds to counters of a row, which begins as `initial` when it is not there. */
export const increment = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  initial: Row,
  by: Readonly<Record<string, number>>
): Projection.Change<Row, Pick<Row, Key>> => ({
  _tag: "Increment",
  ...located(readModel, tenant, initial),
  initial,
  by
})

/** Makes changes, by the ids of the rows, as the fold of a batch hands them on. */
export const apply = <Row extends object, Key extends keyof Row & string>(
  table: Table<Row, Key>,
  ...changes: ReadonlyArray<Projection.Change<Row, Pick<Row, Key>>>
) => Effect.flatMap(ReadModelStore, (store) => store.apply(table, changes.toSorted(byId)))

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Writes rows of a tenant. */
export const put = <Row extends object, Key extends keyof Row & string>(
  table: Table<Row, Key>,
  tenant: string,
  rows: ReadonlyArray<Row>
) => apply(table, ...rows.map((row) => upsert(table.readModel, tenant, row)))

/** The rows of a table with the keys of these, in their order; undefined for one that is not there. */
export const loaded = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  table: Table<Row, Key>,
  tenant: string,
  keys: ReadonlyArray<Pick<Row, Key>>
) {
  const places = keys.map((key) => located(table.readModel, tenant, key))
  const found = yield* (yield* ReadModelStore).load(table, places)
  return places.map(({ id }) => found.get(id))
})

/** The rows a reader finds with the keys of these, in their order; undefined for one that is not there. */
export const got = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string,
  keys: ReadonlyArray<Pick<Row, Key>>
) {
  const places = keys.map((key) => located(readModel, tenant, key))
  const found = yield* (yield* ReadModelStore).get(readModel, places)
  return places.map(({ id }) => found.get(id))
})

/** Every row of a tenant a reader finds, by key. */
export const foundAll = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>,
  tenant: string
) {
  const question = Paging.ask(Rows.of(readModel), { where: Specification.everything, limit: Paging.maxLimit })
  return yield* (yield* ReadModelStore).find(readModel, tenant, yield* Effect.fromResult(question))
})

/** Fails unless a table has just this tally, or none, with this id. */
export const expectTally = Effect.fnUntraced(function* (
  what: string,
  table: Table<Tally, "id">,
  tenant: string,
  id: string,
  expected: Tally | undefined
) {
  yield* expectEqual<ReadonlyArray<Tally | undefined>>(what, yield* loaded(table, tenant, [{ id }]), [expected])
})

/** Runs in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
