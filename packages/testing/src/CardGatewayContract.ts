/**
 * Holds a layer of the card gateway to its laws, with vitest.
 *
 * ```ts
 * CardGatewayContract.suite("the card gateway in memory", CardGatewayMemory.layerMemory)
 * ```
 */
import type { CardGateway } from "@eventfold/domain-payments"
import type { Layer } from "effect"
import { laws } from "./CardGatewayLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the card gateway. It must know the cards that the laws name, and cause no trouble. */
export const suite = <E>(name: string, layer: Layer.Layer<CardGateway.CardGateway, E>, options?: SuiteOptions): void =>
  register(name, layer, laws, options)
