/** Stores that change rows wrongly, or answer others than they were given. */
import { Effect, Predicate, Stream } from "effect"
import { outside, underWay } from "../Faults.ts"
import { broken, type BrokenReadModels, type Store, tableName } from "./BrokenReadModelStore.ts"

/** A row like it, without white space around its text. */
const trimmed = <Row extends object>(row: Row): Row =>
  Predicate.hasProperty(row, "text") && Predicate.isString(row.text)
    ? Object.assign({}, row, { text: row.text.trim() })
    : row

/** Makes the changes one after another, as far as they can be made. */
const oneByOne = (store: Store): Store["apply"] =>
  Effect.fnUntraced(function* (table, changes) {
    for (const change of changes) yield* Effect.ignore(store.apply(table, [change]))
  })

const counted = ({ by }: { readonly by: Readonly<Record<string, number>> }) =>
  Object.values(by).some((count) => count !== 0)

/** The stores. */
export const changes: ReadonlyArray<BrokenReadModels> = [
  broken(
    "a row comes back as it went in, whatever is in it, and is found by a key of several fields",
    "takes white space off text",
    (store) => ({
      load: (table, keys) =>
        Effect.map(store.load(table, keys), (rows) => new Map(Array.from(rows, ([id, row]) => [id, trimmed(row)])))
    })
  ),
  broken(
    "rows that are not there are left out, and one that is asked for twice is there once",
    "finds nothing for what is asked for twice",
    (store) => ({
      load: (table, keys) => {
        const ids = keys.map(({ id }) => id)
        return store.load(
          table,
          keys.filter(({ id }) => ids.indexOf(id) === ids.lastIndexOf(id))
        )
      }
    })
  ),
  broken(
    "an upsert makes a row what it says, whatever was there before",
    "keeps the fields that are left out",
    (store) => ({
      apply: Effect.fnUntraced(function* (table, changes) {
        const before = yield* store.load(table, changes)
        yield* store.apply(
          table,
          changes.map((change) =>
            change._tag === "Upsert" ? { ...change, row: Object.assign({}, before.get(change.id), change.row) } : change
          )
        )
      })
    })
  ),
  broken("a deletion takes a row away, and its key can be given again", "deletes for good", (store) => {
    const gone = new Set<string>()
    return {
      apply: (table, changes) =>
        Effect.suspend(() => {
          const nameOf = ({ id }: { readonly id: string }) => `${tableName(table)} ${id}`
          const left = changes.filter((change) => change._tag !== "Upsert" || !gone.has(nameOf(change)))
          for (const change of left) if (change._tag === "Delete") gone.add(nameOf(change))
          return store.apply(table, left)
        })
    }
  }),
  broken("changes of every kind are made together, however many", "leaves out what is too much for it", (store) => ({
    apply: (table, changes) => store.apply(table, changes.slice(0, 64))
  })),
  broken("tenants have rows of their own, though their keys are equal", "deletes those of all tenants", (store) => {
    const tenants = new Set<string>()
    return {
      apply: (table, changes) =>
        Effect.suspend(() => {
          for (const { tenant } of changes) tenants.add(tenant)
          const deletions = changes.flatMap((change) =>
            Array.from(change._tag === "Delete" ? tenants : [change.tenant], (tenant) => ({
              ...change,
              tenant,
              id: table.readModel.idOf(tenant, change.key)
            }))
          )
          return store.apply(table, deletions)
        })
    }
  }),
  broken("every row of a generation is listed once, by tenant and key", "ends with the first page", (store) => ({
    rows: (table) => Stream.take(store.rows(table), 64)
  })),
  broken(
    "increments are added to the counters of a row; one that is not there begins with what is said",
    "makes no row for what counts nothing",
    (store) => ({
      apply: (table, changes) =>
        store.apply(
          table,
          changes.filter((change) => change._tag !== "Increment" || counted(change))
        )
    })
  ),
  broken(
    "increments at the same moment all count, also when the row is not there at first",
    "loses those of the second counter",
    (store) => {
      const during = underWay()
      return {
        apply: (table, changes) =>
          changes.some((change) => change._tag === "Increment" && change.by["other"] === 2)
            ? during((others) => (others ? Effect.void : store.apply(table, changes)))
            : store.apply(table, changes)
      }
    }
  ),
  broken(
    "a counter that would leave the exact whole numbers is refused, and nothing that came with it is stored",
    "stores what came with it",
    (store) => ({
      apply: (table, changes) =>
        Effect.tapErrorTag(store.apply(table, changes), "CountTooLarge", () => oneByOne(store)(table, changes))
    })
  ),
  broken(
    "a row that cannot be stored is refused for good, and nothing that came with it is stored",
    "stores what came with it",
    (store) => ({
      apply: (table, changes) =>
        Effect.tapErrorTag(store.apply(table, changes), "EventStoreFailure", () => oneByOne(store)(table, changes))
    })
  ),
  broken(
    "a transaction sees the rows it has changed; when it fails, nothing of it is stored",
    "shows it those of before",
    (store) => ({ load: (table, keys) => outside(store.load(table, keys)) })
  )
]
