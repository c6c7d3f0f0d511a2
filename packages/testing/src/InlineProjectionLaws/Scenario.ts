/**
 * What the laws of inline projections make up: a projection of each kind, with rows of its own for each law, run by the
 * appends of the scope it is started in.
 */
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import {
  type AppendParticipants,
  EventStore,
  type ExpectedVersion,
  type NewEvent,
  type StreamId,
  Transaction
} from "@eventfold/event-store"
import {
  consumerOf,
  DeadLetters,
  type Generation,
  InlineProjections,
  ManagedProjection,
  ReadModelStore
} from "@eventfold/subscriptions"
import { DateTime, Effect, Layer, Schema } from "effect"
import * as Events from "../EventStoreLaws/Scenario.ts"

/** What the laws need. */
export type Services = AppendParticipants | DeadLetters | EventStore | ReadModelStore | Transaction

/** The amount that cannot be folded. */
export const unfoldable = -13

const LawNumbered = DomainEvent.make("LawNumbered", { amount: Schema.Int })
const Numbered = Schema.Union([LawNumbered])

const tally = (name: string) =>
  ReadModel.make({
    name,
    key: ["id"],
    row: Schema.Struct({ id: Schema.String, versions: Schema.String, sum: Schema.Int })
  })

const counts = (name: string) =>
  ReadModel.make({ name, key: ["id"], row: Schema.Struct({ id: Schema.String, events: Schema.Int, sum: Schema.Int }) })

const checked = (amount: number) => {
  if (amount === unfoldable) throw new Error("this amount cannot be folded")
  return amount
}

/** A projection whose rows say which versions of their stream were folded, in which order. */
export const byStream = Effect.map(Events.hex(12), (id) => {
  const readModel = tally(`law_stream_${id}`)
  const projection = Projection.make({
    readModel,
    events: Numbered,
    keys: Projection.byStream("law", "id"),
    project: ({ amount }, [before], { stream, version }) => [
      Projection.upsert({
        id: stream.id,
        versions: before === undefined ? `${version}` : `${before.versions} ${version}`,
        sum: (before?.sum ?? 0) + checked(amount)
      })
    ]
  })
  return { readModel, managed: ManagedProjection.make(projection, { mode: "inline" }) }
})

/** A projection whose rows say where and when their last event was stored. */
export const placed = Effect.map(Events.hex(12), (id) => {
  const readModel = tally(`law_placed_${id}`)
  const projection = Projection.make({
    readModel,
    events: Numbered,
    keys: Projection.byStream("law", "id"),
    project: ({ amount }, _rows, { position, recordedAt, stream }) => [
      Projection.upsert({ id: stream.id, versions: `${position} ${DateTime.formatIso(recordedAt)}`, sum: amount })
    ]
  })
  return { readModel, managed: ManagedProjection.make(projection, { mode: "inline" }) }
})

/** A projection that counts all events of a tenant in one row. */
export const counting = Effect.map(Events.hex(12), (id) => {
  const readModel = counts(`law_count_${id}`)
  const projection = Projection.counters({
    readModel,
    events: Numbered,
    counters: ["events", "sum"],
    initial: (key) => ({ ...key, events: 0, sum: 0 }),
    count: ({ amount }) => [
      Projection.increment({ id: "all" }, "events", 1),
      Projection.increment({ id: "all" }, "sum", checked(amount))
    ]
  })
  return { readModel, managed: ManagedProjection.make(projection, { mode: "inline" }) }
})

/** Makes the next generation of a projection; `fingerprint` in place of its own. */
export const begin = Effect.fnUntraced(function* (managed: ManagedProjection.ManagedProjection, fingerprint?: string) {
  const store = yield* ReadModelStore
  const known = yield* managed.fingerprints
  const { name: projection } = managed
  const own = { projection, slices: 1, from: undefined, ...known }
  return yield* store.begin({ ...own, fingerprint: fingerprint ?? known.fingerprint }, managed.readModels)
})

/** The same, and it is read from now on. */
export const serve = Effect.fnUntraced(function* (managed: ManagedProjection.ManagedProjection, fingerprint?: string) {
  const store = yield* ReadModelStore
  const generation = yield* begin(managed, fingerprint)
  yield* store.serve(generation, managed.readModels[0])
  return generation
})

/** Runs projections with the appends of the scope. */
export const start = (...managed: ReadonlyArray<ManagedProjection.ManagedProjection>) =>
  Layer.build(Layer.fresh(InlineProjections.layer(managed)))

/** Events with these amounts. */
export const numbered = (...amounts: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<NewEvent>> =>
  Effect.forEach(amounts, (amount) => Events.event({ type: "LawNumbered", data: { amount } }))

/** Appends one event for each amount. */
export const append = Effect.fnUntraced(function* (
  stream: StreamId.StreamId,
  expected: ExpectedVersion.ExpectedVersion,
  ...amounts: ReadonlyArray<number>
) {
  const events = yield* numbered(...amounts)
  yield* (yield* EventStore).append(stream, expected, events)
  return events
})

/** The row of a key that is read, or undefined. */
export const rowOf = Effect.fnUntraced(function* <Row extends { readonly id: string }>(
  readModel: ReadModel.ReadModel<Row, "id">,
  { id, tenant }: Pick<StreamId.StreamId, "id" | "tenant">
) {
  const store = yield* ReadModelStore
  const key = readModel.keyFrom({ id })
  const located = { tenant, key, id: readModel.idOf(tenant, key) }
  return (yield* store.get(readModel, [located])).get(located.id)
})

/** What the letters of a generation say: the version of the event, and whether it failed or waits. */
export const lettersOf = Effect.fnUntraced(function* (generation: Generation) {
  const letters = yield* (yield* DeadLetters).list({ consumer: consumerOf(generation), limit: 100 })
  return letters.map(({ failure, version }) => `${version} ${failure === undefined ? "waits" : failure.name}`)
})

/** Runs in a transaction. */
export const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
