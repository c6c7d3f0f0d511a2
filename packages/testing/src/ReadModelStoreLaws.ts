/**
 * The laws of the rows of read models as values: what every layer of the port guarantees of rows, questions about them,
 * and generations. No test framework is needed to run them; `ReadModelStoreContract` registers them with vitest.
 */
import type { Transaction } from "@eventfold/event-store"
import type { ReadModelStore } from "@eventfold/subscriptions"
import type { Law } from "./Law.ts"
import { counts, questions } from "./ReadModelStoreLaws/Asking.ts"
import { counters, rows } from "./ReadModelStoreLaws/Changing.ts"
import { beginning, reading } from "./ReadModelStoreLaws/Generations.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<ReadModelStore | Transaction>> = [
  ...rows,
  ...counters,
  ...beginning,
  ...reading,
  ...counts,
  ...questions
]
