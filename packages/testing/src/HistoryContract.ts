/**
 * Holds a layer of the event store to the laws of reading the past, with vitest.
 *
 * ```ts
 * HistoryContract.suite("History in memory", layerMemory)
 * ```
 */
import type { CommandServices } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./HistoryLaws.ts"

/** Registers one test per law of reading the past; they share one store and leave their streams in it. */
export const suite = <E>(name: string, layer: Layer.Layer<CommandServices, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
