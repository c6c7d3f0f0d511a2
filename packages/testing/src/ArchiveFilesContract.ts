/**
 * Holds a layer of the files of the archive to its laws, with vitest.
 *
 * ```ts
 * ArchiveFilesContract.suite("Archive files in memory", ArchiveFiles.layerMemory)
 * ```
 */
import type { ArchiveFiles } from "@eventfold/event-store"
import type { Layer } from "effect"
import { laws } from "./ArchiveFilesLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the files of the archive; they share one archive. */
export const suite = <E>(name: string, layer: Layer.Layer<ArchiveFiles, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
