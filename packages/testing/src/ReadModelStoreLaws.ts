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

export { Sizes } from "./ReadModelStoreLaws/Scenario.ts"

/** The laws of rows, changes, generations and switches, and of counts and tenants. */
export const rowLaws: ReadonlyArray<Law<ReadModelStore | Transaction>> = [
  ...rows,
  ...counters,
  ...beginning,
  ...reading,
  ...switches,
  ...counts
]

/** The laws of specifications, sorts and pages, for the rows that are read. */
export const questionLaws: ReadonlyArray<Law<ReadModelStore>> = questions

/** The laws of the port. */
export const laws: ReadonlyArray<Law<ReadModelStore | Transaction>> = [...rowLaws, ...questionLaws]
