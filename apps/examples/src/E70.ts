/**
 * E70, cached reads: rows that are asked for again and again come out of the process, and are right all the same.
 *
 * Shows: a row from the store, then from the cache; the event that changes the row takes it out, on the node that projects
 * and on the one that does not; a bound; a time to live; misses that agree with what the store was asked.
 */
import { Projection, ReadModel } from "@eventfold/decider"
import {
  ConsistencyDemand,
  ManagedProjection,
  ReadCache,
  ReadCacheMemory,
  ReadModels,
  ReadModelStore
} from "@eventfold/subscriptions"
import { Console, Context, Effect, Layer, Option, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Cached reads: rows from the cache of each node, never much older than the events"

const category = "example-e70"
const balances = ReadModel.make({
  name: "example_cached",
  key: ["purseId"],
  row: Schema.Struct({ purseId: Schema.String, cents: Schema.Int })
})
const Balances = Projection.make({
  readModel: balances,
  events: Schema.Union([Purses.PaidIn]),
  keys: Projection.byStream(category, "purseId"),
  project: ({ cents }, [row], { stream }) => [
    Projection.upsert({ purseId: stream.id, cents: (row?.cents ?? 0) + cents })
  ]
})
const projections = [ManagedProjection.make(Balances, { filter: { categories: [category] } })]

// #region node
/** A node with a cache of its own: 1,000 rows for 60 seconds, unless told otherwise. */
const node = (
  run: ReadonlyArray<ManagedProjection.ManagedProjection>,
  bounds: Parameters<typeof ReadCacheMemory.layer>[0] = {}
) =>
  ReadModels.layer.pipe(
    Layer.provideMerge(Layer.provide(ReadCache.layer(), ReadCacheMemory.layer(bounds))),
    Layer.provideMerge(ReadSide.layer(run))
  )
// #endregion node

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const tenant = yield* Purses.newTenant
    const store = Purses.storing(category, tenant)
    const asked = { count: 0 }
    const noted = Layer.effect(
      ReadModelStore,
      Effect.map(ReadModelStore, (rows) => counting(rows, asked))
    )
    const anew = (layer: ReturnType<typeof node>) => Effect.map(Layer.build(Layer.fresh(layer)), nodeOf(tenant))

    const a = yield* Effect.map(Layer.build(Layer.fresh(node(projections).pipe(Layer.provide(noted)))), nodeOf(tenant))
    const b = yield* anew(node([]))
    yield* ReadSide.whenReady(a.read("purse-1"))

    yield* Console.log("A row comes from the store, then from the cache of the node")
    const first = yield* store("purse-1", Purses.paidIn(100))
    yield* Console.log(`  node a: ${yield* ConsistencyDemand.demand(first)(a.read("purse-1"))}, from the store`)
    yield* Console.log(`  node a: ${yield* fromCache(a, "purse-1")}, from the cache`)
    const [before, queries] = [yield* a.statistics, asked.count]
    yield* Console.log(`  node b: ${yield* fromCache(b, "purse-1")}, from the cache`)

    yield* Console.log("5.00 are paid in: the event takes the row out")
    const second = yield* store("purse-1", Purses.paidIn(5))
    const demand = ConsistencyDemand.demand(second)
    yield* Console.log(`  with the token, node a: ${yield* demand(a.read("purse-1"))}`)
    yield* Console.log(`  with the token, node b: ${yield* demand(b.read("purse-1"))}`)

    yield* Console.log("1.00 is paid in: without a token node b, which projects nothing, follows by itself")
    yield* store("purse-1", Purses.paidIn(1))
    yield* ReadSide.until(
      "node b follows",
      Effect.map(b.read("purse-1"), (balance) => balance === "106.00")
    )
    yield* Console.log(`  node b: ${yield* fromCache(b, "purse-1")}, from the cache again`)

    yield* Console.log("What the cache had to miss is what the store was asked")
    yield* fromCache(a, "purse-1")
    const after = yield* a.statistics
    const misses = after.misses - before.misses
    yield* Console.log(
      `  hits: ${after.hits - before.hits}; a query for each miss: ${misses === asked.count - queries ? "yes" : "no"}`
    )

    yield* Console.log("A cache of two rows never has more: what was used longest ago goes")
    const small = yield* anew(node([], { maxEntries: 2 }))
    yield* ReadSide.until(
      "a row has to go",
      Effect.gen(function* () {
        for (const purse of ["purse-1", "purse-2", "purse-3"]) yield* small.read(purse)
        return (yield* small.statistics).evictions > 0
      })
    )
    yield* Console.log("  three rows were read, and one had to go")

    yield* Console.log("A cache whose rows live a quarter of a second")
    const brief = yield* anew(node([], { timeToLive: 250 }))
    yield* Console.log(`  ${yield* fromCache(brief, "purse-1")}, from the cache`)
    yield* Effect.sleep("250 millis")
    const { misses: missed } = yield* brief.statistics
    const balance = yield* brief.read("purse-1")
    yield* Console.log(
      `  ${balance}, ${(yield* brief.statistics).misses > missed ? "from the store" : "from the cache"}`
    )
  })
)

/** What a node is asked. */
const nodeOf = (tenant: string) => (context: Context.Context<ReadModels | ReadCache>) => ({
  statistics: Context.get(context, ReadCache).statistics,
  read: (purseId: string) =>
    Effect.map(
      Context.get(context, ReadModels).get(balances, tenant, { purseId }),
      Option.match({ onNone: () => "no row", onSome: ({ cents }) => Purses.amount(cents) })
    )
})

/** Reads until the cache has answered: at first it has to find out how far the projection is. */
const fromCache = Effect.fnUntraced(function* (from: ReturnType<ReturnType<typeof nodeOf>>, purse: string) {
  const { hits } = yield* from.statistics
  let balance = ""
  yield* ReadSide.until(
    "the cache answers",
    Effect.gen(function* () {
      balance = yield* from.read(purse)
      return (yield* from.statistics).hits > hits
    })
  )
  return balance
})

/** The store, with a count of its queries for single rows. */
const counting = (store: ReadModelStore["Service"], asked: { count: number }): ReadModelStore["Service"] => ({
  ...store,
  get: (readModel, keys) =>
    Effect.suspend(() => {
      asked.count += 1
      return store.get(readModel, keys)
    })
})
