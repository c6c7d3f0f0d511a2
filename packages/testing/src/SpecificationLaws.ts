/**
 * The laws of whatever answers specifications, sorts and pages, as values: it answers as memory does. No test framework
 * is needed to run them; `SpecificationContract` registers them with vitest.
 */
import { Paging, Sorting, Specification } from "@eventfold/decider"
import { Context, Data, Effect, Layer, Ref } from "effect"
import { effort } from "./Effort.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"
import * as Samples from "./SpecificationLaws/Samples.ts"

export { type Sample, samples } from "./SpecificationLaws/Samples.ts"

/** What keeps the rows has failed. */
export class TableFailed extends Data.TaggedError("TableFailed")<{ readonly cause: unknown }> {}

/** A table of samples: what a layer provides to be held to the laws. */
export class SampleTable extends Context.Service<
  SampleTable,
  {
    /** Adds rows, all or none. */
    readonly insert: (rows: ReadonlyArray<Samples.Sample>) => Effect.Effect<void, TableFailed>
    /** Deletes a row. */
    readonly remove: (row: Samples.Sample) => Effect.Effect<void, TableFailed>
    /** The rows that are wanted, in any order. */
    readonly find: (
      where: Specification.Specification<Samples.Sample>
    ) => Effect.Effect<ReadonlyArray<Samples.Sample>, TableFailed | Specification.ValueRefused>
    readonly page: (
      request: Paging.PageRequest<Samples.Sample>
    ) => Effect.Effect<Paging.Page<Samples.Sample>, TableFailed | Paging.PageRefused>
  }
>()("@eventfold/testing/SampleTable") {
  /** Rows in memory, answered by the values of `@eventfold/decider`. */
  static readonly layerMemory: Layer.Layer<SampleTable> = Layer.effect(
    SampleTable,
    Effect.map(Ref.make<ReadonlyArray<Samples.Sample>>([]), (rows) => ({
      insert: (added) => Ref.update(rows, (before) => [...before, ...added]),
      remove: ({ batch, id }) => Ref.update(rows, (all) => all.filter((row) => row.batch !== batch || row.id !== id)),
      find: (where) =>
        Effect.flatMap(Ref.get(rows), (all) =>
          Effect.map(Effect.fromResult(Specification.check(where)), (wanted) =>
            all.filter(Specification.matches(wanted))
          )
        ),
      page: (request) =>
        Effect.flatMap(Ref.get(rows), (all) => Effect.fromResult(Paging.page(Samples.samples, all, request)))
    }))
  )
}

const { sample, within } = Samples
const idOf = ({ id }: Samples.Sample): number => id
const idsOf = (rows: ReadonlyArray<Samples.Sample>) => rows.map(idOf)
const inIdOrder = (rows: ReadonlyArray<Samples.Sample>) => idsOf(rows).toSorted((left, right) => left - right)

/** A batch of new rows in the table. */
const filled = Effect.fnUntraced(function* (count: number) {
  const batch = yield* Samples.batch
  const rows = yield* Effect.forEach(Array.from({ length: count }).keys(), (id) => Samples.row(batch, id))
  yield* (yield* SampleTable).insert(rows)
  return { batch, rows }
})

/** What is wanted, without the cursor. */
type Asked = Omit<Paging.PageRequest<Samples.Sample>, "after">

/** More than any law puts into a batch. */
const mostRows = 1000

/** Reads page after page; between two pages `meanwhile` is told of the last one. */
const walk = Effect.fnUntraced(function* <E, R>(
  asked: Asked,
  meanwhile: (page: ReadonlyArray<Samples.Sample>) => Effect.Effect<void, E, R>
) {
  const table = yield* SampleTable
  const seen: Array<Samples.Sample> = []
  for (let after: string | undefined; ;) {
    const { next, rows } = yield* table.page({ ...asked, after })
    seen.push(...rows)
    if (next === undefined) return seen
    yield* expect(seen.length < mostRows, "pages come to an end")
    after = next
    yield* meanwhile(rows)
  }
})

/** How many questions the laws make up; `EVENTFOLD_EFFORT` multiplies it. */
export const Rounds = Context.Reference<number>("@eventfold/testing/SpecificationRounds", {
  defaultValue: () => 300 * effort
})

/** The laws of answers alone: what is refused is refused before anybody is asked. */
export const answers: ReadonlyArray<Law<SampleTable>> = [
  make(
    "a specification finds the rows it matches in memory, whatever is in them",
    Effect.gen(function* () {
      const { find } = yield* SampleTable
      const rounds = yield* Rounds
      const { batch, rows } = yield* filled(120)
      for (let round = 0; round < rounds; round++) {
        const where = within(batch, yield* Samples.specification(round % 4, rows))
        const expected = idsOf(rows.filter(Specification.matches(where)))
        yield* expectEqual(`the rows of ${JSON.stringify(where)}`, inIdOrder(yield* find(where)), expected)
      }
    })
  ),

  make(
    "null fulfils no comparison, and so it fulfils the denial of each",
    Effect.gen(function* () {
      const { find, insert } = yield* SampleTable
      const batch = yield* Samples.batch
      const nothing = { note: null, whole: null, size: null, flag: null, seenAt: null, words: null }
      const without: Samples.Sample = { batch, id: 0, label: "", ...nothing }
      yield* insert([without, { ...without, id: 1, note: "a", whole: 1, flag: true, words: ["a"] }])
      const fulfilled = [
        Specification.eq(sample("whole"), 1),
        Specification.oneOf(sample("note"), ["a", "b"]),
        Specification.gte(sample("whole"), 0),
        Specification.eq(sample("flag"), true),
        Specification.contains(sample("note"), ""),
        Specification.contains(sample("note"), "A", { ignoreCase: true }),
        Specification.search(sample("words"), "a")
      ]
      for (const wanted of fulfilled) {
        const [name, { not }] = [JSON.stringify(wanted), Specification]
        yield* expectEqual(name, idsOf(yield* find(within(batch, wanted))), [1])
        yield* expectEqual(`not ${name}`, idsOf(yield* find(within(batch, not(wanted)))), [0])
        yield* expectEqual(`not not ${name}`, idsOf(yield* find(within(batch, not(not(wanted))))), [1])
      }
    })
  ),

  make(
    "pages follow one another in the order of the sort, with every row once and null last",
    Effect.gen(function* () {
      const { batch, rows } = yield* filled(60)
      const rounds = yield* Rounds
      // Some sorts and specifications made up say nothing: with few of them a wrong order could pass.
      for (let round = 0; round < Math.max(12, rounds / 10); round++) {
        const [limit] = [1 + ((round * 7) % 25)]
        const sort = yield* Samples.sort
        const where = within(batch, yield* Samples.specification(1, rows))
        const order = Sorting.comparator(Sorting.complete(Samples.samples, sort))
        const expected = idsOf(rows.filter(Specification.matches(where)).toSorted(order))
        const seen = idsOf(yield* walk({ where, sort, limit }, () => Effect.void))
        yield* expectEqual(`the rows by ${JSON.stringify(sort)}`, seen, expected)
      }
    })
  ),

  make(
    "rows inserted and deleted while pages are read make no other row come twice or never",
    Effect.gen(function* () {
      const table = yield* SampleTable
      const rounds = yield* Rounds
      for (let round = 0; round < rounds / 50; round++) {
        const { batch, rows } = yield* filled(30)
        const gone = new Set<number>()
        let id = rows.length
        const disturb = Effect.fnUntraced(function* (page: ReadonlyArray<Samples.Sample>) {
          const [last] = page.slice(-1)
          if (last === undefined) return
          // Above all what the cursor stands for: the row itself goes, and one with its values comes.
          const added = [{ ...last, id: id++ }, yield* Samples.row(batch, id++), yield* Samples.row(batch, id++)]
          yield* table.insert(id > 150 ? [] : added)
          yield* table.remove(last)
          gone.add(last.id)
        })
        const asked = {
          where: within(batch, Specification.everything),
          sort: yield* Samples.sort,
          limit: 1 + (round % 4)
        }
        const seen = idsOf(yield* walk(asked, disturb))
        yield* expectEqual("the rows seen, each once", seen.length, new Set(seen).size)
        const there = inIdOrder(rows).filter((old) => !gone.has(old))
        const found = new Set(seen)
        yield* expectEqual(
          "the rows that were there all along",
          there.filter((old) => found.has(old)),
          there
        )
      }
    })
  ),

  make(
    "rows inserted at the same time make no page repeat or lose a row",
    Effect.gen(function* () {
      const table = yield* SampleTable
      const { batch, rows } = yield* filled(60)
      const sort = [Sorting.descending(sample("note"))]
      const added = yield* Effect.forEach(Array.from({ length: 60 }).keys(), (at) => Samples.row(batch, 1000 + at))
      const reading = walk({ where: within(batch, Specification.everything), sort, limit: 3 }, () => Effect.yieldNow)
      const writing = Effect.forEach(added, (row) => Effect.andThen(table.insert([row]), Effect.yieldNow))
      const [seen] = yield* Effect.all([reading, writing], { concurrency: "unbounded" })
      const ids = idsOf(seen)
      yield* expectEqual("the rows seen, each once", ids.length, new Set(ids).size)
      const old = ids.filter((id) => id < 1000)
      const order = Sorting.comparator(Sorting.complete(Samples.samples, sort))
      yield* expectEqual("the rows that were there all along", old, idsOf(rows.toSorted(order)))
    })
  )
]

/** The laws. */
export const laws: ReadonlyArray<Law<SampleTable>> = [
  ...answers,

  make(
    "a cursor of another sort or specification is refused, and so is a value no row can hold",
    Effect.gen(function* () {
      const table = yield* SampleTable
      const { batch } = yield* filled(3)
      const [where, label] = [within(batch, Specification.everything), sample("label")]
      const { next: after } = yield* table.page({ where, sort: [Sorting.ascending(label)], limit: 1 })
      const ruleOf = (request: Paging.PageRequest<Samples.Sample>) =>
        Effect.map(expectFailure("the page", table.page(request)), (error) => ("rule" in error ? error.rule : error))
      const other = within(batch, Specification.ne(label, "\u{10ffff}"))
      const descending = { where, sort: [Sorting.descending(label)], limit: 1, after }
      yield* expectEqual("the rule of another sort", yield* ruleOf(descending), "of-this-sort")
      const elsewhere = { where: other, sort: [Sorting.ascending(label)], limit: 1, after }
      yield* expectEqual("the rule of another specification", yield* ruleOf(elsewhere), "of-this-specification")
      const unheard = { where: within(batch, Specification.lt(label, "\u0000")), limit: 1 }
      yield* expectEqual("the rule of text", yield* ruleOf(unheard), "text-that-can-be-stored")
      const refused = yield* expectFailure("the rows", table.find(Specification.eq(label, "\ud800")))
      yield* expectEqual("why", refused._tag, "ValueRefused")
    })
  )
]
