/** The plans of questions about rows: with an index declared for them they read and sort no more than they answer. */
import { assert, layer } from "@effect/vitest"
import { Paging, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { ReadModelStore } from "@eventfold/subscriptions"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { layerPostgres, ReadModelPlans } from "../src/index.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const Parcel = Schema.Struct({
  parcelId: Schema.String,
  customer: Schema.String,
  status: Schema.Literals(["open", "sent", "lost"]),
  weight: Schema.Int,
  updatedAt: Schema.DateTimeUtc,
  /** Two thirds have none. */
  sentAt: Schema.NullOr(Schema.DateTimeUtc),
  words: Schema.Array(Schema.String)
})

const parcels = ReadModel.make({
  name: "parcels",
  key: ["parcelId"],
  row: Parcel,
  indexes: [["customer", "updatedAt"], ["status", "weight"], ["sentAt"], ["updatedAt"]],
  searchable: ["words"]
})

const rows = Rows.of(parcels)
const { ascending, descending } = Sorting
const { and, eq, gte, lt, oneOf, search } = Specification
const noon = DateTime.makeUnsafe(1_750_000_000_000)
const later = DateTime.add(noon, { hours: 1 })

/** So many that a plan which reads them all is dearer than any index. */
const count = 100_000

const filled = Effect.gen(function* () {
  const [sql, store] = [yield* SqlClient.SqlClient, yield* ReadModelStore]
  const rowsDigest = yield* rowsFingerprint(parcels)
  const begun = { projection: "parcels", fingerprint: "1", rowsFingerprint: rowsDigest, slices: 1, from: undefined }
  const generation = yield* store.begin(begun, [parcels])
  yield* sql`
    insert into eventfold_read.parcels__1 (tenant, parcel_id, customer, status, weight, updated_at, sent_at, words)
    select case when n % 10 = 0 then 'other' else 'main' end, 'parcel-' || n, 'customer-' || n % 1000,
      (array['open', 'sent', 'lost'])[1 + n % 3], n * 7919 % 5000, ${DateTime.toDateUtc(noon)}::timestamptz + make_interval(secs => n),
      case when n % 3 = 0 then ${DateTime.toDateUtc(noon)}::timestamptz + make_interval(secs => n) end, array['w' || n % 5000, 'all']
    from generate_series(1, ${count}::integer) as n`
  yield* store.finish(generation, [parcels])
  yield* store.serve(generation, parcels)
})

const database = Layer.provideMerge(layerPostgres, PreparedDatabase.layer())

layer(Layer.provideMerge(Layer.effectDiscard(filled), database))("the plan of a question", (it) => {
  const planOf = Effect.fnUntraced(function* (request: Omit<Paging.PageRequest<typeof Parcel.Type>, "limit">) {
    const store = yield* ReadModelStore
    const first = yield* Effect.fromResult(Paging.ask(rows, { ...request, limit: 20 }))
    const page = Paging.cut(first, yield* store.find(parcels, "main", first))
    const next = yield* Effect.fromResult(Paging.ask(rows, { ...request, limit: 20, after: page.next }))
    return {
      first: yield* ReadModelPlans.explain(parcels, "main", first),
      next: yield* ReadModelPlans.explain(parcels, "main", next)
    }
  })

  const served: ReadonlyArray<readonly [string, Omit<Paging.PageRequest<typeof Parcel.Type>, "limit">]> = [
    ["by the key", { where: Specification.everything }],
    [
      "of a customer, the newest first",
      { where: eq(rows.field("customer"), "customer-7"), sort: [descending(rows.field("updatedAt"))] }
    ],
    [
      "of a customer, the oldest first",
      { where: eq(rows.field("customer"), "customer-7"), sort: [ascending(rows.field("updatedAt"))] }
    ],
    ["the newest first", { where: Specification.everything, sort: [descending(rows.field("updatedAt"))] }],
    [
      "of a stretch of time, the oldest first",
      {
        where: and(gte(rows.field("updatedAt"), noon), lt(rows.field("updatedAt"), later)),
        sort: [ascending(rows.field("updatedAt"))]
      }
    ],
    [
      "in a state, the heaviest first",
      { where: eq(rows.field("status"), "sent"), sort: [descending(rows.field("weight"))] }
    ],
    [
      "in a state and heavy",
      {
        where: and(eq(rows.field("status"), "sent"), gte(rows.field("weight"), 4000)),
        sort: [ascending(rows.field("weight"))]
      }
    ],
    [
      "by what can be null, the first first",
      { where: Specification.everything, sort: [ascending(rows.field("sentAt"))] }
    ],
    [
      "by what can be null, the last first",
      { where: Specification.everything, sort: [descending(rows.field("sentAt"))] }
    ]
  ]
  for (const [name, request] of served) {
    it.effect(`${name}: an index finds and sorts the rows of a page, and of the next one`, () =>
      Effect.gen(function* () {
        const { first, next } = yield* planOf(request)
        assert.deepStrictEqual(ReadModelPlans.problems(first), [], JSON.stringify(first, null, 1))
        assert.deepStrictEqual(ReadModelPlans.problems(next), [], JSON.stringify(next, null, 1))
      })
    )
  }

  it.effect("words are looked up in their index, and so are lists of values", () =>
    Effect.gen(function* () {
      for (const where of [
        search(rows.field("words"), "w17 al"),
        oneOf(rows.field("customer"), ["customer-1", "customer-2"])
      ]) {
        const { first } = yield* planOf({ where })
        assert.notInclude(ReadModelPlans.problems(first), "it reads every row")
      }
    })
  )

  it.effect("what has no index is told", () =>
    Effect.gen(function* () {
      const { first } = yield* planOf({
        where: Specification.contains(rows.field("customer"), "omer-77"),
        sort: [ascending(rows.field("weight"))]
      })
      assert.include(ReadModelPlans.problems(first), "it sorts what it has found")
    })
  )
})
