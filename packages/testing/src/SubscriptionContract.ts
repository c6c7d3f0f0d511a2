/**
 * Holds subscriptions over a layer of the event store to their laws, with vitest.
 *
 * ```ts
 * SubscriptionContract.suite("Subscriptions in memory", Subscriptions.layer.pipe(Layer.provideMerge(layerMemory)))
 * ```
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import type { Subscriptions } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws } from "./SubscriptionLaws.ts"

/** Registers one test per law of subscriptions; they share one store and leave their streams in it. */
export const suite = <R extends EventStore | Transaction | Subscriptions, E>(
  name: string,
  layer: Layer.Layer<R | EventStore | Transaction | Subscriptions, E>,
  options?: SuiteOptions
): void => register<R | EventStore | Transaction | Subscriptions, E>(name, layer, laws, options)
