/**
 * Appends of all kinds by many fibers of two stores over one database, at random, with inline projections: whatever was
 * repeated, refused, rolled back or interrupted, the rows are the fold of what the log holds. A failure prints its seed:
 * give it to `Seed` to plan the same.
 */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { AppendParticipants, AppendSignal, EventStore, Transaction } from "@eventfold/event-store"
import { InlineProjections, ManagedProjection, ReadModelStore } from "@eventfold/subscriptions"
import { effort, Seed } from "@eventfold/testing"
import { Context, Effect, Layer, Random, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import * as DeadLettersPostgres from "../src/DeadLettersPostgres.ts"
import * as EventStorePostgres from "../src/EventStorePostgres.ts"
import * as Migrations from "../src/Migrations.ts"
import * as ReadModelStorePostgres from "../src/ReadModelStorePostgres.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as AppendModelPlan from "./AppendModelPlan.ts"
import * as AppendModelRun from "./AppendModelRun.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

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

class Stores extends Context.Service<Stores, readonly [AppendModelRun.Store, AppendModelRun.Store]>()("test/Stores") {}

const oneStore = InlineProjections.layer(inline).pipe(
  Layer.provideMerge(EventStorePostgres.layerPostgres),
  Layer.provide([AppendSignal.layer, DeadLettersPostgres.layerPostgres, ReadModelStorePostgres.layerPostgres]),
  Layer.provideMerge(Layer.merge(TransactionPostgres.layerPostgres, AppendParticipants.layer))
)

/** Two stores that share no more than the database, each with the client it is given. */
const stores = <E, R>(client: Layer.Layer<SqlClient.SqlClient, E, R>) => {
  const store = Effect.map(
    Layer.build(Layer.fresh(oneStore.pipe(Layer.provide(client)))),
    (services): AppendModelRun.Store => ({
      events: Context.get(services, EventStore),
      transaction: Context.get(services, Transaction)
    })
  )
  return Layer.effect(Stores, Effect.all([store, store])).pipe(Layer.provideMerge(ReadModelStorePostgres.layerPostgres))
}

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
  const [log] = yield* Stores
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
  database: Layer.Layer<ReadModelStore | SqlClient.SqlClient | Stores, unknown>,
  rounds: number,
  options: AppendModelPlan.PlanOptions
) =>
  layer(database, { excludeTestServices: true })(name, (it) => {
    it.effect("the rows are the fold of the log", () =>
      Effect.gen(function* () {
        yield* serve
        const given = yield* Seed
        for (let round = 0; round < (given === undefined ? rounds : 1); round += 1) {
          const seed = given ?? String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
          const tenant = SecureRandom.uuidV7Unsafe()
          const plan = yield* AppendModelPlan.make(options).pipe(Random.withSeed(seed))
          const { defects } = yield* AppendModelRun.run(plan, tenant, yield* Stores)
          assert.deepStrictEqual(defects.slice(0, 5), [], `defects with the seed "${seed}"`)
          const { expected, found } = yield* compared(tenant)
          assert.deepStrictEqual(found, expected, `with the seed "${seed}"`)
        }
      })
    )
  })

/** Circles of waiting are rare, but a second each is long. */
const quickDeadlocks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly name: string }>`select current_database() as name`
  yield* sql.unsafe(`alter database ${row?.name ?? ""} set deadlock_timeout = '50ms'`)
})

const onServer = Layer.unwrap(
  Effect.gen(function* () {
    const { config } = yield* PgClient.PgClient
    yield* quickDeadlocks
    return stores(PgClient.layer({ url: config.url, maxConnections: 12 }))
  })
).pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(PostgresDatabase.layer))

const embedded = Layer.unwrap(
  Effect.map(SqlClient.SqlClient, (sql) => stores(Layer.succeed(SqlClient.SqlClient, sql)))
).pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(PreparedDatabase.layer()))

suite("inline projections at random on PostgreSQL", onServer, effort, { fibers: 20, steps: 8, streams: 5 })
suite("inline projections at random on the embedded database", embedded, effort, { fibers: 12, steps: 6, streams: 4 })
