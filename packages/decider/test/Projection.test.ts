/** Projections: what is refused where one is declared, which could run inline, and what the fingerprint notices. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { DomainEvent, Projection, ReadModel } from "../src/index.ts"
import { Counts, dropped, Event, Ledger, recorded } from "./Ledger.ts"

const refusalOf = (declare: () => unknown): readonly [field: string, rule: string] => {
  try {
    declare()
  } catch (error) {
    assert.instanceOf(error, Projection.ProjectionNotUsable)
    assert.strictEqual(error.message, `the projection ${error.projection} cannot be used: ${error.field} ${error.rule}`)
    return [error.field, error.rule]
  }
  return assert.fail("the projection was declared, though it should not")
}

describe("declaring a projection", () => {
  const Row = Schema.Struct({
    item: Schema.String,
    shelf: Schema.Int,
    total: Schema.Int,
    natural: Schema.Natural,
    weight: Schema.Finite,
    maybe: Schema.optionalKey(Schema.Int)
  })
  const shelves = ReadModel.make({ name: "shelves", key: ["item", "shelf"], row: Row })
  const initial = (key: { readonly item: string; readonly shelf: number }) => ({
    ...key,
    total: 0,
    natural: 0,
    weight: 0
  })
  const plain = { readModel: shelves, events: Event, keys: () => [], project: () => [] }

  it("takes its parts, with version 1 and the stream as partition when they are left out", () => {
    const { incrementsOnly, partitionBy, version } = Projection.make(plain)
    assert.deepStrictEqual(Projection.eventTypes(Ledger), ["Noted", "Dropped", "Merged", "Counted", "Broken"])
    assert.deepStrictEqual([version, incrementsOnly], [1, false])
    assert.strictEqual(partitionBy(dropped("ink"), recorded("7", 1)), "desk/7")
  })

  it("refuses a version that is no positive integer", () => {
    for (const version of [0, 1.5, Number.NaN]) {
      assert.deepStrictEqual(
        refusalOf(() => Projection.make({ ...plain, version })),
        ["version", "must be a positive integer"]
      )
    }
  })

  it("refuses an event that stands twice among its events", () => {
    const Again = DomainEvent.make("Dropped", {})
    const events = Schema.Union([...Event.members, Again])
    assert.deepStrictEqual(
      refusalOf(() => Projection.make({ ...plain, events })),
      ["Dropped", "must stand once only among the events"]
    )
  })

  it("refuses to be keyed by the stream when the key has other fields", () => {
    assert.deepStrictEqual(
      refusalOf(() => Projection.make({ ...plain, keys: Projection.byStream("desk", "item") })),
      ["item", "must be all of the read model's key, because the id of the stream is"]
    )
  })

  it("refuses a counter that is part of the key, or cannot be any whole number, and one without a beginning", () => {
    const of = (counter: "shelf" | "natural" | "weight" | "total") =>
      refusalOf(() => Projection.make({ ...plain, counters: [counter], ...(counter === "total" ? {} : { initial }) }))
    const whole = "must be any whole number (Schema.Int), because it is a counter"
    assert.deepStrictEqual(of("shelf"), ["shelf", "must not be a counter and part of the key"])
    assert.deepStrictEqual(of("natural"), ["natural", whole])
    assert.deepStrictEqual(of("weight"), ["weight", whole])
    assert.deepStrictEqual(of("total"), ["initial", "must say what a row begins with, because there are counters"])
    const counters = { readModel: shelves, events: Event, initial, count: () => [] }
    assert.deepStrictEqual(
      refusalOf(() => Projection.counters({ ...counters, counters: [] })),
      ["counters", "must have at least one field"]
    )
    // A program that was not type-checked.
    for (const [field, rule] of [
      ["gone", "is no field of the row, and stands in the counters"],
      ["maybe", whole]
    ] as const) {
      assert.deepStrictEqual(
        refusalOf(() => Projection.counters({ ...counters, counters: [field as "total"] })),
        [field, rule]
      )
    }
  })

  it("is dated by a text field of its key only", () => {
    assert.strictEqual(Projection.make({ ...plain, datedBy: "item" }).datedBy, "item")
    const rule = "must be a text field of the read model's key, because rows are dated by it"
    const days = ReadModel.make({ name: "days", key: ["day"], row: Schema.Struct({ day: Schema.DateTimeUtc }) })
    assert.deepStrictEqual(
      refusalOf(() => Projection.make({ ...plain, datedBy: "shelf" })),
      ["shelf", rule]
    )
    assert.deepStrictEqual(
      refusalOf(() => Projection.make({ ...plain, readModel: days, datedBy: "day" })),
      ["day", rule]
    )
    assert.deepStrictEqual(
      // A program that was not type-checked.
      refusalOf(() => Projection.make({ ...plain, datedBy: "total" as "item" })),
      ["total", rule]
    )
  })

  it("tells which could run inline: keyed by the stream, or nothing but increments", () => {
    const desks = ReadModel.make({ name: "desks", key: ["item"], row: Row })
    const keyed = Projection.make({ ...plain, readModel: desks, keys: Projection.byStream("desk", "item") })
    assert.isUndefined(Projection.inlineProblem(keyed))
    assert.isUndefined(Projection.inlineProblem(Counts))
    assert.strictEqual(
      Projection.inlineProblem(Ledger),
      "the projection items cannot run inline: its rows must be keyed by the stream (Projection.byStream), or it must do " +
        "nothing but increment (Projection.counters)"
    )
  })

  it("has a fingerprint that notices another version, event or read model", () => {
    const of = (one: { readonly version?: number; readonly events?: typeof Event; readonly name?: string }) =>
      JSON.stringify(
        Projection.fingerprint(
          Projection.make({
            ...plain,
            ...one,
            readModel: ReadModel.make({ name: one.name ?? "shelves", key: ["item"], row: Row })
          })
        )
      )
    assert.strictEqual(of({}), of({ version: 1 }))
    const narrower = Projection.make({ ...plain, events: Schema.Union([Event.members[0]]), readModel: shelves })
    const texts = [of({}), of({ version: 2 }), of({ name: "other" }), JSON.stringify(Projection.fingerprint(narrower))]
    assert.strictEqual(new Set(texts).size, texts.length)
  })
})
