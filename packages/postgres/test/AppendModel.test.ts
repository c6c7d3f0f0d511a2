/**
 * Appends of all kinds by many fibers of two stores over one database, at random: what callers were answered is what the
 * log holds. See `AppendModelLaws.ts` for what that means. A failure prints its seed: give it to `Seed` to plan the same.
 */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { AppendParticipants, AppendSignal, EventStore, Transaction } from "@eventfold/event-store"
import { effort, Seed } from "@eventfold/testing"
import { Context, Effect, Layer, Random } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import * as EventStorePostgres from "../src/EventStorePostgres.ts"
import * as Migrations from "../src/Migrations.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as AppendModelLaws from "./AppendModelLaws.ts"
import * as AppendModelPlan from "./AppendModelPlan.ts"
import * as AppendModelRun from "./AppendModelRun.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

class Stores extends Context.Service<Stores, readonly [AppendModelRun.Store, AppendModelRun.Store]>()("test/Stores") {}

const oneStore = Layer.mergeAll(
  EventStorePostgres.layerPostgres.pipe(Layer.provide([AppendSignal.layer, AppendParticipants.layer])),
  TransactionPostgres.layerPostgres
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
  return Layer.effect(Stores, Effect.all([store, store]))
}

const stored = Effect.fnUntraced(function* (tenant: string) {
  const sql = yield* SqlClient.SqlClient
  const log = yield* sql<AppendModelLaws.LogRow>`
    select position::float8 as position, substr(stream_id, 2)::integer as stream, version::float8 as version,
      event_id as id, append_size as "appendSize", data ->> 'name' as name
    from eventfold.events e where tenant = ${tenant} order by e.position`
  const versions = yield* sql<{ readonly stream: number; readonly version: number }>`
    select substr(stream_id, 2)::integer as stream, version::float8 as version
    from eventfold.streams where tenant = ${tenant}`
  return { log, versions: new Map(versions.map(({ stream, version }) => [stream, version])) }
})

const suite = (
  name: string,
  database: Layer.Layer<SqlClient.SqlClient | Stores, unknown>,
  rounds: number,
  options: AppendModelPlan.PlanOptions
) =>
  layer(database, { excludeTestServices: true })(name, (it) => {
    it.effect("callers are answered what is in the log, and what is in the log somebody was answered", () =>
      Effect.gen(function* () {
        const both = yield* Stores
        const given = yield* Seed
        // The ids of events come from the seed as well: the same ones cannot be stored twice.
        for (let round = 0; round < (given === undefined ? rounds : 1); round += 1) {
          const seed = given ?? String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
          const tenant = SecureRandom.uuidV7Unsafe()
          const plan = yield* AppendModelPlan.make(options).pipe(Random.withSeed(seed))
          const notes = yield* AppendModelRun.run(plan, tenant, both)
          const problems = AppendModelLaws.problems(notes, yield* stored(tenant))
          assert.deepStrictEqual(problems.slice(0, 5), [], `of ${problems.length} problems with the seed "${seed}"`)
        }
      })
    )
  })

/** Circles of waiting are rare, but a second each is long. */
const quickDeadlocks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly name: string }>`select current_database() as name`
  yield* sql.unsafe(`alter database ${row?.name ?? ""} set deadlock_timeout = '100ms'`)
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

suite("appends at random on PostgreSQL", onServer, 3 * effort, { fibers: 40, steps: 15, streams: 6 })
suite("appends at random on the embedded database", embedded, 2 * effort, { fibers: 24, steps: 12, streams: 4 })
