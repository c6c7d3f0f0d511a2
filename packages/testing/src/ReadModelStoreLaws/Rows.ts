/** Laws of rows one by one: how they come back, and what changes them. */
import { ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Predicate, Stream } from "effect"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"
import * as WideRow from "./WideRow.ts"

const { apply, begun, expectTally, increment, loaded, located, put, removal, tally, upsert } = Scenario

/** A table of tallies, and a tenant. */
const table = Effect.gen(function* () {
  return { tenant: yield* Scenario.tenant, ...(yield* begun(yield* Scenario.tallies)) }
})

/** The laws of single changes. */
export const rows = [
  make(
    "a row comes back as it went in, whatever is in it, and is found by a key of several fields",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const { table } = yield* begun(yield* WideRow.wides)
      yield* put(table, tenant, WideRow.rows)
      const found = yield* loaded(table, tenant, WideRow.rows)
      for (const [index, row] of WideRow.rows.entries()) {
        yield* expectEqual<WideRow.Wide | undefined>(`row ${index}`, found[index], row)
        const absent = Object.keys(WideRow.Wide.fields).filter((field) => !Predicate.hasProperty(row, field))
        const there = absent.filter((field) => Predicate.hasProperty(found[index], field))
        yield* expectEqual(`the absent fields of row ${index} that are there`, there, [])
      }
    })
  ),

  make(
    "rows that are not there are left out, and one that is asked for twice is there once",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const { readModel } = tallies
      yield* put(tallies, tenant, [tally("a"), tally("b")])
      const store = yield* ReadModelStore
      const keys = ["b", "none", "a", "b"].map((id) => located(readModel, tenant, { id }))
      const found = yield* store.load(tallies, keys)
      yield* expectEqual(
        "the ids found",
        Array.from(found.keys()).toSorted(),
        ["a", "b"].map((id) => readModel.idOf(tenant, { id }))
      )
      yield* expectEqual("how many of none", (yield* store.load(tallies, [])).size, 0)
    })
  ),

  make(
    "an upsert makes a row what it says, whatever was there before",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const { table } = yield* begun(yield* WideRow.wides)
      const [plain, full] = WideRow.rows
      if (plain === undefined || full === undefined) return
      const { number, sealed, sku } = plain
      for (const row of [plain, { ...full, number, sealed, sku }, plain]) {
        yield* put(table, tenant, [row])
        yield* expectEqual<ReadonlyArray<unknown>>("the row", yield* loaded(table, tenant, [plain]), [row])
      }
    })
  ),

  make(
    "a deletion takes a row away, and its key can be given again",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      yield* put(tallies, tenant, [tally("a"), tally("b")])
      yield* apply(tallies, removal(tallies.readModel, tenant, { id: "a" }))
      yield* apply(tallies, removal(tallies.readModel, tenant, { id: "a" }))
      yield* expectTally("the row deleted", tallies, tenant, "a", undefined)
      yield* expectTally("the other one", tallies, tenant, "b", tally("b"))
      yield* put(tallies, tenant, [tally("a", { count: 9 })])
      yield* expectTally("the new one", tallies, tenant, "a", tally("a", { count: 9 }))
    })
  ),

  make(
    "changes of every kind are made together, however many",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const { readModel } = tallies
      const { rows: length } = yield* Scenario.Sizes
      const ids = Array.from({ length }, (_, index) => `row-${index}`)
      yield* apply(tallies)
      yield* put(
        tallies,
        tenant,
        ids.map((id) => tally(id))
      )
      const change = (id: string, index: number) =>
        index % 3 === 0
          ? upsert(readModel, tenant, tally(id, { note: id }))
          : index % 3 === 1
            ? removal(readModel, tenant, { id })
            : increment(readModel, tenant, tally(id, { count: 0 }), { count: index })
      yield* apply(tallies, ...ids.map(change))
      const after = (id: string, index: number) =>
        index % 3 === 0 ? tally(id, { note: id }) : index % 3 === 1 ? undefined : tally(id, { count: 1 + index })
      const found = yield* loaded(
        tallies,
        tenant,
        ids.map((id) => ({ id }))
      )
      yield* expectEqual("the rows", found, ids.map(after))
    })
  ),

  make(
    "tenants have rows of their own, though their keys are equal",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const other = yield* Scenario.tenant
      const { readModel } = tallies
      yield* put(tallies, tenant, [tally("a", { count: 1 })])
      yield* expectTally("of the other one at first", tallies, other, "a", undefined)
      yield* put(tallies, other, [tally("a", { count: 2 }), tally("b")])
      yield* apply(
        tallies,
        increment(readModel, other, tally("a"), { count: 10 }),
        removal(readModel, tenant, { id: "b" })
      )
      yield* expectTally("of the one", tallies, tenant, "a", tally("a", { count: 1 }))
      yield* expectTally("of the other one", tallies, other, "a", tally("a", { count: 12 }))
      yield* expectTally("of the other one still", tallies, other, "b", tally("b"))
    })
  ),

  make(
    "every row of a generation is listed once, by tenant and key",
    Effect.gen(function* () {
      const { table: tallies } = yield* table
      const prefix = yield* Scenario.tenant
      const tenants = ["\u{1f600}", "\uffee", "b", "B"].map((end) => `${prefix}-${end}`)
      const { rows: length } = yield* Scenario.Sizes
      const ids = Array.from({ length: length / 4 }, (_, index) => `row-${index}`)
      for (const tenant of tenants) {
        yield* put(
          tallies,
          tenant,
          ids.map((id) => tally(id, { note: tenant }))
        )
      }
      const listed = yield* Stream.runCollect((yield* ReadModelStore).rows(tallies))
      const expected = tenants
        .toReversed()
        .flatMap((tenant) => ids.toSorted().map((id) => ({ tenant, row: tally(id, { note: tenant }) })))
      yield* expectEqual<ReadonlyArray<unknown>>("the rows", listed, expected)
    })
  )
]
