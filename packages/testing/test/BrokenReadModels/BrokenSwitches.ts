/** Stores whose readers and appends get in each other's way, and that count or find too much. */
import { Effect } from "effect"
import { outside } from "../Faults.ts"
import { broken, type BrokenReadModels } from "./BrokenReadModelStore.ts"

/** The stores. */
export const switches: ReadonlyArray<BrokenReadModels> = [
  broken(
    "a switch is one instant for every reader: each question is answered by the one generation or the other",
    "answers a question in two parts",
    (store) => ({
      find: Effect.fnUntraced(function* (...of) {
        const first = yield* store.find(...of)
        yield* Effect.yieldNow
        const second = yield* store.find(...of)
        return [...first.slice(0, 1), ...second.slice(1)]
      })
    })
  ),
  broken("nobody sees part of a transaction", "looks for one row after another", (store) => ({
    get: (readModel, keys) =>
      Effect.map(
        Effect.forEach(keys, (key) => Effect.tap(store.get(readModel, [key]), () => Effect.yieldNow)),
        (found) => new Map(found.flatMap((rows) => Array.from(rows)))
      )
  })),
  broken(
    "appends are told which generations of their projections are read, and of no others",
    "tells of all when none is asked for",
    (store) => ({
      servingForAppend: (projections) =>
        projections.length > 0 ? store.servingForAppend(projections) : store.generations()
    })
  ),
  broken(
    "nothing that appends write is lost in a switch, and nothing counts twice, when it is fenced",
    "has no fence",
    (store) => ({ servingForAppend: (projections) => outside(store.servingForAppend(projections)) })
  ),
  broken("as many rows are counted as are found", "counts up to seven", (store) => ({
    count: (...of) => Effect.map(store.count(...of), (count) => Math.min(count, 7))
  })),
  broken("what is read is of one tenant", "finds those of others where there is none", (store) => {
    const tenants = new Set<string>()
    return {
      apply: (table, changes) => {
        for (const { tenant } of changes) tenants.add(tenant)
        return store.apply(table, changes)
      },
      get: Effect.fnUntraced(function* (readModel, keys) {
        const found = new Map(yield* store.get(readModel, keys))
        for (const { id, key } of keys) {
          for (const tenant of found.has(id) ? [] : tenants) {
            const place = { tenant, key, id: readModel.idOf(tenant, key) }
            for (const row of (yield* store.get(readModel, [place])).values()) found.set(id, row)
          }
        }
        return found
      })
    }
  }),
  broken("a question is answered with as many rows as it asks for, the first ones", "finds one more", (store) => ({
    find: (readModel, tenant, question) => store.find(readModel, tenant, { ...question, take: question.take + 1 })
  }))
]
