/**
 * Holds a layer of the event store to its laws, with vitest.
 *
 * ```ts
 * EventStoreContract.suite("EventStore in memory", layerMemory)
 * ```
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./EventStoreLaws.ts"

/** Registers one test per law of the event store; they share one store and leave their streams in it. */
export const suite = <R extends EventStore | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | EventStore | Transaction, E>,
  options?: SuiteOptions
): void => register<R | EventStore | Transaction, E>(name, layer, laws, options)
