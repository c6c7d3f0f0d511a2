/** Counters that remember something of each stream: what they count, what is remembered, and that the laws hold for both. */
import { assert, describe, it } from "@effect/vitest"
import { Option, Result, Schema } from "effect"
import { Projection, ReadModel } from "../src/index.ts"
import { brokenBy, counted, cut, Cuts, dropped, Event, items, Mixed, noted, recorded, Row } from "./Ledger.ts"

const Remembered = Schema.Struct({ desk: Schema.String, item: Row.fields.item, taken: Schema.Int })
const remembered = ReadModel.make({ name: "desk_memory", key: ["desk"], row: Remembered })

/** What each desk has noted of an item; when the item is dropped, all that this desk has put in goes out again. */
const Notes = Projection.countersWithMemory({
  readModel: items,
  events: Event,
  memory: {
    category: "desk",
    readModel: remembered,
    remember: (memory, event, { stream }) => {
      if (event._tag === "Dropped") return undefined
      if (event._tag === "Broken" && event.how === "row") return { desk: "another", item: event.item, taken: 0 }
      if (event._tag === "Broken" && event.how === "keys") return { desk: stream.id, item: event.item, taken: 0.5 }
      if (event._tag !== "Noted" || (memory !== undefined && memory.item !== event.item)) return memory
      return { desk: stream.id, item: event.item, taken: (memory?.taken ?? 0) + event.note }
    }
  },
  counters: ["count"],
  initial: ({ item }) => ({ item, notes: "", count: 0 }),
  count: (event, memory) => {
    if (event._tag === "Broken" && event.how === "throws") throw new Error("broken")
    if (event._tag === "Noted" && (memory === undefined || memory.item === event.item)) {
      return [Projection.increment({ item: event.item }, "count", event.note)]
    }
    if (event._tag !== "Dropped" || memory === undefined) return []
    return [Projection.increment({ item: memory.item }, "count", -memory.taken)]
  }
})

type Batch = ReadonlyArray<Projection.Happened<typeof Event.Type>>
const memoryModel = Notes.memory?.readModel ?? assert.fail("it remembers something")

/** Folds batches one after another: rows and memory, both in the order of their ids, and what is left over. */
const foldAll = (batches: ReadonlyArray<Batch>) => {
  const fold = Projection.foldBatch(Notes)
  let rows: Projection.Rows<typeof items.Row.Type> = new Map()
  let memory: Projection.Rows<Projection.MemoryRow> = new Map()
  let parked: ReadonlyArray<Projection.Parked<typeof Event.Type>> = []
  const left: Array<number> = []
  for (const batch of batches) {
    const asked = new Set(Projection.memoryKeysOf(Notes)(batch).map(({ id }) => id))
    const loaded = new Map(Array.from(memory).filter(([id]) => asked.has(id)))
    const folded = fold(new Map(), batch, parked, loaded)
    rows = Result.getOrThrow(Projection.apply(items, rows, folded.changes))
    memory = Result.getOrThrow(Projection.apply(memoryModel, memory, folded.memory))
    parked = folded.parked
    left.push(...parked.flatMap(({ leftOver }) => leftOver.map(({ recorded }) => recorded.position)))
  }
  const sorted = <Row>(of: Projection.Rows<Row>) => Array.from(of).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { rows: sorted(rows), memory: sorted(memory), leftOver: left.toSorted((a, b) => a - b) }
}

const batch = (...events: ReadonlyArray<readonly [id: string, event: typeof Event.Type]>): Batch =>
  events.map(([id, event], index) => ({ event, recorded: recorded(id, index + 1) }))

describe("counters with memory", () => {
  it("are refused when the memory has the name of the rows, or a key of two fields", () => {
    const declared = {
      readModel: items,
      events: Event,
      counters: ["count"],
      initial: ({ item }: { readonly item: "pen" | "ink" | "paper" }) => ({ item, notes: "", count: 0 }),
      count: () => []
    } as const
    const memory = { category: "desk", remember: () => undefined }
    const twice = ReadModel.make({ name: "items", key: ["desk"], row: Remembered })
    const wide = ReadModel.make({ name: "wide", key: ["desk", "item"], row: Remembered })
    assert.throws(
      () => Projection.countersWithMemory({ ...declared, memory: { ...memory, readModel: twice } }),
      "memory must have a read model of another name"
    )
    assert.throws(
      () => Projection.countersWithMemory({ ...declared, memory: { ...memory, readModel: wide } }),
      "memory must be keyed by one field, because that is the id of the stream"
    )
  })

  it("take out what an earlier event of the stream has put in, and forget it", () => {
    const { memory, rows } = foldAll([
      batch(["a", noted("pen", 3)], ["b", noted("pen", 4)], ["a", noted("pen", 5)]),
      batch(["a", dropped("ink")])
    ])
    assert.deepStrictEqual(rows, [['["main","pen"]', { item: "pen", notes: "", count: 4 }]])
    assert.deepStrictEqual(memory, [['["main","b"]', { desk: "b", item: "pen", taken: 4 }]])
  })

  it("ask for what is remembered of each stream once, and of no other category", () => {
    const elsewhere = { ...recorded("z", 3), stream: { tenant: "main", category: "chair", id: "z" } }
    const events = [
      ...batch(["b", noted("pen", 1)], ["a", counted("pen", 1)], ["b", noted("ink", 1)]),
      { event: noted("pen", 9), recorded: elsewhere }
    ]
    assert.deepStrictEqual(
      Projection.memoryKeysOf(Notes)(events).map(({ id, key, tenant }) => [tenant, key, id]),
      [
        ["main", { desk: "a" }, '["main","a"]'],
        ["main", { desk: "b" }, '["main","b"]']
      ]
    )
    assert.deepStrictEqual(Projection.keysOf(Notes)(events), [])
    const { changes, memory } = Projection.foldBatch(Notes)(new Map(), events, [], new Map())
    assert.deepStrictEqual(
      changes.map((change) => change._tag === "Increment" && change.by),
      [{ count: 1 }]
    )
    assert.strictEqual(memory.length, 1)
  })

  it("leave rows and memory as they are when counting or remembering fails", () => {
    for (const [how, cause] of [
      ["throws", "broken"],
      ["row", "must have the id of its stream as its key"],
      ["keys", "a row does not fit its schema"]
    ] as const) {
      const events = batch(["a", noted("pen", 1)], ["a", brokenBy("pen", how)], ["a", noted("pen", 2)])
      const { changes, memory, parked } = Projection.foldBatch(Notes)(new Map(), events, [], new Map())
      assert.deepStrictEqual(
        changes.map((change) => change._tag === "Increment" && change.by),
        [{ count: 1 }]
      )
      assert.deepStrictEqual(
        memory.map((change) => change._tag === "Upsert" && change.row),
        [{ desk: "a", item: "pen", taken: 1 }]
      )
      const [failure] = parked.flatMap(({ failure }) => Option.toArray(failure))
      assert.include(String(failure?.cause), cause)
      assert.deepStrictEqual(
        parked.map(({ leftOver }) => leftOver.map(({ recorded }) => recorded.position)),
        [[2, 3]]
      )
    }
  })

  it("fail at a stream whose memory is no such row, or whose id is no key", () => {
    const fold = Projection.foldBatch(Notes)
    const { parked } = fold(new Map(), batch(["a", noted("pen", 1)]), [], new Map([['["main","a"]', { desk: "a" }]]))
    const [failure] = parked.flatMap(({ failure }) => Option.toArray(failure))
    assert.include(String(failure?.cause), "does not fit the schema of desk_memory")
  })

  it("must be given what they remember, may run inline, and have a fingerprint that notices the memory", () => {
    assert.throws(() => Projection.foldBatch(Notes)(new Map(), []), "items must be given what it remembers")
    assert.isUndefined(Projection.inlineProblem(Notes))
    const other = { ...Notes, memory: Notes.memory && { ...Notes.memory, category: "chair" } }
    assert.notDeepEqual(Projection.fingerprint(other), Projection.fingerprint(Notes))
  })

  it.prop(
    "lead to the same rows and memory in one batch as in any split of it, and one by one",
    { batch: Mixed, cuts: Cuts },
    ({ batch, cuts }) => {
      const whole = foldAll([batch])
      assert.deepStrictEqual(foldAll(cut(batch, cuts)), whole)
      assert.deepStrictEqual(foldAll(batch.map((one) => [one])), whole)
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop(
    "leave what is remembered untouched by the events left over",
    { batch: Mixed },
    ({ batch }) => {
      const { leftOver, ...all } = foldAll([batch])
      const without = foldAll([batch.filter(({ recorded }) => !leftOver.includes(recorded.position))])
      assert.deepStrictEqual(without, { ...all, leftOver: [] })
    },
    { arbitrary: { runs: 300 } }
  )
})
