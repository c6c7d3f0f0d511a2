/**
 * Holds a layer of the service registry to its laws, with vitest.
 *
 * ```ts
 * ServiceRegistryContract.suite("ServiceRegistry in memory", ServiceRegistryMemory.layerMemory())
 * ```
 */
import type { ServiceRegistry } from "@eventfold/messaging"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./ServiceRegistryLaws.ts"

/** Registers one test per law of service registries; they share one registry. */
export const suite = <R extends ServiceRegistry, E>(
  name: string,
  layer: Layer.Layer<R | ServiceRegistry, E>,
  options?: SuiteOptions
): void => register<R | ServiceRegistry, E>(name, layer, laws, options)
