/**
 * Holds a layer of the storage of keys to its laws, with vitest.
 *
 * ```ts
 * KeyStorageContract.suite("KeyStorage in memory", Layer.merge(KeyStorage.layerMemory, Transaction.layerMemory))
 * ```
 */
import type { KeyStorage, Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./KeyStorageLaws.ts"

/** Registers one test per law of the storage of keys; they share one storage. */
export const suite = <E>(name: string, layer: Layer.Layer<KeyStorage | Transaction, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
