/** Documents in memory are held to the laws of the port. */
import { Transaction } from "@eventfold/event-store"
import { suite } from "@eventfold/testing/DocumentsContract"
import { Layer } from "effect"
import { DocumentsMemory } from "../src/index.ts"

suite("Documents in memory", Layer.merge(DocumentsMemory.layerMemory, Transaction.layerMemory))
