/**
 * Holds a layer of durable timers to its laws, with vitest.
 *
 * ```ts
 * TimersContract.suite("Timers in memory", layerMemory)
 * ```
 */
import type { Transaction } from "@eventfold/event-store"
import type { Timers } from "@eventfold/processes"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./TimersLaws.ts"

/** Registers one test per law of timers; they share one store. */
export const suite = <R extends Timers | Transaction, E>(
  name: string,
  layer: Layer.Layer<R | Timers | Transaction, E>,
  options?: SuiteOptions
): void => register<R | Timers | Transaction, E>(name, layer, laws, options)
