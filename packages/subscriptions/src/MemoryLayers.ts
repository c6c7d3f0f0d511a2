/** All ports of this package in memory, and what tells of progress; they join the transactions of `Transaction.layerMemory` of the event store. */
import { Layer } from "effect"
import { ConsumerProgress } from "./ConsumerProgress.ts"
import type { Consumers } from "./Consumers.ts"
import * as ConsumersMemory from "./ConsumersMemory.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import * as DeadLettersMemory from "./DeadLettersMemory.ts"
import type { ReadModelStore } from "./ReadModelStore.ts"
import * as ReadModelStoreMemory from "./ReadModelStoreMemory.ts"

/** Consumers and their progress, dead letters and the rows of read models in memory: for tests, examples and a first try. */
export const layerMemory: Layer.Layer<Consumers | ConsumerProgress | DeadLetters | ReadModelStore> = Layer.mergeAll(
  ConsumersMemory.layerMemory,
  ConsumerProgress.layer,
  DeadLettersMemory.layerMemory,
  ReadModelStoreMemory.layerMemory
)
