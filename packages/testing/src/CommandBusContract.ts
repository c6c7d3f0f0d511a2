/**
 * Holds a way to the handlers of commands to the laws of the command bus, with vitest.
 *
 * ```ts
 * CommandBusContract.suite("CommandBus in one program", CommandBus.layer(CommandBusLaws.handlers()).pipe(Layer.provide(layerMemory)))
 * ```
 */
import type { CommandBus } from "@eventfold/event-store"
import type { Layer } from "effect"
import { laws } from "./CommandBusLaws.ts"
import { register, type SuiteOptions } from "./ContractSuite.ts"

/** Registers one test per law of the command bus; they share one bus, over `CommandBusLaws.handlers()`. */
export const suite = <R extends CommandBus, E>(
  name: string,
  layer: Layer.Layer<R | CommandBus, E>,
  options?: SuiteOptions
): void => register<R | CommandBus, E>(name, layer, laws, options)
