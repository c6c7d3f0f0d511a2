/** Timers in memory are held to the laws of the port. */
import { Transaction } from "@eventfold/event-store"
import { suite } from "@eventfold/testing/TimersContract"
import { Layer } from "effect"
import { TimersMemory } from "../src/index.ts"

suite("Timers in memory", Layer.merge(TimersMemory.layerMemory, Transaction.layerMemory))
