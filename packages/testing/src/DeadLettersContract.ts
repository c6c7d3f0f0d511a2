/**
 * Holds a layer of dead letters to its laws, with vitest.
 *
 * ```ts
 * DeadLettersContract.suite("Dead letters in memory", layerMemory)
 * ```
 */
import type { Transaction } from "@eventfold/event-store"
import type { DeadLetters } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import { laws } from "./DeadLettersLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of dead letters; they share one store. */
export const suite = <R extends DeadLetters | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | DeadLetters | Transaction, E>,
  options?: SuiteOptions
): void => register<R | DeadLetters | Transaction, E>(name, layer, laws, options)
