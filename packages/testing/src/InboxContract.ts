/**
 * Holds a layer of the inbox to its laws, with vitest.
 *
 * ```ts
 * InboxContract.suite("Inbox in memory", layerMemory)
 * ```
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import type { Inbox } from "@eventfold/messaging"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./InboxLaws.ts"

/** Registers one test per law of the inbox; they share one store. */
export const suite = <R extends EventStore | Inbox | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | EventStore | Inbox | Transaction, E>,
  options?: SuiteOptions
): void => register<R | EventStore | Inbox | Transaction, E>(name, layer, laws, options)
