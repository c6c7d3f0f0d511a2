/** How the broken stores of rows are made: the store in memory, with what is wrong in the place of some of its parts. */
import { Transaction } from "@eventfold/event-store"
import { type AnyReadModel, layerMemory, ReadModelStore } from "@eventfold/subscriptions"
import { Context, Effect, Layer } from "effect"
import { ReadModelStoreLaws } from "../../src/index.ts"

/** The store. */
export type Store = ReadModelStore["Service"]

/** A store with something wrong, and the name of the law it breaks. */
export interface BrokenReadModels {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ReadModelStore | Transaction>
}

/** The store in memory. */
export const sound = Layer.fresh(Layer.merge(layerMemory, Transaction.layerMemory))

/** A row: the store in memory, with what `wrong` puts in the place of some of its parts. */
export const broken = (breaks: string, fault: string, wrong: (store: Store) => Partial<Store>): BrokenReadModels => ({
  breaks,
  fault,
  layer: Layer.effect(
    ReadModelStore,
    Effect.map(ReadModelStore, (store) => ({ ...store, ...wrong(store) }))
  ).pipe(Layer.provideMerge(sound))
})

/** Small sizes: every broken store runs all laws. */
export const settings: Context.Context<never> = Context.make(ReadModelStoreLaws.Sizes, { rows: 80, questions: 40 })

/** Names a table. */
export const tableName = ({
  generation,
  readModel
}: {
  readonly readModel: AnyReadModel
  readonly generation: number
}) => `${readModel.name} ${generation}`
