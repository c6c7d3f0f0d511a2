import * as HistoryContract from "@eventfold/testing/HistoryContract"
import { layerMemory } from "../src/index.ts"

HistoryContract.suite("History in memory", layerMemory)
