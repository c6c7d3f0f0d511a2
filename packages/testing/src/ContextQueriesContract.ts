/**
 * Holds a way to the handlers of queries to the laws of queries between contexts, with vitest.
 *
 * ```ts
 * ContextQueriesContract.suite("ContextQueries in one program", ContextQueries.layer(ContextQueriesLaws.handlers()))
 * ```
 */
import type { ContextQueries } from "@eventfold/event-store"
import type { Layer } from "effect"
import { laws } from "./ContextQueriesLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of queries between contexts; they share one way, over `ContextQueriesLaws.handlers()`. */
export const suite = <R extends ContextQueries, E>(
  name: string,
  layer: Layer.Layer<R | ContextQueries, E>,
  options?: SuiteOptions
): void => register<R | ContextQueries, E>(name, layer, laws, options)
