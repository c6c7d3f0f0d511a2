/** Folding a batch: what it asks for, what it answers, and what becomes of an event that cannot be folded. */
import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { Projection, ReadModel } from "../src/index.ts"
import {
  brokenBy,
  counted,
  Counts,
  dropped,
  Event,
  failuresOf,
  items,
  Ledger,
  merged,
  noted,
  recorded
} from "./Ledger.ts"

const first = (name: "pen" | "ink" | "paper", notes: string, count = 0) => ({ item: name, notes, count })
const fold = Projection.foldBatch(Ledger)
const batch = (...events: ReadonlyArray<readonly [stream: string, event: Event]>) =>
  events.map(([stream, event], index) => ({ event, recorded: recorded(stream, index + 1) }))

describe("a batch", () => {
  it("asks for each row once, and not for those that are only counted", () => {
    const events = batch(
      ["a", noted("pen", 1)],
      ["b", dropped("pen")],
      ["a", counted("ink", 1)],
      ["b", noted("paper", 2)]
    )
    assert.deepStrictEqual(Projection.keysOf(Ledger)(events), [
      { tenant: "main", key: { item: "paper" }, id: '["main","paper"]' },
      { tenant: "main", key: { item: "pen" }, id: '["main","pen"]' }
    ])
  })

  it("answers one change per row: what it becomes, that it goes, or what is added", () => {
    const rows = Projection.rowsOf(items, "main", [first("pen", "/0"), first("ink", "/0")])
    const { changes, parked } = fold(
      rows,
      batch(
        ["a", noted("pen", 1)],
        ["a", counted("pen", 5)],
        ["b", noted("ink", 2)],
        ["a", counted("paper", 2)],
        ["b", dropped("ink")],
        ["b", counted("paper", -7)]
      )
    )
    const at = (item: string) => ({ tenant: "main", key: { item }, id: `["main","${item}"]` })
    assert.deepStrictEqual<unknown>(changes, [
      { _tag: "Delete", ...at("ink") },
      { _tag: "Increment", ...at("paper"), by: { count: -5 }, initial: first("paper", "") },
      { _tag: "Upsert", ...at("pen"), row: first("pen", "/0/1", 5) }
    ])
    assert.deepStrictEqual(parked, [])
  })

  it("answers nothing for a row that comes and goes, or is as it was", () => {
    assert.deepStrictEqual(fold(new Map(), batch(["a", noted("pen", 1)], ["a", dropped("pen")])).changes, [])
    const rows = Projection.rowsOf(items, "main", [first("pen", "/1")])
    assert.deepStrictEqual(fold(rows, batch(["a", dropped("pen")], ["a", noted("pen", 1)])).changes, [])
  })

  it("counts on a row that was deleted from its beginning", () => {
    const rows = Projection.rowsOf(items, "main", [first("pen", "/1", 9)])
    const { changes } = fold(rows, batch(["a", dropped("pen")], ["a", counted("pen", 3)]))
    assert.deepStrictEqual(
      Result.map(Projection.apply(items, rows, changes), (after) => Array.from(after.values())),
      Result.succeed([first("pen", "", 3)])
    )
  })

  it("gives an event its rows in the order of its keys, and takes several changes of one", () => {
    const rows = Projection.rowsOf(items, "main", [first("pen", "/1", 2), first("ink", "/2", 5)])
    const { changes } = fold(rows, batch(["a", merged("pen", "ink")]))
    assert.deepStrictEqual(
      changes.map((change) => (change._tag === "Upsert" ? change.row : change._tag)),
      [first("ink", "/2+/1", 8), "Delete"]
    )
  })

  it("keeps the rows of tenants apart", () => {
    const events = ["main", "other"].map((tenant, index) => ({
      event: noted("pen", index),
      recorded: recorded("a", index + 1, tenant)
    }))
    const rows = Projection.rowsOf(items, "main", [first("pen", "/9")])
    assert.deepStrictEqual(
      fold(rows, events).changes.map((change) => [change.tenant, change._tag === "Upsert" ? change.row.notes : ""]),
      [
        ["main", "/9/0"],
        ["other", "/1"]
      ]
    )
  })

  it("hands rows to `project` that it cannot change", () => {
    const careless = Projection.make({
      readModel: items,
      events: Event,
      keys: () => [{ item: "pen" as const }],
      project: (_, [row]) => {
        if (row !== undefined) Object.assign(row, { notes: "changed" })
        return []
      }
    })
    const { parked } = Projection.foldBatch(careless)(
      Projection.rowsOf(items, "main", [first("pen", "")]),
      batch(["a", dropped("pen")])
    )
    assert.instanceOf(failuresOf(parked)[0]?.cause, TypeError)
  })
})

describe("an event that cannot be folded", () => {
  const events = (how: "throws" | "keys" | "row" | "other" | "count") =>
    batch(
      ["a", noted("pen", 1)],
      ["b", brokenBy("pen", how)],
      ["b", noted("pen", 2)],
      ["a", noted("ink", 3)],
      ["b", counted("ink", 4)]
    )

  for (const [how, cause] of [
    ["throws", "broken"],
    ["keys", "no keys"],
    ["row", "a row does not fit its schema"],
    ["other", "only rows whose keys were asked for can be upserted or deleted"],
    ["count", "count can go up by a whole number only, got 0.5"]
  ] as const) {
    it(`changes nothing and holds its partition back, and no other (${how})`, () => {
      const { changes, parked } = fold(new Map(), events(how))
      const rows = Result.getOrThrow(Projection.apply(items, new Map(), changes))
      assert.deepStrictEqual(Array.from(rows.values()), [first("ink", "/3"), first("pen", "/1")])
      assert.deepStrictEqual(
        parked.map(({ leftOver, partition, tenant }) => [
          tenant,
          partition,
          leftOver.map((one) => one.recorded.position)
        ]),
        [["main", "desk/b", [2, 3, 5]]]
      )
      const [failure] = failuresOf(parked)
      assert.instanceOf(failure, Projection.ProjectionFailed)
      assert.strictEqual(
        failure.message,
        "the projection items could not fold Broken at position 2, and holds desk/b of tenant main back"
      )
      assert.deepInclude(failure, { projection: "items", position: 2, eventType: "Broken", partition: "desk/b" })
      assert.instanceOf(failure.cause, Error)
      assert.include(failure.cause.message, cause)
    })
  }

  it("is one that counts what is no counter, or begins with a row of another key", () => {
    const declared = { readModel: items, events: Event, counters: ["count"] } as const
    const other = Projection.counters({
      ...declared,
      initial: ({ item }) => first(item, ""),
      // A program that was not type-checked.
      count: ({ item }) => [Projection.increment({ item }, "notes" as "count", 1)]
    })
    const astray = Projection.counters({
      ...declared,
      initial: () => first("ink", ""),
      count: ({ item }) => [Projection.increment({ item }, "count", 1)]
    })
    const causeOf = (projection: typeof other) =>
      String(failuresOf(Projection.foldBatch(projection)(new Map(), batch(["a", dropped("pen")])).parked)[0]?.cause)
    assert.strictEqual(causeOf(other), "Error: notes is none of the counters")
    assert.strictEqual(causeOf(astray), "Error: `initial` answered a row of another key")
  })

  it("leaves its partition held back in the batches after it", () => {
    const { changes, parked } = fold(new Map(), batch(["b", noted("pen", 1)], ["a", noted("ink", 1)]), [
      { tenant: "main", partition: "desk/b" },
      { tenant: "other", partition: "desk/a" }
    ])
    assert.deepStrictEqual(
      changes.map(({ id }) => id),
      ['["main","ink"]']
    )
    assert.deepStrictEqual(
      parked.map(({ failure, leftOver, partition }) => [partition, Option.isSome(failure), leftOver.length]),
      [
        ["desk/b", false, 1],
        ["desk/a", false, 0]
      ]
    )
  })

  it("holds its stream back when its partition cannot be told", () => {
    const byItem = Projection.make({
      ...Ledger,
      initial: ({ item }) => first(item, ""),
      partitionBy: (event) => {
        if (event._tag === "Broken") throw new Error("no partition")
        return event.item
      }
    })
    const { parked } = Projection.foldBatch(byItem)(new Map(), events("throws"))
    assert.deepStrictEqual(
      parked.map(({ leftOver, partition }) => [partition, leftOver.map(({ recorded }) => recorded.position)]),
      [["desk/b", [2, 3, 5]]]
    )
  })
})

describe("counters", () => {
  const most = Number.MAX_SAFE_INTEGER
  const sums = (...by: ReadonlyArray<number>) =>
    Projection.foldBatch(Counts)(
      new Map(),
      by.map((one, index) => ({ event: counted("pen", one), recorded: recorded(`${index}`, index + 1) }))
    )

  it("are exact, and never rounded: what leaves the exact whole numbers fails", () => {
    const { changes, parked } = sums(most, 1, -2)
    assert.deepStrictEqual(
      changes.map((change) => change._tag === "Increment" && change.by),
      [{ count: most - 2 }]
    )
    assert.strictEqual(
      String(failuresOf(parked)[0]?.cause),
      "CountTooLarge: the counter count of items must stay within ±9007199254740991"
    )
    const rows = Projection.rowsOf(items, "main", [first("pen", "", most)])
    const after = Projection.apply(items, rows, sums(1).changes)
    assert.deepStrictEqual(Result.isFailure(after) && after.failure.field, "count")
  })

  it("make a row even when they add up to nothing", () => {
    const rows = Result.getOrThrow(Projection.apply(items, new Map(), sums(3, -3).changes))
    assert.deepStrictEqual(Array.from(rows.values()), [first("pen", "")])
    assert.isTrue(
      Object.is(
        Array.from(Result.getOrThrow(Projection.apply(items, new Map(), sums(-0).changes)).values())[0]?.count,
        0
      )
    )
  })
})

describe("a projection keyed by the stream", () => {
  const Row = Schema.Struct({ desk: Schema.Trim.check(Schema.isMaxLength(3)), last: Schema.String })
  const desks = Projection.make({
    readModel: ReadModel.make({ name: "desks", key: ["desk"], row: Row }),
    events: Event,
    keys: Projection.byStream("desk", "desk"),
    project: (event, _, { stream }) => [Projection.upsert({ desk: stream.id, last: event._tag })]
  })

  it("gives its row the id of the stream, and passes over streams of other categories", () => {
    const elsewhere = { ...recorded("a", 2), stream: { tenant: "main", category: "chair", id: "a" } }
    const { changes, parked } = Projection.foldBatch(desks)(new Map(), [
      ...batch(["a", noted("pen", 1)]),
      { event: dropped("pen"), recorded: elsewhere }
    ])
    assert.deepStrictEqual(
      changes.map((change) => change._tag === "Upsert" && change.row),
      [{ desk: "a", last: "Noted" }]
    )
    assert.deepStrictEqual(parked, [])
  })

  it("fails on an id that is no key, or is written otherwise", () => {
    const failed = failuresOf(
      Projection.foldBatch(desks)(new Map(), batch(["long", noted("pen", 1)], [" a", noted("pen", 1)])).parked
    )
    assert.include(String(failed[0]?.cause), "the key of a row of desks does not fit")
    assert.include(String(failed[1]?.cause), "the id of the stream is not written as the key of desks is")
  })
})
