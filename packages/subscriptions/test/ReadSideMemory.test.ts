import { Transaction } from "@eventfold/event-store"
import * as ConsumersContract from "@eventfold/testing/ConsumersContract"
import * as DeadLettersContract from "@eventfold/testing/DeadLettersContract"
import * as ReadModelStoreContract from "@eventfold/testing/ReadModelStoreContract"
import { Layer } from "effect"
import { layerMemory } from "../src/index.ts"

const memory = Layer.merge(layerMemory, Transaction.layerMemory)
ConsumersContract.suite("Consumers in memory", memory)
DeadLettersContract.suite("Dead letters in memory", memory)
ReadModelStoreContract.suite("Read models in memory", memory)
