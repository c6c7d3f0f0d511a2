/**
 * Holds a layer of the command log to its laws, with vitest.
 *
 * ```ts
 * CommandLogContract.suite("CommandLog in memory", layerMemory)
 * ```
 */
import type { CommandLog, Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { laws } from "./CommandLogLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/**
 * Registers one test per law of the command log; they share one store.
 * Gotcha: one of them makes the log forget everything. Use a store in which nobody else remembers anything.
 */
export const suite = <E>(name: string, layer: Layer.Layer<CommandLog | Transaction, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
