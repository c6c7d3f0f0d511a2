/** The bus over handlers in one program keeps the laws of the command bus. */
import * as CommandBusContract from "@eventfold/testing/CommandBusContract"
import { CommandBusLaws } from "@eventfold/testing"
import { Layer } from "effect"
import { CommandBus, layerMemory } from "../src/index.ts"

CommandBusContract.suite(
  "CommandBus in one program",
  CommandBus.layer(CommandBusLaws.handlers()).pipe(Layer.provide(layerMemory))
)
