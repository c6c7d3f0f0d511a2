/**
 * Holds a layer of `ReadCacheStore` to its laws, with vitest.
 *
 * ```ts
 * ReadCacheContract.suite("the cache in memory", ReadCacheMemory.layer(ReadCacheContract.bounds))
 * ```
 */
import type { CacheBounds, ReadCacheStore } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, maxEntries, timeToLive } from "./ReadCacheLaws.ts"

/** The bounds the layer is to have. */
export const bounds: Required<CacheBounds> = { maxEntries, timeToLive }

/** Registers one test per law; they share one cache, and rely on nobody else using it. */
export const suite = <E>(name: string, layer: Layer.Layer<ReadCacheStore, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
