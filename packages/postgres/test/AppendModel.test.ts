/**
 * Appends of all kinds by many fibers of two stores over one database, at random: what callers were answered is what the
 * log holds. See `AppendModelLaws.ts` for what that means. A failure prints its seed: give it to `Seed` to plan the same.
 */
import { assert, layer } from "@effect/vitest"
import { AppendParticipants, AppendSignal } from "@eventfold/event-store"
import { effort } from "@eventfold/testing"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as EventStorePostgres from "../src/EventStorePostgres.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as AppendModelLaws from "./AppendModelLaws.ts"
import type * as AppendModelPlan from "./AppendModelPlan.ts"
import * as TwoStores from "./TwoStores.ts"

const oneStore = Layer.mergeAll(
  EventStorePostgres.layerPostgres.pipe(Layer.provide([AppendSignal.layer, AppendParticipants.layer])),
  TransactionPostgres.layerPostgres
)

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
  database: Layer.Layer<SqlClient.SqlClient | TwoStores.Stores, unknown>,
  rounds: number,
  options: AppendModelPlan.PlanOptions
) =>
  layer(database, { excludeTestServices: true })(name, (it) => {
    it.effect("callers are answered what is in the log, and what is in the log somebody was answered", () =>
      TwoStores.rounds(rounds, options, (notes, tenant, seed) =>
        Effect.map(stored(tenant), (found) => {
          const problems = AppendModelLaws.problems(notes, found)
          assert.deepStrictEqual(problems.slice(0, 5), [], `of ${problems.length} problems with the seed "${seed}"`)
        })
      )
    )
  })

suite("appends at random on PostgreSQL", TwoStores.onServer(oneStore), 3 * effort, {
  fibers: 40,
  steps: 15,
  streams: 6
})
suite("appends at random on the embedded database", TwoStores.embedded(oneStore), 2 * effort, {
  fibers: 24,
  steps: 12,
  streams: 4
})
