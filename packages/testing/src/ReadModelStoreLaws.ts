/**
 * The laws of the rows of read models as values: what every layer of the port guarantees of rows, questions about them,
 * and generations. No test framework is needed to run them; `ReadModelStoreContract` registers them with vitest.
 */
import type { Transaction } from "@eventfold/event-store"
import type { ReadModelStore } from "@eventfold/subscriptions"
import type { Law } from "./Law.ts"
import { counts, questions } from "./ReadModelStoreLaws/Asking.ts"
import { counters } from "./ReadModelStoreLaws/Counting.ts"
import { beginning } from "./ReadModelStoreLaws/Generations.ts"
import { reading } from "./ReadModelStoreLaws/Reading.ts"
import { rows } from "./ReadModelStoreLaws/Rows.ts"
import { switches } from "./ReadModelStoreLaws/Switching.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<ReadModelStore | Transaction>> = [
  ...rows,
  ...counters,
  ...beginning,
  ...reading,
  ...switches,
  ...counts,
  ...questions
]
