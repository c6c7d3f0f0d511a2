/**
 * Holds a layer of documents to its laws, with vitest.
 *
 * ```ts
 * DocumentsContract.suite("Documents in memory", Layer.merge(DocumentsMemory.layerMemory, Transaction.layerMemory))
 * ```
 */
import type { Documents } from "@eventfold/documents"
import type { Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./DocumentsLaws.ts"

/** Registers one test per law of documents; they share one store. */
export const suite = <R extends Documents | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | Documents | Transaction, E>,
  options?: SuiteOptions
): void => register<R | Documents | Transaction, E>(name, layer, laws, options)
