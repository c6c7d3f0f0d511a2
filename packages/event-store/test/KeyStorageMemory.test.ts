import * as KeyStorageContract from "@eventfold/testing/KeyStorageContract"
import { Layer } from "effect"
import { KeyStorage, Transaction } from "../src/index.ts"

KeyStorageContract.suite("KeyStorage in memory", Layer.merge(KeyStorage.layerMemory, Transaction.layerMemory))
