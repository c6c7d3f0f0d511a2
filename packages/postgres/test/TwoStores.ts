/**
 * Two stores that share no more than the database, and plans of appends at random for both. A failure prints its seed: give
 * it to `Seed` to plan the same.
 */
import { PgClient } from "@effect/sql-pg"
import { EventStore, Transaction } from "@eventfold/event-store"
import { Seed } from "@eventfold/testing"
import { Context, Effect, Layer, Random } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import * as Migrations from "../src/Migrations.ts"
import * as AppendModelPlan from "./AppendModelPlan.ts"
import * as AppendModelRun from "./AppendModelRun.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

/** Both of them. */
export class Stores extends Context.Service<Stores, readonly [AppendModelRun.Store, AppendModelRun.Store]>()(
  "test/Stores"
) {}

type OneStore<E> = Layer.Layer<EventStore | Transaction, E, SqlClient.SqlClient>

const two = <E, E2>(oneStore: OneStore<E>, client: Layer.Layer<SqlClient.SqlClient, E2>) => {
  const store = Effect.map(
    Layer.build(Layer.fresh(oneStore.pipe(Layer.provide(client)))),
    (services): AppendModelRun.Store => ({
      events: Context.get(services, EventStore),
      transaction: Context.get(services, Transaction)
    })
  )
  return Layer.effect(Stores, Effect.all([store, store]))
}

/** Circles of waiting are rare, but a second each is long. */
const quickDeadlocks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly name: string }>`select current_database() as name`
  yield* sql.unsafe(`alter database ${row?.name ?? ""} set deadlock_timeout = '100ms'`)
})

/** On a server, each with a client of its own. */
export const onServer = <E>(oneStore: OneStore<E>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { config } = yield* PgClient.PgClient
      yield* quickDeadlocks
      return two(oneStore, PgClient.layer({ url: config.url, maxConnections: 12 }))
    })
  ).pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(PostgresDatabase.layer))

/** On the embedded database. */
export const embedded = <E>(oneStore: OneStore<E>) =>
  Layer.unwrap(Effect.map(SqlClient.SqlClient, (sql) => two(oneStore, Layer.succeed(SqlClient.SqlClient, sql)))).pipe(
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(PreparedDatabase.layer())
  )

/** Runs so many plans, each for a tenant of its own; `verify` looks at what became of one. */
export const rounds = Effect.fnUntraced(function* <E, R>(
  count: number,
  options: AppendModelPlan.PlanOptions,
  verify: (
    ran: Effect.Success<ReturnType<typeof AppendModelRun.run>>,
    tenant: string,
    seed: string
  ) => Effect.Effect<void, E, R>
) {
  const both = yield* Stores
  const given = yield* Seed
  // The ids of events come from the seed as well: the same ones cannot be stored twice.
  for (let round = 0; round < (given === undefined ? count : 1); round += 1) {
    const seed = given ?? String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
    const tenant = SecureRandom.uuidV7Unsafe()
    const plan = yield* AppendModelPlan.make(options).pipe(Random.withSeed(seed))
    yield* verify(yield* AppendModelRun.run(plan, tenant, both), tenant, seed)
  }
})
