/** Stores that answer questions about rows wrongly. */
import type { Specification } from "@eventfold/decider"
import { Effect } from "effect"
import { nothingIsUnknown, replaced } from "../MisreadNodes.ts"
import { broken, type BrokenReadModels } from "./BrokenReadModelStore.ts"

type Node = Specification.Node

/** A row whose specifications mean something else. */
const means = (breaks: string, fault: string, replace: (node: Node) => Node) =>
  broken(breaks, fault, (store) => ({
    find: (readModel, tenant, question) =>
      store.find(readModel, tenant, { ...question, where: replaced(question.where, replace) })
  }))

const law = (name: string) => `of rows that are read: ${name}`

/** The stores. */
export const questions: ReadonlyArray<BrokenReadModels> = [
  broken(
    law("a specification finds the rows it matches in memory, whatever is in them"),
    "leaves out the first of many",
    (store) => ({
      find: (...of) => Effect.map(store.find(...of), (rows) => (rows.length > 20 ? rows.slice(1) : rows))
    })
  ),
  means(
    law("null fulfils no comparison, and so it fulfils the denial of each"),
    "has a third answer",
    nothingIsUnknown
  ),
  broken(
    law("pages follow one another in the order of the sort, with every row once and null last"),
    "sorts by the key only",
    (store) => ({
      find: (readModel, tenant, question) =>
        store.find(readModel, tenant, { ...question, order: question.order.slice(-readModel.key.length) })
    })
  ),
  broken(
    law("rows inserted and deleted while pages are read make no other row come twice or never"),
    "leaves out as many as were deleted",
    (store) => {
      let deleted = 0
      return {
        apply: (table, changes) =>
          Effect.tap(store.apply(table, changes), () =>
            Effect.sync(() => (deleted += changes.filter(({ _tag }) => _tag === "Delete").length))
          ),
        find: (...of) =>
          Effect.map(store.find(...of), (rows) => {
            const found = rows.slice(deleted)
            deleted = 0
            return found
          })
      }
    }
  ),
  broken(
    law("rows inserted at the same time make no page repeat or lose a row"),
    "leaves out as many as were inserted",
    (store) => {
      let inserted = 0
      return {
        apply: (table, changes) =>
          Effect.tap(store.apply(table, changes), () => Effect.sync(() => (inserted = changes.length === 1 ? 1 : 0))),
        find: (...of) =>
          Effect.map(store.find(...of), (rows) => {
            const found = rows.slice(inserted)
            inserted = 0
            return found
          })
      }
    }
  )
]
