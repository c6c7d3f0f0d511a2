/**
 * The rows of read models in memory. They join the transactions of `Transaction.layerMemory`; a table is a reference of
 * its own, so projections do not disturb one another. Rows are kept as JSON (see `MemoryRows`).
 *
 * Gotcha: a question looks at every row of its tenant, and there are no indexes: for tests, examples and small programs.
 */
import { Projection, type ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { compareText } from "@eventfold/decider/RowValue"
import { EventStoreFailure } from "@eventfold/event-store"
import { DateTime, Effect, HashMap, Layer, Option, Result, Stream, TxRef } from "effect"
import * as MemoryGenerations from "./MemoryGenerations.ts"
import * as MemoryRows from "./MemoryRows.ts"
import { type Generation, ReadModelNotReady, ReadModelStore, type Table } from "./ReadModelStore.ts"
import { rowsFingerprint } from "./RowsFingerprint.ts"

/** The rows of read models in memory, none at first. */
export const layerMemory: Layer.Layer<ReadModelStore> = Layer.effect(
  ReadModelStore,
  Effect.gen(function* () {
    const catalog = yield* TxRef.make(MemoryGenerations.empty)

    /** The reference to the rows of a table. */
    const refOf = Effect.fnUntraced(function* (operation: string, name: string, generation: number) {
      const found = HashMap.get((yield* TxRef.get(catalog)).tables, MemoryGenerations.tableName(name, generation))
      if (Option.isSome(found)) return found.value
      return yield* refusal(operation, `there is no generation ${generation} of ${name}`)
    })
    const rowsIn = <Row extends object, Key extends keyof Row & string>(operation: string, table: Table<Row, Key>) =>
      Effect.flatMap(refOf(operation, table.readModel.name, table.generation), (ref) => TxRef.get(ref))

    /** Where the rows are that readers of a read model get. */
    const served = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>
    ) {
      const name = MemoryGenerations.readName(readModel.name, yield* rowsFingerprint(readModel))
      const place = HashMap.get((yield* TxRef.get(catalog)).served, name)
      if (Option.isSome(place)) return { readModel, generation: place.value.generation }
      return yield* new ReadModelNotReady({ readModel: readModel.name })
    })

    const load = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
      table: Table<Row, Key>,
      keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
    ): Effect.fn.Return<Projection.Rows<Row>, EventStoreFailure> {
      return loaded(yield* rowsIn("load", table), table.readModel, keys)
    })

    const apply = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
      { generation, readModel }: Table<Row, Key>,
      changes: ReadonlyArray<Projection.Change<Row, Pick<Row, Key>>>
    ): Effect.fn.Return<void, EventStoreFailure | Projection.CountTooLarge> {
      const ref = yield* refOf("apply", readModel.name, generation)
      const before = yield* TxRef.get(ref)
      const added = changes.filter(({ _tag }) => _tag === "Increment")
      const rows = yield* Effect.fromResult(Projection.apply(readModel, loaded(before, readModel, added), changes))
      const codec = MemoryRows.codecOf(readModel.Row)
      let after = before
      for (const { id, tenant } of changes) {
        const row = rows.get(id)
        const stored = row === undefined ? Result.succeed(row) : codec.store(row)
        if (Result.isFailure(stored)) return yield* refusal("apply", `${readModel.name}: ${stored.failure}`)
        after = MemoryRows.withRow(after, tenant, id, stored.success)
      }
      yield* TxRef.set(ref, after)
    })

    const copy = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
      from: Table<Row, Key>,
      to: Table<Row, Key>,
      where: Specification.Specification<Row>
    ): Effect.fn.Return<void, EventStoreFailure> {
      const source = yield* rowsIn("copy", from)
      const target = yield* refOf("copy", to.readModel.name, to.generation)
      const { read } = MemoryRows.codecOf(from.readModel.Row)
      const wanted = Specification.matches(where)
      let after = yield* TxRef.get(target)
      for (const [tenant, rows] of source) {
        for (const [id, row] of rows) if (wanted(read(row))) after = MemoryRows.withRow(after, tenant, id, row)
      }
      yield* TxRef.set(target, after)
    })

    /** The rows of a tenant that are wanted, of those that are read. */
    const wantedOf = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string>(
      readModel: ReadModel.ReadModel<Row, Key>,
      tenant: string,
      where: Specification.Specification<Row>
    ): Effect.fn.Return<ReadonlyArray<Row>, EventStoreFailure | ReadModelNotReady> {
      const rows = yield* rowsIn("find", yield* served(readModel))
      const { read } = MemoryRows.codecOf(readModel.Row)
      const all = Array.from(HashMap.values(MemoryRows.ofTenant(rows, tenant)), read)
      return all.filter(Specification.matches(where))
    })

    const change = (of: (all: MemoryGenerations.Catalog, now: DateTime.Utc) => MemoryGenerations.Catalog) =>
      Effect.flatMap(DateTime.now, (now) => TxRef.update(catalog, (all) => of(all, now)))

    return {
      generations: (projection) =>
        Effect.map(TxRef.get(catalog), ({ generations }) =>
          generations.filter((one) => projection === undefined || one.projection === projection)
        ),
      begin: (begin, tables) =>
        Effect.tx(
          Effect.gen(function* () {
            const all = yield* TxRef.get(catalog)
            const same = all.generations.find(isSame(begin))
            if (same !== undefined) return same
            const fresh = yield* Effect.forEach(tables, ({ name }) =>
              Effect.map(TxRef.make<MemoryRows.TableRows>(HashMap.empty()), (rows) => [name, rows] as const)
            )
            const [generation, after] = MemoryGenerations.begun(all, begin, fresh, yield* DateTime.now)
            yield* TxRef.set(catalog, after)
            return generation
          })
        ),
      finish: () => Effect.void,
      serve: (generation, { name }) =>
        Effect.tx(
          Effect.gen(function* () {
            const found = MemoryGenerations.find(yield* TxRef.get(catalog), generation)
            if (found === undefined) return yield* refusal("serve", `there is no such generation of ${name}`)
            if (found.state === "serving") return
            yield* change((all, now) => MemoryGenerations.switched(all, found, name, now))
          })
        ),
      retire: (generation) => change((all, now) => MemoryGenerations.withRetired(all, generation, now)),
      drop: (generation, tables) =>
        change((all) =>
          MemoryGenerations.find(all, generation)?.state === "serving"
            ? all
            : MemoryGenerations.dropped(
                all,
                generation,
                tables.map(({ name }) => name)
              )
        ),
      // Whoever changes what was read here makes the append run again.
      servingForAppend: (projections) =>
        Effect.map(TxRef.get(catalog), ({ generations }) =>
          generations.filter(({ projection, state }) => state === "serving" && projections.includes(projection))
        ),
      fenceAppends: () => Effect.succeed(0),
      load: (...of) => Effect.tx(load(...of)),
      apply: (...of) => Effect.tx(apply(...of)),
      copy: (...of) => Effect.tx(copy(...of)),
      rows: (table) =>
        Stream.unwrap(Effect.map(Effect.tx(rowsIn("rows", table)), (all) => inOrder(all, table.readModel))),
      get: (readModel, keys) => Effect.tx(Effect.flatMap(served(readModel), (table) => load(table, keys))),
      find: (readModel, tenant, { order, take, where }) =>
        Effect.map(Effect.tx(wantedOf(readModel, tenant, where)), (rows) =>
          rows.toSorted(Sorting.comparator(order)).slice(0, take)
        ),
      count: (readModel, tenant, where) =>
        Effect.map(Effect.tx(wantedOf(readModel, tenant, where)), (rows) => rows.length)
    }
  })
)

const refusal = (operation: string, cause: string) =>
  new EventStoreFailure({ operation: `ReadModelStore.${operation}`, retryable: false, cause })

const isSame =
  ({ fingerprint, projection }: Pick<Generation, "projection" | "fingerprint">) =>
  (one: Generation): boolean =>
    one.state === "building" && one.projection === projection && one.fingerprint === fingerprint

const loaded = <Row extends object, Key extends keyof Row & string>(
  rows: MemoryRows.TableRows,
  { Row }: ReadModel.ReadModel<Row, Key>,
  keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
): Projection.Rows<Row> => {
  const { read } = MemoryRows.codecOf(Row)
  const found = new Map<string, Row>()
  for (const { id, tenant } of keys) {
    const stored = HashMap.get(MemoryRows.ofTenant(rows, tenant), id)
    if (Option.isSome(stored)) found.set(id, read(stored.value))
  }
  return found
}

const inOrder = <Row extends object, Key extends keyof Row & string>(
  rows: MemoryRows.TableRows,
  readModel: ReadModel.ReadModel<Row, Key>
) => {
  const { read } = MemoryRows.codecOf(readModel.Row)
  const byKey = Sorting.comparator(Sorting.complete(Rows.of(readModel), []))
  const tenants = Array.from(rows).toSorted(([a], [b]) => compareText(a, b))
  return Stream.fromIterable(
    tenants.flatMap(([tenant, all]) =>
      Array.from(HashMap.values(all), read)
        .toSorted(byKey)
        .map((row) => ({ tenant, row }))
    )
  )
}
