/** The laws of folding batches: how a batch is cut does not matter, increments commute, and who is parked harms nobody. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { Projection } from "../src/index.ts"
import { counted, Counts, cut, Cuts, foldAll, items, Ledger, Mixed, recorded, Sound } from "./Ledger.ts"

const options = { arbitrary: { runs: 500 } }

describe("a batch", () => {
  it.prop(
    "leads to the same rows as any split of it, and as its events one by one",
    { batch: Mixed, cuts: Cuts },
    ({ batch, cuts }) => {
      const whole = foldAll([batch])
      assert.deepStrictEqual(foldAll(cut(batch, cuts)), whole)
      assert.deepStrictEqual(foldAll(batch.map((one) => [one])), whole)
    },
    options
  )

  it.prop(
    "changes no row twice, and none to what it was",
    { before: Sound, batch: Mixed },
    ({ batch, before }) => {
      const rows = new Map(foldAll([before]).rows)
      const { changes } = Projection.foldBatch(Ledger)(rows, batch)
      const ids = changes.map(({ id }) => id)
      assert.deepStrictEqual(ids, Array.from(new Set(ids)).toSorted())
      for (const change of changes) {
        if (change._tag === "Upsert") assert.notDeepEqual(rows.get(change.id), change.row)
        if (change._tag === "Delete") assert.isTrue(rows.has(change.id))
      }
    },
    options
  )

  it.prop(
    "needs no rows but those it asks for",
    { before: Sound, batch: Mixed },
    ({ batch, before }) => {
      const rows = new Map(foldAll([before]).rows)
      const asked = new Set(Projection.keysOf(Ledger)(batch).map(({ id }) => id))
      const loaded = new Map(Array.from(rows).filter(([id]) => asked.has(id)))
      const fold = Projection.foldBatch(Ledger)
      assert.deepStrictEqual(fold(loaded, batch).changes, fold(rows, batch).changes)
    },
    options
  )
})

describe("a partition that is held back", () => {
  it.prop(
    "leaves the rows as they would be without the events left over",
    { batch: Mixed },
    ({ batch }) => {
      const all = foldAll([batch])
      const others = batch.filter(({ recorded }) => !all.leftOver.includes(recorded.position))
      const without = foldAll([others])
      assert.deepStrictEqual(without.rows, all.rows)
      assert.deepStrictEqual(without.leftOver, [])
    },
    options
  )

  it.prop(
    "leaves over the event that failed and all its later ones, and none of another",
    { batch: Mixed },
    ({ batch }) => {
      const { parked } = Projection.foldBatch(Ledger)(new Map(), batch)
      for (const { failure, leftOver, partition, tenant } of parked) {
        assert.strictEqual(failure._tag, "Some")
        const from = failure._tag === "Some" ? failure.value.position : 0
        const later = batch.filter(
          ({ recorded: { position, stream } }) =>
            position >= from && stream.tenant === tenant && `${stream.category}/${stream.id}` === partition
        )
        assert.deepStrictEqual(leftOver, later)
      }
      const broken = batch.filter(({ event }) => event._tag === "Broken")
      assert.strictEqual(parked.length > 0, broken.length > 0)
    },
    options
  )
})

describe("increments", () => {
  const By = Arbitrary.array(
    Arbitrary.all([
      Arbitrary.schema(Schema.Literals(["pen", "ink"])),
      Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: -(2 ** 48), maximum: 2 ** 48 }))),
      // The order in which it is applied.
      Arbitrary.schema(Schema.Int)
    ]),
    { maxLength: 16 }
  )

  it.prop(
    "commute, and add up exactly",
    { all: By },
    ({ all }) => {
      const fold = Projection.foldBatch(Counts)
      const steps = all.map(([item, by, place], index) => {
        const happened = { event: counted(item, by), recorded: recorded("a", index + 1) }
        return { place, happened, changes: fold(new Map(), [happened]).changes }
      })
      const rowsAfter = (changes: Parameters<typeof Projection.apply<typeof items.Row.Type, "item">>[2]) =>
        Array.from(Result.getOrThrow(Projection.apply(items, new Map(), changes))).toSorted(([a], [b]) =>
          a < b ? -1 : 1
        )
      const inOrder = rowsAfter(steps.flatMap(({ changes }) => changes))
      const shuffled = steps.toSorted((a, b) => a.place - b.place).flatMap(({ changes }) => changes)
      assert.deepStrictEqual(rowsAfter(shuffled), inOrder)
      const merged = fold(
        new Map(),
        steps.map(({ happened }) => happened)
      ).changes
      assert.deepStrictEqual(rowsAfter(merged), inOrder)
      for (const [, row] of inOrder) {
        const exact = all.filter(([item]) => item === row.item).reduce((sum, [, by]) => sum + BigInt(by), 0n)
        assert.strictEqual(BigInt(row.count), exact)
      }
    },
    options
  )
})
