/**
 * Holds a layer of the catalogue of the archive, and the event store beside it, to its laws, with vitest.
 *
 * ```ts
 * ArchiveContract.suite("Archive in memory", layerMemory)
 * ```
 */
import type { Layer } from "effect"
import { laws, type Services } from "./ArchiveLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the archive; they share one store. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
