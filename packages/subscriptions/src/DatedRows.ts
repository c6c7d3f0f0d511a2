/**
 * Rows that are about a day, of which those of earlier days are kept while the others are folded anew.
 *
 * While such a generation is being built, changes of earlier rows are left out; in the instant of the switch these are
 * copied from the rows that were read until then, at the same position. Only rows that are counted can be built like
 * this: what becomes of them does not depend on the rows left out.
 */
import { type Projection, type ReadModel, Rows, Specification } from "@eventfold/decider"
import { compareText } from "@eventfold/decider/RowValue"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Predicate } from "effect"
import type { Generation, ReadModelStore } from "./ReadModelStore.ts"

/** Rows that are about a day, and nothing but counted. */
export interface DatedRows {
  /** The field of the key with the day. */
  readonly field: string
  /** Copies the rows of earlier days from one generation into another. In the transaction that is open. */
  copyBefore(
    store: ReadModelStore["Service"],
    day: string,
    generations: { readonly from: number; readonly to: number }
  ): Effect.Effect<void, EventStoreFailure>
}

/** The dated rows of a projection; undefined when they are not dated, or not only counted. */
export const of = <Row extends object, Key extends keyof Row & string>(projection: {
  readonly readModel: ReadModel.ReadModel<Row, Key>
  readonly datedBy: Key | undefined
  readonly incrementsOnly: boolean
}): DatedRows | undefined => {
  const { datedBy, incrementsOnly, readModel } = projection
  const field = incrementsOnly ? Rows.of(readModel).key.find(({ name }) => name === datedBy) : undefined
  if (field === undefined) return undefined
  return {
    field: field.name,
    copyBefore: (store, day, { from, to }) =>
      store.copy({ readModel, generation: from }, { readModel, generation: to }, Specification.lt(field, day))
  }
}

/**
 * A store that leaves out what an unfinished generation does not want: changes of rows before its day. Whether it is
 * finished is asked in the transaction of the changes, because a worker can have begun before the switch.
 */
export const onlyWanted = (
  store: ReadModelStore["Service"],
  generation: Generation,
  dated: DatedRows
): ReadModelStore["Service"] => {
  const { from, projection } = generation
  if (from === undefined) return store
  const isEarlier = (key: object): boolean => {
    const day: unknown = Predicate.hasProperty(key, dated.field) ? key[dated.field] : undefined
    return typeof day === "string" && compareText(day, from) < 0
  }
  const withoutEarlier = <Change extends Pick<Projection.Located<object>, "key">>(changes: ReadonlyArray<Change>) =>
    Effect.map(store.generations(projection), (all) =>
      all.find((one) => one.generation === generation.generation)?.state === "building"
        ? changes.filter(({ key }) => !isEarlier(key))
        : changes
    )
  return {
    ...store,
    apply: (table, changes) =>
      table.readModel.name === projection
        ? Effect.flatMap(withoutEarlier(changes), (wanted) => store.apply(table, wanted))
        : store.apply(table, changes)
  }
}
