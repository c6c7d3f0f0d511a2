import * as EventRepairsContract from "@eventfold/testing/EventRepairsContract"
import { layerMemory } from "../src/index.ts"

EventRepairsContract.suite("EventRepairs in memory", layerMemory)
