/** All ports of this package in memory, wired to share their transactions. */
import { Layer } from "effect"
import { CommandLog } from "./CommandLog.ts"
import type { EventStore } from "./EventStore.ts"
import * as EventStoreMemory from "./EventStoreMemory.ts"
import { Transaction } from "./Transaction.ts"

/** Event store, transaction and command log in memory: for tests, examples and a first try. */
export const layerMemory: Layer.Layer<EventStore | Transaction | CommandLog> = Layer.mergeAll(
  EventStoreMemory.layerMemory,
  Transaction.layerMemory,
  CommandLog.layerMemory
)
