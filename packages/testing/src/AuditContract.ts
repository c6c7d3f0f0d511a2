/**
 * Holds a layer of the audit, and the event store beside it, to its laws, with vitest.
 *
 * ```ts
 * AuditContract.suite("Audit in memory", layerMemory)
 * ```
 */
import type { Layer } from "effect"
import { laws, type Services } from "./AuditLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the audit; they share one store. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
