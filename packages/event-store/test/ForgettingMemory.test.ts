import * as ForgettingContract from "@eventfold/testing/ForgettingContract"
import { Layer } from "effect"
import { ForgottenLedger, KeyStorage, layerMemory } from "../src/index.ts"

ForgettingContract.suite(
  "Forgetting in memory",
  Layer.mergeAll(layerMemory, KeyStorage.layerMemory, ForgottenLedger.layerMemory)
)
