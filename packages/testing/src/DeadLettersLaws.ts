/**
 * The laws of dead letters as values: what every layer of the port guarantees. No test framework is needed to run them;
 * `DeadLettersContract` registers them with vitest.
 */
import type { Transaction } from "@eventfold/event-store"
import type { DeadLetters } from "@eventfold/subscriptions"
import { holding, listing } from "./DeadLettersLaws/Asking.ts"
import { noting } from "./DeadLettersLaws/Noting.ts"
import type { Law } from "./Law.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<DeadLetters | Transaction>> = [...noting, ...holding, ...listing]
