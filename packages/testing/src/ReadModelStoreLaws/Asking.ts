/** Laws of questions about the rows that are read: those of specifications, sorts and pages, and of counts and tenants. */
import { Paging, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { ReadModelStore } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { expectEqual, type Law, make } from "../Law.ts"
import * as SpecificationLaws from "../SpecificationLaws.ts"
import * as Samples from "../SpecificationLaws/Samples.ts"
import * as Scenario from "./Scenario.ts"

const samples = Effect.map(Scenario.name, (name) =>
  ReadModel.make({
    name,
    key: ["batch", "id"],
    row: Samples.Sample,
    indexes: [["label"], ["note", "whole"], ["seenAt"]],
    searchable: ["words"]
  })
)

const failed = (cause: unknown) => new SpecificationLaws.TableFailed({ cause })

/** More rows than any law has. */
const all = 100_000

/** The rows of a tenant as the table of samples that the laws of specifications are about. */
const sampleTable = Effect.gen(function* () {
  const store = yield* ReadModelStore
  const [readModel, tenant] = [yield* samples, yield* Scenario.tenant]
  const { table } = yield* Scenario.serving(readModel)
  return SpecificationLaws.SampleTable.of({
    insert: (rows) =>
      store
        .apply(
          table,
          rows.map((row) => Scenario.upsert(readModel, tenant, row))
        )
        .pipe(Effect.mapError(failed)),
    remove: (row) => Effect.mapError(store.apply(table, [Scenario.removal(readModel, tenant, row)]), failed),
    find: Effect.fnUntraced(function* (wanted) {
      const where = yield* Effect.fromResult(Specification.check(wanted))
      const order = Sorting.complete(Samples.samples, [])
      const question = { where, order, take: all, cursorOf: () => "" }
      return yield* Effect.mapError(store.find(readModel, tenant, question), failed)
    }),
    page: Effect.fnUntraced(function* (request) {
      const question = yield* Effect.fromResult(Paging.ask(Samples.samples, request))
      return Paging.cut(question, yield* Effect.mapError(store.find(readModel, tenant, question), failed))
    })
  })
})

/** The laws of specifications, sorts and pages, for the rows that are read. */
export const questions: ReadonlyArray<Law<ReadModelStore>> = SpecificationLaws.answers.map(({ check, name }) =>
  make(
    `of rows that are read: ${name}`,
    check.pipe(
      Effect.provideServiceEffect(SpecificationLaws.SampleTable, sampleTable),
      Effect.provideServiceEffect(
        SpecificationLaws.Rounds,
        Effect.map(Scenario.Sizes, ({ questions }) => questions)
      )
    )
  )
)

/** The laws of counts, keys and tenants. */
export const counts = [
  make(
    "as many rows are counted as are found",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const [readModel, tenant] = [yield* samples, yield* Scenario.tenant]
      const batch = yield* Samples.batch
      const rows = yield* Effect.forEach(Array.from({ length: 60 }).keys(), (id) => Samples.row(batch, id))
      yield* Scenario.serving(readModel, tenant, rows)
      const { questions } = yield* Scenario.Sizes
      yield* expectEqual("all", yield* store.count(readModel, tenant, Specification.everything), rows.length)
      for (let round = 0; round < questions / 3; round++) {
        const where = yield* Samples.specification(round % 4, rows)
        const expected = rows.filter(Specification.matches(where)).length
        yield* expectEqual(JSON.stringify(where), yield* store.count(readModel, tenant, where), expected)
      }
    })
  ),

  make(
    "what is read is of one tenant",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const { tallies, tally } = Scenario
      const readModel = yield* tallies
      const [one, other] = [yield* Scenario.tenant, yield* Scenario.tenant]
      const { table } = yield* Scenario.serving(readModel, one, [tally("a", { count: 1 }), tally("b")])
      yield* Scenario.put(table, other, [tally("a", { count: 2 }), tally("c")])
      yield* expectEqual("the rows of one", yield* Scenario.foundAll(readModel, one), [
        tally("a", { count: 1 }),
        tally("b")
      ])
      yield* expectEqual("their number", yield* store.count(readModel, one, Specification.everything), 2)
      const rows = [tally("a", { count: 2 }), undefined, tally("c")]
      const ids = ["a", "b", "c"].map((id) => ({ id }))
      yield* expectEqual("rows of the other by their keys", yield* Scenario.got(readModel, other, ids), rows)
      yield* expectEqual("of nobody", yield* Scenario.foundAll(readModel, yield* Scenario.tenant), [])
    })
  ),

  make(
    "a question is answered with as many rows as it asks for, the first ones",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* Scenario.tallies
      const rows = Array.from({ length: 20 }, (_, index) => Scenario.tally(`row-${10 + index}`, { count: index % 2 }))
      yield* Scenario.serving(readModel, "t", rows)
      const { field } = Rows.of(readModel)
      const request = { where: Specification.eq(field("count"), 1), sort: [Sorting.descending(field("id"))], limit: 4 }
      const question = yield* Effect.fromResult(Paging.ask(Rows.of(readModel), request))
      const found = yield* store.find(readModel, "t", question)
      yield* expectEqual(
        "the rows",
        found.map(({ id }) => id),
        ["row-29", "row-27", "row-25", "row-23", "row-21"]
      )
    })
  )
]
