/** Projections for tests: tallies of notes by stream, and sums by day. Rows of tallies say how many events they have seen. */
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { ReadModelStore, type Table } from "../src/index.ts"

export const Noted = DomainEvent.make("Noted", { note: Schema.Int })
/** Projections of notes throw at it. */
export const Broken = DomainEvent.make("Broken", {})
export const Sold = DomainEvent.make("Sold", { day: Schema.String, amount: Schema.Int })
const All = Schema.Union([Noted, Broken, Sold])
type Event = typeof All.Type

const occurredAt = DateTime.makeUnsafe(0)
export const noted = (note: number): Event => Noted.make({ occurredAt, note })
export const broken: Event = Broken.make({ occurredAt })
export const sold = (day: string, amount: number): Event => Sold.make({ occurredAt, day, amount })

const Row = Schema.Struct({ id: Schema.String, seen: Schema.Int, sum: Schema.Int })
/** The row of a stream. `seen` never falls. */
export const tallies = ReadModel.make({ name: "tallies", key: ["id"], row: Row })
/** The same in another shape. */
export const wideTallies = ReadModel.make({
  name: "tallies",
  key: ["id"],
  row: Schema.Struct({ ...Row.fields, mean: Schema.Finite })
})

/** Tallies as version `version` makes them: it multiplies notes by it. They are prepared ahead; `WideTallies` are not. */
export const Tallies = (version = 1, options: { readonly mends?: boolean } = {}) =>
  Projection.make({
    readModel: tallies,
    events: Schema.Union([Noted, Broken]),
    readsPersonal: false,
    version,
    keys: Projection.byStream("note", "id"),
    project: (event, [row], { stream }) => {
      if (event._tag === "Broken" && options.mends !== true) throw new Error("broken")
      const { seen, sum } = row ?? { seen: 0, sum: 0 }
      const by = event._tag === "Broken" ? 0 : event.note * version
      return [Projection.upsert({ id: stream.id, seen: seen + 1, sum: sum + by })]
    }
  })

/** Tallies of another shape. */
export const WideTallies = Projection.make({
  readModel: wideTallies,
  events: Schema.Union([Noted]),
  version: 9,
  keys: Projection.byStream("note", "id"),
  project: (event, [row], { stream }) => {
    const { seen, sum } = row ?? { seen: 0, sum: 0 }
    const [after, total] = [seen + 1, sum + event.note]
    return [Projection.upsert({ id: stream.id, seen: after, sum: total, mean: total / after })]
  }
})

const DayRow = Schema.Struct({ day: Schema.String, sum: Schema.Int, sales: Schema.Int })
export const days = ReadModel.make({ name: "days", key: ["day"], row: DayRow })
/** Sums by day. */
export const Days = Projection.counters({
  readModel: days,
  events: Schema.Union([Sold]),
  datedBy: "day",
  counters: ["sum", "sales"],
  initial: ({ day }) => ({ day, sum: 0, sales: 0 }),
  count: ({ amount, day }) => [Projection.increment({ day }, "sum", amount), Projection.increment({ day }, "sales", 1)]
})

const codec = EventCodec.make(All)

/** Appends events to a stream of a tenant, and answers the position of the last. */
export const append = Effect.fnUntraced(function* (id: string, events: ReadonlyArray<Event>, tenant: string = "main") {
  const encoded = yield* codec.encode(events, tenant)
  const stored = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  const stream = StreamId.make(tenant, "note", id)
  return (yield* (yield* EventStore).append(stream, ExpectedVersion.Any, stored)).position
})

/** Every row of a generation. */
export const rowsIn = <Row extends object, Key extends keyof Row & string>(table: Table<Row, Key>) =>
  Effect.flatMap(ReadModelStore, (store) => Stream.runCollect(store.rows(table)))
