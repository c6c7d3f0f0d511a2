/**
 * E68, query optimisation: a list, a detail and a search over the same events, each in the shape its question needs.
 *
 * Shows: three read models fed independently, each with a checkpoint of its own; purses by owner, active or not, with a
 * high balance, page by page; one purse with its movements; a search by id, owner and tag; and a search that stands still
 * while the others go on.
 */
import { Paging, Projection, ReadModel, Rows, SearchTokens, Sorting, Specification } from "@eventfold/decider"
import { ConsistencyDemand, ManagedProjection, ProjectionRunner, ReadModels } from "@eventfold/subscriptions"
import { Console, Effect, Option, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Query optimisation: a list, a detail and a search, each with rows of its own"

const category = "example-e68"
const keys = Projection.byStream(category, "purseId")

/** What each of the three knows of a purse: folded here once, so that they agree. */
const Purse = { purseId: Schema.String, owner: Schema.String, cents: Schema.Int, active: Schema.Boolean }
const PurseFields = Schema.Struct(Purse)
const folded = (
  row: typeof PurseFields.Type | undefined,
  event: Purses.PurseEvent,
  purseId: string
): typeof PurseFields.Type => {
  const { active, cents, owner } = row ?? { active: true, cents: 0, owner: "" }
  switch (event._tag) {
    case "PurseOpened":
      return { purseId, owner: event.owner, cents, active }
    case "PursePaidIn":
      return { purseId, owner, cents: cents + event.cents, active }
    case "PurseTakenOut":
      return { purseId, owner, cents: cents - event.cents, active }
    case "PurseClosed":
      return { purseId, owner, cents, active: false }
  }
}

// #region three
const list = ReadModel.make({
  name: "example_list",
  key: ["purseId"],
  row: Schema.Struct(Purse),
  indexes: [["owner"], ["active", "cents"], ["cents"]]
})
const List = Projection.make({
  readModel: list,
  events: Purses.PurseEvent,
  keys,
  project: (event, [row], { stream }) => [Projection.upsert(folded(row, event, stream.id))]
})

const detail = ReadModel.make({
  name: "example_detail",
  key: ["purseId"],
  row: Schema.Struct({ ...Purse, movements: Schema.Array(Schema.Int) })
})
const Detail = Projection.make({
  readModel: detail,
  events: Purses.PurseEvent,
  keys,
  project: (event, [row], { stream }) => {
    const purse = folded(row, event, stream.id)
    const moved = purse.cents - (row?.cents ?? 0)
    const before = row?.movements ?? []
    return [Projection.upsert({ ...purse, movements: moved === 0 ? before : [...before, moved] })]
  }
})

const search = ReadModel.make({
  name: "example_search",
  key: ["purseId"],
  row: Schema.Struct({ ...Purse, words: Schema.Array(Schema.String) }),
  searchable: ["words"]
})
const Search = Projection.make({
  readModel: search,
  events: Purses.PurseEvent,
  keys,
  project: (event, [row], { stream }) => {
    const purse = folded(row, event, stream.id)
    const tags = [purse.active ? "active" : "inactive", ...(purse.cents > highAbove ? ["high-balance"] : [])]
    return [Projection.upsert({ ...purse, words: SearchTokens.of(purse.purseId, purse.owner, ...tags) })]
  }
})
// #endregion three

const highAbove = 10_000_00
const filter = { categories: [category] }
const projections = [
  ManagedProjection.make(List, { filter }),
  ManagedProjection.make(Detail, { filter }),
  ManagedProjection.make(Search, { filter })
]

// #region questions
const purses = Rows.of(list)
const byOwner = (owner: string) => Specification.eq(purses.field("owner"), owner)
const active = Specification.eq(purses.field("active"), true)
const highBalance = Specification.gt(purses.field("cents"), highAbove)
const richestFirst = [Sorting.descending(purses.field("cents"))]
const found = (text: string) => Specification.search(Rows.of(search).field("words"), text)
// #endregion questions

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const store = Purses.storing(category, tenant)
  const [models, runner] = [yield* ReadModels, yield* ProjectionRunner]
  const ids = (rows: ReadonlyArray<{ readonly purseId: string }>) =>
    rows.length === 0 ? "none" : rows.map(({ purseId }) => purseId).join(", ")
  const listed = (where: Specification.Specification<typeof list.Row.Type>, after?: string) =>
    models.find(list, tenant, { where, sort: richestFirst, limit: 2, after })
  const searched = (text: string) => models.find(search, tenant, { where: found(text), limit: 10 })

  yield* ReadSide.whenReady(
    Effect.all([listed(active), searched("a"), models.get(detail, tenant, { purseId: "purse-1" })])
  )
  yield* store("purse-1", Purses.opened("Ada Lovelace"), Purses.paidIn(10_000))
  yield* store("purse-2", Purses.opened("Grace Hopper"), Purses.paidIn(10_001), Purses.takenOut(10), Purses.paidIn(10))
  yield* store("purse-3", Purses.opened("Ada Lovelace"), Purses.paidIn(3), Purses.closed())
  const token = yield* store("purse-4", Purses.opened("Linus Torvalds"), Purses.paidIn(20_000))
  const upToDate = ConsistencyDemand.demand(token)

  yield* Console.log("The list")
  yield* Console.log(`  of Ada Lovelace: ${ids((yield* upToDate(listed(byOwner("Ada Lovelace")))).rows)}`)
  yield* Console.log(`  not active: ${ids((yield* listed(Specification.not(active))).rows)}`)
  yield* Console.log(`  above 10,000: ${ids((yield* listed(highBalance)).rows)}`)
  const first = yield* listed(active)
  const second = yield* listed(active, first.next)
  const count = yield* models.count(list, tenant, active)
  yield* Console.log(`  active, two at a time: ${ids(first.rows)}; then ${ids(second.rows)}; ${count} in all`)

  yield* Console.log("The detail")
  const one = yield* upToDate(models.get(detail, tenant, { purseId: "purse-2" }))
  const movements = Option.match(one, {
    onNone: () => "none",
    onSome: (row) => row.movements.map(Purses.amount).join(", ")
  })
  yield* Console.log(`  purse-2: ${movements}`)

  yield* Console.log("The search: whole words, and the beginning of the last one")
  for (const text of ["purse 3", "ada", "love", "high-balance", "active hop", "nobody"]) {
    yield* Console.log(`  ${text}: ${ids((yield* upToDate(searched(text))).rows)}`)
  }

  yield* Console.log("The search stands still, the list does not")
  yield* ReadSide.standStill(search.name)
  const later = yield* store("purse-5", Purses.opened("Barbara Liskov"), Purses.paidIn(1))
  const demand = ConsistencyDemand.demand(later, "100 millis")
  yield* Console.log(
    `  the list: ${ids((yield* ConsistencyDemand.demand(later)(listed(byOwner("Barbara Liskov")))).rows)}`
  )
  const refused = yield* Effect.result(demand(searched("barbara")))
  yield* Console.log(`  the search: ${refused._tag === "Failure" ? refused.failure._tag : ids(refused.success.rows)}`)
  yield* runner.start(search.name)
  yield* Console.log(`  started again: ${ids((yield* ConsistencyDemand.demand(later)(searched("barbara"))).rows)}`)

  yield* Console.log("A question that cannot be asked is refused")
  yield* models
    .find(list, tenant, { where: active, limit: Paging.maxLimit + 1 })
    .pipe(Effect.catchTag("LimitRefused", ({ field, rule }) => Console.log(`  ${field}: ${rule}`)))
  yield* listed(active, "not-a-cursor").pipe(
    Effect.catchTag("CursorRefused", ({ field, rule }) => Console.log(`  ${field}: ${rule}`))
  )
}).pipe(Effect.provide(ReadSide.layer(projections)))
