/** Stores that begin, switch and drop generations wrongly. */
import { Specification } from "@eventfold/decider"
import type { Generation } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { outside, underWay } from "../Faults.ts"
import { broken, type BrokenReadModels, type Store } from "./BrokenReadModelStore.ts"

const isSame = (one: Generation, { generation, projection }: Generation) =>
  one.projection === projection && one.generation === generation

/** How a generation stands. */
const stateOf = (store: Store, generation: Generation) =>
  Effect.map(
    store.generations(generation.projection),
    (all) => all.find((one) => isSame(one, generation))?.state ?? "dropped"
  )

const building = (store: Store, projection: string) =>
  Effect.map(store.generations(projection), (all) => all.filter(({ state }) => state === "building"))

/** A row in which fields have the same value when their names are alike for as long as names in a database are. */
const cutFields = <Row extends object>(row: Row): Row => {
  const byName = new Map(Object.entries(row).map(([name, value]: [string, unknown]) => [name.slice(0, 63), value]))
  return Object.assign(
    {},
    row,
    Object.fromEntries(Object.keys(row).map((name) => [name, byName.get(name.slice(0, 63))]))
  )
}

/** The stores. */
export const generations: ReadonlyArray<BrokenReadModels> = [
  broken(
    "a generation begins empty, and says what was said of it; they are listed by projection, the oldest first",
    "forgets from which day on rows are folded",
    (store) => ({ begin: (said, tables) => store.begin({ ...said, from: undefined }, tables) })
  ),
  broken(
    "while a generation is being built, beginning it again answers it; one of another fingerprint is another one",
    "begins it from the beginning",
    (store) => {
      const during = underWay()
      return {
        begin: (said, tables) =>
          during(
            Effect.fnUntraced(function* (others) {
              for (const one of others ? [] : yield* building(store, said.projection)) {
                if (one.fingerprint === said.fingerprint) yield* store.drop(one, tables)
              }
              return yield* store.begin(said, tables)
            })
          )
      }
    }
  ),
  broken(
    "of many who begin a generation at the same moment one does, and all are given it",
    "begins one for each of them",
    (store) => {
      const during = underWay()
      let begun = 0
      return {
        begin: (said, tables) =>
          during((others) => {
            begun += 1
            return store.begin(others ? { ...said, fingerprint: `${said.fingerprint} ${begun}` } : said, tables)
          })
      }
    }
  ),
  broken("a number is never given to two generations, though the first one was dropped", "gives it again", (store) => {
    const dropped = new Map<string, number>()
    return {
      drop: (generation, tables) =>
        Effect.tap(store.drop(generation, tables), () =>
          Effect.sync(() => dropped.set(generation.projection, generation.generation))
        ),
      begin: Effect.fnUntraced(function* (said, tables) {
        const others = yield* store.generations(said.projection)
        const made = yield* store.begin(said, tables)
        return {
          ...made,
          generation: (others.length === 0 ? dropped.get(said.projection) : undefined) ?? made.generation
        }
      })
    }
  }),
  broken(
    "generations have rows of their own, and so have the tables of one",
    "writes all that are being built",
    (store) => ({
      apply: Effect.fnUntraced(function* (table, changes) {
        const others = yield* building(store, table.readModel.name)
        const inBuilding = others.some(({ generation }) => generation === table.generation)
        const numbers = inBuilding ? others.map(({ generation }) => generation) : [table.generation]
        for (const generation of numbers) yield* store.apply({ ...table, generation }, changes)
      })
    })
  ),
  broken(
    "read models whose names are as long as can be have rows of their own, and so have fields with long names",
    "takes fields for the same whose names begin alike",
    (store) => ({
      apply: (table, changes) =>
        store.apply(
          table,
          changes.map((change) => (change._tag === "Upsert" ? { ...change, row: cutFields(change.row) } : change))
        )
    })
  ),
  broken(
    "the rows that fit are copied to another generation, of every tenant and as they are; what is there stays",
    "copies all of them",
    (store) => ({ copy: (from, to) => store.copy(from, to, Specification.everything) })
  ),
  broken(
    "rows cannot be read before a generation of their shape is: whoever asks is told so",
    "counts none",
    (store) => ({
      count: (...of) => Effect.catchTag(store.count(...of), "ReadModelNotReady", () => Effect.succeed(0))
    })
  ),
  broken(
    "what is read is the generation that was switched to last, and the one before is retired",
    "does not switch back",
    (store) => ({
      serve: (generation, readModel) =>
        Effect.flatMap(stateOf(store, generation), (state) =>
          state === "retired" ? Effect.void : store.serve(generation, readModel)
        )
    })
  ),
  broken(
    "rows of a new shape are read beside those of the old one, until these are retired and dropped",
    "drops what is retired at once",
    (store) => ({
      retire: (generation) =>
        Effect.flatMap(stateOf(store, generation), (state) =>
          Effect.andThen(store.retire(generation), state === "serving" ? store.drop(generation, []) : Effect.void)
        )
    })
  ),
  broken(
    "of a generation that is dropped nothing is left; one that is serving cannot be dropped",
    "drops it though it is read",
    (store) => ({
      drop: (generation, tables) => Effect.andThen(store.retire(generation), store.drop(generation, tables))
    })
  ),
  broken(
    "a transaction that fails begins, switches, retires and drops nothing",
    "drops outside the transaction",
    (store) => ({ drop: (...of) => outside(store.drop(...of)) })
  )
]
