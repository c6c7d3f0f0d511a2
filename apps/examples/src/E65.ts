/**
 * E65, projections: three tables that follow from the events of purses, and can be thrown away.
 *
 * Shows: a summary of each purse, those that are active since a date, and the total volume, which is written in the
 * transaction of the append; all of it built anew from the first event while it is read, to the same rows; what is refused.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { ManagedProjection, ReadModels, Rebuild } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Projections: tables that follow from the events, and can be built anew from nothing"

const category = "example-e65"

const Summary = Schema.Struct({
  purseId: Schema.String,
  owner: Schema.String,
  cents: Schema.Int,
  open: Schema.Boolean,
  lastActivityAt: Schema.DateTimeUtc
})
const summaries = ReadModel.make({
  name: "example_summaries",
  key: ["purseId"],
  row: Summary,
  indexes: [["open", "lastActivityAt"]]
})

// What becomes of the row of a purse. Rows are keyed by the stream: nothing else can touch them.
const Summaries = Projection.make({
  readModel: summaries,
  events: Purses.PurseEvent,
  keys: Projection.byStream(category, "purseId"),
  project: (event, [row], { stream }) => {
    const lastActivityAt = event.occurredAt
    if (event._tag === "PurseOpened") {
      return [Projection.upsert({ purseId: stream.id, owner: event.owner, cents: 0, open: true, lastActivityAt })]
    }
    if (row === undefined) return Projection.unchanged
    switch (event._tag) {
      case "PursePaidIn":
        return [Projection.upsert({ ...row, cents: row.cents + event.cents, lastActivityAt })]
      case "PurseTakenOut":
        return [Projection.upsert({ ...row, cents: row.cents - event.cents, lastActivityAt })]
      case "PurseClosed":
        return [Projection.upsert({ ...row, open: false, lastActivityAt })]
    }
  }
})

// What only adds up: increments commute, so appends do not wait for each other to know what was there.
const volume = ReadModel.make({
  name: "example_volume",
  key: ["direction"],
  row: Schema.Struct({ direction: Schema.Literals(["in", "out"]), cents: Schema.Int, times: Schema.Int })
})
const Volume = Projection.counters({
  readModel: volume,
  events: Schema.Union([Purses.PaidIn, Purses.TakenOut]),
  counters: ["cents", "times"],
  initial: (key) => ({ ...key, cents: 0, times: 0 }),
  count: ({ _tag, cents }) => {
    const key = { direction: _tag === "PursePaidIn" ? ("in" as const) : ("out" as const) }
    return [Projection.increment(key, "cents", cents), Projection.increment(key, "times", 1)]
  }
})

// #region run
const filter = { categories: [category] }
const projections = [
  ManagedProjection.make(Summaries, { filter }),
  ManagedProjection.make(Volume, { filter, mode: "inline" })
]
// #endregion run

const rows = Rows.of(summaries)
const activeSince = (since: DateTime.Utc) =>
  Specification.and(Specification.eq(rows.field("open"), true), Specification.gte(rows.field("lastActivityAt"), since))
const latestFirst = [Sorting.descending(rows.field("lastActivityAt"))]

const shown = ({ cents, lastActivityAt, open, owner }: typeof Summary.Type) =>
  `${owner}: ${Purses.amount(cents)}, ${open ? "open" : "closed"}, last used ${DateTime.formatIsoDateUtc(lastActivityAt)}`

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const store = Purses.storing(category, tenant)
  const [models, rebuild] = [yield* ReadModels, yield* Rebuild]
  const everything = { where: Specification.everything, limit: 100 }
  const ask = (where: Specification.Specification<typeof Summary.Type>) =>
    models.find(summaries, tenant, { where, sort: latestFirst, limit: 100 })
  const totals = models.find(volume, tenant, everything)

  yield* ReadSide.whenReady(Effect.all([ask(Specification.everything), totals]))
  yield* store("purse-1", Purses.opened("Ada"), Purses.paidIn(100, 2), Purses.takenOut(30, 12))
  yield* store("purse-2", Purses.opened("Grace"), Purses.paidIn(500, 20))
  yield* store("purse-3", Purses.opened("Linus"), Purses.paidIn(10, 3), Purses.takenOut(10, 21), Purses.closed(22))

  yield* Console.log("The total volume is written by the append itself: it is there at once")
  for (const { cents, direction, times } of (yield* totals).rows) {
    yield* Console.log(`  ${direction}: ${Purses.amount(cents)} in ${times} payments`)
  }

  yield* Console.log("The summaries follow the log, a moment later")
  const seen = Effect.map(ask(Specification.everything), (page) => page.rows)
  yield* ReadSide.until(
    "three summaries, the last one closed",
    Effect.map(seen, (all) => all.length === 3 && all.some(({ open }) => !open))
  )
  const before = yield* seen
  for (const row of before) yield* Console.log(`  ${shown(row)}`)

  yield* Console.log("Active since 10 March: open, and used since")
  for (const row of (yield* ask(activeSince(Purses.onDay(10)))).rows) yield* Console.log(`  ${shown(row)}`)

  yield* Console.log("All of it is built anew from the first event, while it is read")
  const volumes = yield* totals
  // #region rebuild
  const begun = yield* rebuild.rebuildAll
  const isDone = Effect.map(rebuild.statuses, (statuses) =>
    begun.every(({ generation, projection }) =>
      statuses.some((one) => one.projection === projection && one.serving?.generation === generation)
    )
  )
  yield* ReadSide.until("everything is built anew", isDone)
  // #endregion rebuild
  const after = yield* seen
  yield* Console.log(`  ${begun.map(({ projection }) => projection).join(" and ")} are new`)
  yield* Console.log(`  summaries: ${sameRows(before, after)}; volume: ${sameRows(volumes.rows, (yield* totals).rows)}`)

  yield* Console.log("What is built anew goes on")
  yield* store("purse-1", Purses.paidIn(5, 25))
  yield* ReadSide.until(
    "the last payment",
    Effect.map(seen, ([latest]) => latest?.cents === 75_00)
  )
  yield* Console.log(`  ${(yield* seen).slice(0, 1).map(shown).join()}`)

  yield* Console.log("What cannot be done is said")
  yield* rebuild
    .rebuild("example_summaries", { from: "2026-03-10" })
    .pipe(Effect.catchTag("RebuildRefused", ({ rule }) => Console.log(`  RebuildRefused: ${rule}`)))
  yield* rebuild
    .rebuild("example_sumaries")
    .pipe(Effect.catchTag("UnknownProjection", ({ known }) => Console.log(`  unknown; known are ${known.join(", ")}`)))
}).pipe(Effect.provide(ReadSide.layer(projections)))

const sameRows = (before: ReadonlyArray<object>, after: ReadonlyArray<object>) =>
  JSON.stringify(before) === JSON.stringify(after) ? "the same rows" : "other rows"
