/** The suite of the event store catches broken stores: for every law there is a store that breaks it, and it only. */
import { layerMemory } from "@eventfold/event-store"
import { Context, Layer } from "effect"
import { EventStoreLaws } from "../src/index.ts"
import { brokenStores } from "./BrokenStores/index.ts"
import { suite } from "./BrokenTable.ts"

/** Small enough to run all laws once per broken store; what is broken shows at this size, too. */
const small: EventStoreLaws.Sizes = {
  rounds: 20,
  longStream: 2200,
  largestAppend: 2510,
  largeEvent: 101_000,
  samples: 20
}

suite({
  of: "the event store",
  laws: EventStoreLaws.laws,
  rows: brokenStores,
  sound: Layer.fresh(layerMemory),
  settings: Context.make(EventStoreLaws.Sizes, small)
})
