import * as EventStoreContract from "@eventfold/testing/EventStoreContract"
import { layerMemory } from "../src/index.ts"

EventStoreContract.suite("EventStore in memory", layerMemory)
