/** All ports of this package in memory; they join the transactions of `Transaction.layerMemory` of the event store. */
import { Layer } from "effect"
import type { Consumers } from "./Consumers.ts"
import * as ConsumersMemory from "./ConsumersMemory.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import * as DeadLettersMemory from "./DeadLettersMemory.ts"
import type { ReadModelStore } from "./ReadModelStore.ts"
import * as ReadModelStoreMemory from "./ReadModelStoreMemory.ts"

/** Consumers, dead letters and the rows of read models in memory: for tests, examples and a first try. */
export const layerMemory: Layer.Layer<Consumers | DeadLetters | ReadModelStore> = Layer.mergeAll(
  ConsumersMemory.layerMemory,
  DeadLettersMemory.layerMemory,
  ReadModelStoreMemory.layerMemory
)
