/**
 * Holds a layer of the repairs of events to its laws, with vitest.
 *
 * ```ts
 * EventRepairsContract.suite("EventRepairs in memory", layerMemory)
 * ```
 */
import type { EventRepairs, Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./EventRepairsLaws.ts"

/** Registers one test per law of the repairs of events; they share one store. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<EventRepairs | Transaction, E>,
  options?: SuiteOptions
): void => register(name, layer, laws, options)
