/**
 * Holds the outbox relay to its laws over a store and a broker, with vitest.
 *
 * ```ts
 * RelayContract.suite("The relay over PostgreSQL", layerPostgres)
 * ```
 */
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, type Ports } from "./RelayLaws.ts"

/** Registers one test per law of the relay; they share one store and one broker. */
export const suite = <R extends Ports, E>(
  name: string,
  layer: Layer.Layer<R | Ports, E>,
  options?: SuiteOptions
): void => register<R | Ports, E>(name, layer, laws, options)
