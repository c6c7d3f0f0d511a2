/**
 * S6, repository queries: which rows are wanted is a value, put together from smaller ones, and compiled to SQL.
 *
 * Shows: the ready-made specifications of orders, alone and combined; what a database is asked, with its values as
 * parameters; the rows that are found; that text from outside stays a value; what is refused.
 */
import { Paging, Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { SpecificationSql } from "@eventfold/postgres"
import { ConsistencyDemand, ManagedProjection, ReadModels } from "@eventfold/subscriptions"
import { Console, type DateTime, Effect, Predicate, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Repository queries: specifications with and, or and not, compiled to SQL"

const category = "example-s6"
const purses = ReadModel.make({
  name: "example_specified",
  key: ["purseId"],
  row: Schema.Struct({
    purseId: Schema.String,
    owner: Schema.String,
    status: Schema.Literals(["pending", "active", "closed"]),
    cents: Schema.Int,
    usedAt: Schema.NullOr(Schema.DateTimeUtc)
  }),
  indexes: [["owner", "usedAt"], ["status"], ["cents"]]
})
type Purse = typeof purses.Row.Type

// A purse is pending until something was paid in.
const Specified = Projection.make({
  readModel: purses,
  events: Purses.PurseEvent,
  keys: Projection.byStream(category, "purseId"),
  project: (event, [row], { stream }) => {
    const usedAt = event.occurredAt
    if (event._tag === "PurseOpened") {
      const { owner } = event
      return [Projection.upsert({ purseId: stream.id, owner, status: "pending" as const, cents: 0, usedAt: null })]
    }
    if (row === undefined) return Projection.unchanged
    switch (event._tag) {
      case "PursePaidIn":
        return [Projection.upsert({ ...row, status: "active" as const, cents: row.cents + event.cents, usedAt })]
      case "PurseTakenOut":
        return [Projection.upsert({ ...row, cents: row.cents - event.cents, usedAt })]
      case "PurseClosed":
        return [Projection.upsert({ ...row, status: "closed" as const, usedAt })]
    }
  }
})
const projections = [ManagedProjection.make(Specified, { filter: { categories: [category] } })]

// #region specifications
const { and, contains, eq, gte, not, or } = Specification
const rows = Rows.of(purses)

const active = eq(rows.field("status"), "active")
const pending = eq(rows.field("status"), "pending")
const of = (owner: string) => eq(rows.field("owner"), owner)
const activeOf = (owner: string) => and(active, of(owner))
const highValue = gte(rows.field("cents"), 1_000_00)
const recentOf = (owner: string, since: DateTime.Utc) => and(of(owner), gte(rows.field("usedAt"), since))
// #endregion specifications

const newestFirst = [Sorting.descending(rows.field("usedAt"))]
const columns = SpecificationSql.columns(rows)

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const store = Purses.storing(category, tenant)
  const models = yield* ReadModels
  const find = (where: Specification.Specification<Purse>) =>
    models.find(purses, tenant, { where, sort: newestFirst, limit: 10 })

  yield* ReadSide.whenReady(find(active))
  yield* store("purse-1", Purses.opened("Ada"), Purses.paidIn(2_000, 2))
  yield* store("purse-2", Purses.opened("Ada"), Purses.paidIn(10, 20))
  yield* store("purse-3", Purses.opened("Grace"))
  yield* store("purse-4", Purses.opened("Grace"), Purses.paidIn(5_000, 3), Purses.closed(4))
  const token = yield* store("purse-5", Purses.opened("O'Neil; drop table events"), Purses.paidIn(7, 5))

  const tell = Effect.fnUntraced(function* (name: string, where: Specification.Specification<Purse>) {
    const question = yield* Effect.fromResult(Paging.ask(rows, { where, sort: newestFirst, limit: 10 }))
    const { text, values } = SpecificationSql.show(columns, question.where)
    const found = (yield* ConsistencyDemand.demand(token)(find(where))).rows
    yield* Console.log(`  ${name}: ${found.map(({ purseId }) => purseId).join(", ") || "none"}`)
    yield* Console.log(`    where ${text}`)
    yield* Console.log(`    with ${values.map(shown).join(", ") || "no values"}`)
  })

  yield* Console.log("Ready-made, the newest first")
  yield* tell("active", active)
  yield* tell("pending", pending)
  yield* tell("active of Ada", activeOf("Ada"))
  yield* tell("high value", highValue)
  yield* tell("recent of Ada", recentOf("Ada", Purses.onDay(10)))

  yield* Console.log("Put together")
  yield* tell("high value, or pending", or(highValue, pending))
  yield* tell("not used since 4 March, null included", not(gte(rows.field("usedAt"), Purses.onDay(4))))
  yield* tell("neither active nor Ada's", not(or(active, of("Ada"))))

  yield* Console.log("What somebody types stays a value, whatever it looks like")
  yield* tell("an owner", of("O'Neil; drop table events"))
  yield* tell("a part of one", contains(rows.field("owner"), "%"))

  yield* Console.log("A value that no row can hold is refused")
  yield* find(of("A\u0000da")).pipe(Effect.catchTag("ValueRefused", ({ message }) => Console.log(`  ${message}`)))

  yield* Console.log("The same values decide about a row at hand")
  const row: Purse = { purseId: "purse-9", owner: "Ada", status: "active", cents: 1_000_00, usedAt: null }
  yield* Console.log(`  high value: ${Specification.matches(highValue)(row)}`)
  yield* Console.log(`  recent of Ada: ${Specification.matches(recentOf("Ada", Purses.onDay(1)))(row)}`)
}).pipe(Effect.provide(ReadSide.layer(projections)))

const shown = (value: unknown) => (Predicate.isDate(value) ? value.toISOString() : String(value))
