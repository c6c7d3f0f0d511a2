/**
 * S7, batching: orders that are asked for one by one, at the same moment, are one question to the store.
 *
 * Shows: a hundred readers and the queries they come to; readers who ask for the same row; rows there are not; another
 * tenant's rows, which nobody gets; more readers than one query takes.
 */
import { Projection, ReadModel } from "@eventfold/decider"
import { ConsistencyDemand, ManagedProjection, ReadModels, ReadModelStore } from "@eventfold/subscriptions"
import { Console, Effect, Layer, Option, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Batching: rows that are asked for at the same moment are one query"

const category = "example-s7"
const purses = ReadModel.make({
  name: "example_purses",
  key: ["purseId"],
  row: Schema.Struct({ purseId: Schema.String, owner: Schema.String })
})
const PursesOfAll = Projection.make({
  readModel: purses,
  events: Schema.Union([Purses.Opened]),
  keys: Projection.byStream(category, "purseId"),
  project: ({ owner }, _, { stream }) => [Projection.upsert({ purseId: stream.id, owner })]
})
const projections = [ManagedProjection.make(PursesOfAll, { filter: { categories: [category] } })]

/** The store, with a note of how many rows each of its queries for single rows was about. */
const counted = (queries: Array<number>) =>
  Layer.effect(
    ReadModelStore,
    Effect.map(ReadModelStore, (store) => ({
      ...store,
      get: (readModel, keys) =>
        Effect.suspend(() => {
          queries.push(keys.length)
          return store.get(readModel, keys)
        })
    }))
  )

/** The story. */
export const program = Effect.suspend(() => {
  const queries: Array<number> = []
  return Effect.provide(story(queries), Layer.provide(ReadSide.layer(projections), counted(queries)))
})

const story = Effect.fnUntraced(function* (queries: Array<number>) {
  const tenant = yield* Purses.newTenant
  const other = yield* Purses.newTenant
  const models = yield* ReadModels
  const get = (purseId: string, of = tenant) => models.get(purses, of, { purseId })
  const ids = (count: number): ReadonlyArray<string> =>
    Array.from({ length: count }, (_, index) => `purse-${index + 1}`)

  yield* ReadSide.whenReady(get("purse-1"))
  for (const id of ids(20)) yield* Purses.storing(category, tenant)(id, Purses.opened(`owner of ${id}`))
  const token = yield* Purses.storing(category, other)("purse-1", Purses.opened("somebody else"))
  yield* ConsistencyDemand.demand(token)(get("purse-20"))

  /** Asks for all of them at the same moment, and tells what it came to. */
  const ask = Effect.fnUntraced(function* (what: string, wanted: ReadonlyArray<string>) {
    queries.splice(0)
    const rows = yield* Effect.forEach(wanted, (id) => get(id), { concurrency: "unbounded" })
    const found = rows.filter(Option.isSome).length
    yield* Console.log(
      `  ${what}: ${found} found, ${queries.length} ${queries.length === 1 ? "query" : "queries"} for ${queries.join(" and ")} rows`
    )
  })

  yield* Console.log("At the same moment")
  yield* ask("20 readers, a purse each", ids(20))
  yield* ask(
    "100 readers of one purse",
    ids(100).map(() => "purse-7")
  )
  yield* ask("100 readers, 80 of them of purses there are not", ids(100))
  yield* ask("1,500 readers: no query grows without bound", ids(1500))

  yield* Console.log("Two tenants are two queries, and nobody gets another one's rows")
  queries.splice(0)
  const both = yield* Effect.all([get("purse-1"), get("purse-1", other), get("purse-2", other)], { concurrency: 3 })
  for (const row of both) {
    yield* Console.log(`  ${Option.match(row, { onNone: () => "no row", onSome: ({ owner }) => owner })}`)
  }
  yield* Console.log(`  ${queries.length} queries`)

  yield* Console.log("One after another")
  queries.splice(0)
  yield* Effect.forEach(ids(20), (id) => get(id), { discard: true })
  yield* Console.log(`  20 reads, ${queries.length} queries`)
})
