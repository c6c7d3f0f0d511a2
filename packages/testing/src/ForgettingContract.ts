/**
 * Holds the ports behind a key store, together, to the laws of forgetting and of the renewal of keys, with vitest.
 *
 * ```ts
 * ForgettingContract.suite("Forgetting in memory", layer)
 * ```
 */
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, type Services } from "./ForgettingLaws.ts"

/** Registers one test per law; they share one layer. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
