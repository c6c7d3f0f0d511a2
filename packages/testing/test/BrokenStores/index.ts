/** The table of broken stores: one row per law of the event store. */
import { brokenAppends } from "./BrokenAppends.ts"
import { brokenConcurrency } from "./BrokenConcurrency.ts"
import { brokenPages } from "./BrokenPages.ts"
import { brokenReads } from "./BrokenReads.ts"
import { brokenRepetition } from "./BrokenRepetition.ts"
import type { BrokenStore } from "./BrokenStore.ts"
import { brokenTransactions } from "./BrokenTransactions.ts"

/** One store per law that breaks it, and it only. */
export const brokenStores: ReadonlyArray<BrokenStore> = [
  ...brokenAppends,
  ...brokenReads,
  ...brokenPages,
  ...brokenRepetition,
  ...brokenConcurrency,
  ...brokenTransactions
]
