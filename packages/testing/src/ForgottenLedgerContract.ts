/**
 * Holds a layer of the ledger of the forgotten to its laws, with vitest.
 *
 * ```ts
 * ForgottenLedgerContract.suite("ForgottenLedger in memory", ForgottenLedger.layerMemory)
 * ```
 */
import type { ForgottenLedger } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./ForgottenLedgerLaws.ts"

/** Registers one test per law of the ledger; they share one ledger. */
export const suite = <E>(name: string, layer: Layer.Layer<ForgottenLedger, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
