/**
 * Holds a layer of consumers to its laws, with vitest.
 *
 * ```ts
 * ConsumersContract.suite("Consumers in memory", layerMemory)
 * ```
 */
import type { Transaction } from "@eventfold/event-store"
import type { Consumers } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import { laws } from "./ConsumersLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of consumers; they share one store. */
export const suite = <R extends Consumers | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | Consumers | Transaction, E>,
  options?: SuiteOptions
): void => register<R | Consumers | Transaction, E>(name, layer, laws, options)
