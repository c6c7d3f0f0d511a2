import { layerMemory as eventStore } from "@eventfold/event-store"
import { InlineProjectionLaws } from "@eventfold/testing"
import { register } from "@eventfold/testing/ContractSuite"
import { Layer } from "effect"
import { layerMemory } from "../src/index.ts"

register("Inline projections in memory", Layer.merge(layerMemory, eventStore), InlineProjectionLaws.laws)
