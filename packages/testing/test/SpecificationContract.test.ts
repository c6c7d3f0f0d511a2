/** The suite of specifications catches tables that answer wrongly: for every law there is one that breaks it. */
import { Paging, Sorting, type Specification } from "@eventfold/decider"
import { Effect, Layer } from "effect"
import { SpecificationLaws } from "../src/index.ts"
import * as SpecificationContract from "../src/SpecificationContract.ts"
import { suite } from "./BrokenTable.ts"
import { nothingIsUnknown, replaced } from "./MisreadNodes.ts"

const { SampleTable, samples } = SpecificationLaws
type SampleTable = SpecificationLaws.SampleTable
type Sample = SpecificationLaws.Sample
type Table = SampleTable["Service"]
type Node = Specification.Node

interface BrokenRow {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<SampleTable>
}

const sound = Layer.fresh(SampleTable.layerMemory)

SpecificationContract.suite("Specifications in memory", sound)

/** A row: the table in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (breaks: string, fault: string, wrong: (table: Table) => Effect.Effect<Partial<Table>>): BrokenRow => ({
  breaks,
  fault,
  layer: Layer.effect(
    SampleTable,
    Effect.gen(function* () {
      const table = yield* SampleTable
      return { ...table, ...(yield* wrong(table)) }
    })
  ).pipe(Layer.provide(sound))
})

const caseIsNothing = (node: Node): Node => (node._tag === "Contains" ? { ...node, ignoreCase: true } : node)

/** Answers pages of the rows in an order of its own. */
const inOrder = (
  table: Table,
  order: (request: Paging.PageRequest<Sample>) => (left: Sample, right: Sample) => number
) =>
  Effect.succeed<Partial<Table>>({
    page: (request) =>
      Effect.gen(function* () {
        const question = yield* Effect.fromResult(Paging.ask(samples, request))
        const rows = (yield* table.find(question.where)).toSorted(order(request))
        return Paging.cut(question, rows.slice(0, question.take))
      })
  })

/** Counts rows in place of beginning after one, in the pages of `isMine`. */
const byOffset = (table: Table, isMine: (request: Paging.PageRequest<Sample>) => boolean) =>
  Effect.succeed<Partial<Table>>({
    page: (request) => {
      const { after, ...first } = request
      if (!isMine(request)) return table.page(request)
      const offset = Number(after ?? 0)
      return Effect.gen(function* () {
        const question = yield* Effect.fromResult(Paging.ask(samples, first))
        const order = Sorting.comparator(question.order)
        const rows = (yield* table.find(question.where)).toSorted(order).slice(offset)
        const next = rows.length > first.limit ? String(offset + first.limit) : undefined
        return { rows: rows.slice(0, first.limit), next }
      })
    }
  })

const brokenTables: ReadonlyArray<BrokenRow> = [
  broken("a specification finds the rows it matches in memory, whatever is in them", "ignores case always", (table) =>
    Effect.succeed({ find: (where) => table.find(replaced(where, caseIsNothing)) })
  ),
  broken("null fulfils no comparison, and so it fulfils the denial of each", "has a third answer", (table) =>
    Effect.succeed({ find: (where) => table.find(replaced(where, nothingIsUnknown)) })
  ),
  broken(
    "pages follow one another in the order of the sort, with every row once and null last",
    "sorts by the key only",
    (table) => inOrder(table, () => Sorting.comparator(Sorting.complete(samples, [])))
  ),
  broken(
    "rows inserted and deleted while pages are read make no other row come twice or never",
    "counts rows",
    (table) => byOffset(table, ({ limit }) => limit !== 3)
  ),
  broken("rows inserted at the same time make no page repeat or lose a row", "counts rows", (table) =>
    byOffset(table, ({ limit }) => limit === 3)
  ),
  broken(
    "a cursor of another sort or specification is refused, and so is a value no row can hold",
    "begins again at a cursor it does not know",
    (table) =>
      Effect.succeed({
        page: (request) =>
          Effect.catchTag(table.page(request), "CursorRefused", () => table.page({ ...request, after: undefined }))
      })
  )
]

suite({ of: "specifications", laws: SpecificationLaws.laws, rows: brokenTables, sound, only: false })
