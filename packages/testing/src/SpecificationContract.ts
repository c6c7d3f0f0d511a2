/**
 * Holds what answers specifications, sorts and pages to its laws, with vitest.
 *
 * ```ts
 * SpecificationContract.suite("Specifications in memory", SampleTable.layerMemory)
 * ```
 */
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, type SampleTable } from "./SpecificationLaws.ts"

/** Registers one test per law; they share one table. */
export const suite = <E>(name: string, layer: Layer.Layer<SampleTable, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
