/**
 * Holds a layer of the rows of read models to its laws, with vitest.
 *
 * ```ts
 * ReadModelStoreContract.suite("Read models in memory", layerMemory)
 * ```
 */
import type { Transaction } from "@eventfold/event-store"
import type { ReadModelStore } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import { laws } from "./ReadModelStoreLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the rows of read models; they share one store. */
export const suite = <R extends ReadModelStore | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | ReadModelStore | Transaction, E>,
  options?: SuiteOptions
): void => register<R | ReadModelStore | Transaction, E>(name, layer, laws, options)
