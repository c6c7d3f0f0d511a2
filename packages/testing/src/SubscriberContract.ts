/**
 * Holds relays and subscribers to their laws over the layers of a store, with vitest.
 *
 * ```ts
 * SubscriberContract.suite("Messages in memory", layerMemory)
 * ```
 */
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, type Ports } from "./SubscriberLaws.ts"

/** Registers one test per law; they share one store and one broker. */
export const suite = <R extends Ports, E>(
  name: string,
  layer: Layer.Layer<R | Ports, E>,
  options?: SuiteOptions
): void => register<R | Ports, E>(name, layer, laws, options)
