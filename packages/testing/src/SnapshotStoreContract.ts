/**
 * Holds a layer of the snapshot store to its laws, with vitest.
 *
 * ```ts
 * SnapshotStoreContract.suite("SnapshotStore in memory", layerMemory)
 * ```
 */
import type { CommandServices, Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./SnapshotStoreLaws.ts"

/**
 * Registers one test per law of the snapshot store; they share one store.
 * Gotcha: one of them deletes every snapshot. Use a store in which nobody else takes any.
 */
export const suite = <R extends CommandServices | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | CommandServices | Transaction, E>,
  options?: SuiteOptions
): void => register<R | CommandServices | Transaction, E>(name, layer, laws, options)
