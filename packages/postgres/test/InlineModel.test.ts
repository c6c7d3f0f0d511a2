/**
 * Appends of all kinds by many fibers of two stores over one database, at random, with inline projections: whatever was
 * repeated, refused, rolled back or interrupted, the rows are the fold of what the log holds. A failure prints its seed:
 * give it to `Seed` to plan the same.
 */
import { assert, layer } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { AppendParticipants, AppendSignal } from "@eventfold/event-store"
import { InlineProjections, ManagedProjection, ReadModelStore } from "@eventfold/subscriptions"
import { effort } from "@eventfold/testing"
import { Effect, Layer, Schema, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import * as DeadLettersPostgres from "../src/DeadLettersPostgres.ts"
import * as EventStorePostgres from "../src/EventStorePostgres.ts"
import * as ReadModelStorePostgres from "../src/ReadModelStorePostgres.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import type * as AppendModelPlan from "./AppendModelPlan.ts"
import * as TwoStores from "./TwoStores.ts"

const Happened = Schema.Union([DomainEvent.make("Happened", { name: Schema.String })])

const histories = ReadModel.make({
  name: "model_histories",
  key: ["id"],
  row: Schema.Struct({ id: Schema.String, names: Schema.Array(Schema.String) })
})

const counts = ReadModel.make({
  name: "model_counts",
  key: ["stream"],
  row: Schema.Struct({ stream: Schema.String, events: Schema.Int })
})

const inline = [
  ManagedProjection.make(
    Projection.make({
      readModel: histories,
      events: Happened,
      keys: Projection.byStream("model", "id"),
      project: ({ name }, [before], { stream, version }) => [
        Projection.upsert({ id: stream.id, names: [...(before?.names ?? []), `${version} ${name}`] })
      ]
    }),
    { mode: "inline" }
  ),
  // A row that all streams share, beside one of each.
  ManagedProjection.make(
    Projection.counters({
      readModel: counts,
      events: Happened,
      counters: ["events"],
      initial: (key) => ({ ...key, events: 0 }),
      count: (_, { stream }) => ["all", stream.id].map((key) => Projection.increment({ stream: key }, "events", 1))
    }),
    { mode: "inline" }
  )
]

const oneStore = InlineProjections.layer(inline).pipe(
  Layer.provideMerge(EventStorePostgres.layerPostgres),
  Layer.provide([AppendSignal.layer, DeadLettersPostgres.layerPostgres, ReadModelStorePostgres.layerPostgres]),
  Layer.provideMerge(Layer.merge(TransactionPostgres.layerPostgres, AppendParticipants.layer))
)

/** Their rows, as somebody else reads them. */
const withRows = <E>(database: Layer.Layer<SqlClient.SqlClient | TwoStores.Stores, E>) =>
  Layer.provideMerge(ReadModelStorePostgres.layerPostgres, database)

const serve = Effect.gen(function* () {
  const store = yield* ReadModelStore
  for (const { fingerprints, name: projection, readModels } of inline) {
    const known = yield* fingerprints
    const generation = yield* store.begin({ ...known, projection, slices: 1, from: undefined }, readModels)
    yield* store.serve(generation, readModels[0])
  }
})

const nameIn = Schema.decodeUnknownEffect(Schema.Struct({ name: Schema.String }))

/** What the rows of a tenant should say, from the log, and what they say. */
const compared = Effect.fnUntraced(function* (tenant: string) {
  const [log] = yield* TwoStores.Stores
  const store = yield* ReadModelStore
  const names = new Map<string, Array<string>>()
  let all = 0
  yield* Stream.runForEach(
    log.events.readAll({ filter: { tenant } }),
    Effect.fnUntraced(function* ({ data, stream, version }) {
      const { name } = yield* nameIn(data)
      names.set(stream.id, [...(names.get(stream.id) ?? []), `${version} ${name}`])
      all += 1
    })
  )
  const generation = 1
  const rows = yield* Stream.runCollect(store.rows({ readModel: histories, generation }))
  const counted = yield* Stream.runCollect(store.rows({ readModel: counts, generation }))
  const own = <Row>(found: ReadonlyArray<{ readonly tenant: string; readonly row: Row }>) =>
    found.flatMap((one) => (one.tenant === tenant ? [one.row] : []))
  const expected = Array.from(names).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    expected: [expected, [["all", all], ...expected.map(([id, { length }]) => [id, length])]],
    found: [own(rows).map((row) => [row.id, row.names]), own(counted).map((row) => [row.stream, row.events])]
  }
})

const suite = (
  name: string,
  database: Layer.Layer<ReadModelStore | TwoStores.Stores, unknown>,
  rounds: number,
  options: AppendModelPlan.PlanOptions
) =>
  layer(database, { excludeTestServices: true })(name, (it) => {
    it.effect("the rows are the fold of the log", () =>
      Effect.gen(function* () {
        yield* serve
        yield* TwoStores.rounds(
          rounds,
          options,
          Effect.fnUntraced(function* ({ defects }, tenant, seed) {
            assert.deepStrictEqual(defects.slice(0, 5), [], `defects with the seed "${seed}"`)
            const { expected, found } = yield* compared(tenant)
            assert.deepStrictEqual(found, expected, `with the seed "${seed}"`)
          })
        )
      })
    )
  })

suite("inline projections at random on PostgreSQL", withRows(TwoStores.onServer(oneStore)), effort, {
  fibers: 20,
  steps: 8,
  streams: 5
})
suite("inline projections at random on the embedded database", withRows(TwoStores.embedded(oneStore)), effort, {
  fibers: 12,
  steps: 6,
  streams: 4
})
