/** A projection with everything in it, for the laws: rows that depend on the order of events, rows that go, counters. */
import { Arbitrary, DateTime, Option, Result, Schema } from "effect"
import { DomainEvent, Projection, ReadModel } from "../src/index.ts"

const item = Schema.Literals(["pen", "ink", "paper"])
export const Noted = DomainEvent.make("Noted", { item, note: Schema.Int })
export const Dropped = DomainEvent.make("Dropped", { item })
/** One item becomes part of another: two rows at once, and one of them twice. */
export const Merged = DomainEvent.make("Merged", { item, into: item })
export const Counted = DomainEvent.make("Counted", { item, by: Schema.Int })
/** An event that the projection cannot fold: it throws, or answers what breaks a rule, after it has changed a row. */
export const Broken = DomainEvent.make("Broken", {
  item,
  how: Schema.Literals(["throws", "keys", "row", "other", "count"])
})
export const Event = Schema.Union([Noted, Dropped, Merged, Counted, Broken])
export type Event = typeof Event.Type

export const Row = Schema.Struct({ item, notes: Schema.String, count: Schema.Int })
export const items = ReadModel.make({ name: "items", key: ["item"], row: Row })
const initial = ({ item }: Pick<typeof Row.Type, "item">) => ({ item, notes: "", count: 0 })

export const Ledger = Projection.make({
  readModel: items,
  events: Event,
  counters: ["count"],
  initial,
  keys: (event) => {
    if (event._tag === "Broken" && event.how === "keys") throw new Error("no keys")
    if (event._tag === "Merged") return [{ item: event.item }, { item: event.into }]
    // What is only counted need not be loaded.
    return event._tag === "Counted" ? [] : [{ item: event.item }]
  },
  project: (event, [row, other]) => {
    const key = { item: event.item }
    switch (event._tag) {
      case "Noted": {
        const found = row ?? initial(key)
        return [Projection.upsert({ ...found, notes: `${found.notes}/${event.note}` })]
      }
      case "Dropped":
        return row === undefined ? Projection.unchanged : [Projection.remove(key)]
      case "Merged": {
        if (row === undefined || event.item === event.into) return Projection.unchanged
        const into = { item: event.into }
        return [
          Projection.upsert({ ...(other ?? initial(into)), notes: `${other?.notes ?? ""}+${row.notes}` }),
          Projection.increment(into, "count", row.count),
          Projection.increment(into, "count", 1),
          Projection.remove(key)
        ]
      }
      case "Counted":
        return [Projection.increment(key, "count", event.by)]
      case "Broken":
        return [Projection.upsert({ ...initial(key), notes: "half" }), ...broken(event)]
    }
  }
})

const broken = ({ how, item }: typeof Broken.Type) => {
  switch (how) {
    case "row":
      return [Projection.upsert({ item, notes: "", count: 0.5 })]
    case "other":
      return [Projection.remove({ item: item === "pen" ? ("ink" as const) : ("pen" as const) })]
    case "count":
      return [Projection.increment({ item }, "count", 0.5)]
    default:
      throw new Error("broken")
  }
}

/** Counts and nothing else. */
export const Counts = Projection.counters({
  readModel: items,
  events: Schema.Union([Counted]),
  counters: ["count"],
  initial,
  count: ({ by, item }) => [Projection.increment({ item }, "count", by)]
})

export type Happened = Projection.Happened<Event>
type Batch = ReadonlyArray<Happened>
export type Rows = Projection.Rows<typeof Row.Type>

const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")
/** What is recorded of an event. */
export const recorded = (id: string, position: number, tenant = "main"): Projection.Recorded => ({
  stream: { tenant, category: "desk", id },
  version: position,
  position,
  recordedAt: occurredAt
})
export const noted = (item: "pen" | "ink" | "paper", note: number) => Noted.make({ occurredAt, item, note })
export const dropped = (item: "pen" | "ink" | "paper") => Dropped.make({ occurredAt, item })
export const merged = (item: "pen" | "ink" | "paper", into: "pen" | "ink" | "paper") =>
  Merged.make({ occurredAt, item, into })
export const counted = (item: "pen" | "ink" | "paper", by: number) => Counted.make({ occurredAt, item, by })
export const brokenBy = (item: "pen" | "ink" | "paper", how: typeof Broken.Type.how) =>
  Broken.make({ occurredAt, item, how })

const small = Schema.Int.check(Schema.isBetween({ minimum: -1_000_000, maximum: 1_000_000 }))
const Item = Arbitrary.schema(item)
const good = [
  Arbitrary.map(Arbitrary.all([Item, Arbitrary.schema(small)]), ([item, note]): Event => noted(item, note)),
  Arbitrary.map(Item, (item): Event => dropped(item)),
  Arbitrary.map(Arbitrary.all([Item, Item]), ([item, into]): Event => merged(item, into)),
  Arbitrary.map(Arbitrary.all([Item, Arbitrary.schema(small)]), ([item, by]): Event => counted(item, by))
]
const bad = Arbitrary.map(Arbitrary.all([Item, Arbitrary.schema(Broken.fields.how)]), ([item, how]): Event =>
  brokenBy(item, how)
)
const batchOf = (kinds: ReadonlyArray<Arbitrary.Arbitrary<Event>>): Arbitrary.Arbitrary<Batch> =>
  Arbitrary.map(
    Arbitrary.array(
      Arbitrary.all([
        Arbitrary.flatMap(
          Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: kinds.length - 1 }))),
          (kind) => kinds[kind] ?? bad
        ),
        Arbitrary.schema(Schema.Literals(["a", "b", "c"])),
        Arbitrary.schema(Schema.Literals(["main", "main", "other"]))
      ]),
      { maxLength: 24 }
    ),
    (events) => events.map(([event, id, tenant], index) => ({ event, recorded: recorded(id, index + 1, tenant) }))
  )

/** Events of a few streams of two tenants, which share rows. */
export const Sound = batchOf(good)
/** The same, of which some cannot be folded. */
export const Mixed = batchOf([...good, ...good, bad])
/** Where to cut a batch. */
export const Cuts = Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 24 }))), {
  maxLength: 6
})

/** Folds batches one after another: the rows, and what each held back partition has left over. */
export const foldAll = (batches: ReadonlyArray<Batch>, from: Rows = new Map()) => {
  let rows = from
  let parked: ReadonlyArray<Projection.Parked<Event>> = []
  const left: Array<Happened> = []
  for (const batch of batches) {
    const folded = Projection.foldBatch(Ledger)(rows, batch, parked)
    rows = Result.getOrThrow(Projection.apply(items, rows, folded.changes))
    parked = folded.parked
    left.push(...folded.parked.flatMap(({ leftOver }) => leftOver))
  }
  return {
    rows: Array.from(rows).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    held: parked.map(({ partition, tenant }) => `${tenant} ${partition}`).toSorted(),
    leftOver: left.map(({ recorded }) => recorded.position).toSorted((a, b) => a - b)
  }
}

/** A batch cut into smaller ones. */
export const cut = (batch: Batch, cuts: ReadonlyArray<number>): ReadonlyArray<Batch> => {
  const places = [0, ...cuts.toSorted((a, b) => a - b), batch.length]
  return places.slice(1).map((end, index) => batch.slice(places[index], end))
}

/** The failures of a fold. */
export const failuresOf = (parked: ReadonlyArray<Projection.Parked<Event>>) =>
  parked.flatMap(({ failure }) => Option.toArray(failure))
