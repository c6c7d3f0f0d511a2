// #region contract
import { layerMemory } from "@eventfold/event-store"
import * as CommandLogContract from "@eventfold/testing/CommandLogContract"
import * as EventStoreContract from "@eventfold/testing/EventStoreContract"

EventStoreContract.suite("my event store", layerMemory)
CommandLogContract.suite("my command log", layerMemory)
// #endregion contract
