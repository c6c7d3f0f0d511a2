/**
 * Holds a layer of the message broker to its laws, with vitest.
 *
 * ```ts
 * MessageBrokerContract.suite("MessageBroker in memory", MessageBrokerMemory.layerMemory())
 * ```
 */
import type { MessageBroker } from "@eventfold/messaging"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./MessageBrokerLaws.ts"

/** Registers one test per law of message brokers; they share one broker. */
export const suite = <R extends MessageBroker, E>(
  name: string,
  layer: Layer.Layer<R | MessageBroker, E>,
  options?: SuiteOptions
): void => register<R | MessageBroker, E>(name, layer, laws, options)
