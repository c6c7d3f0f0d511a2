import * as CommandLogContract from "@eventfold/testing/CommandLogContract"
import { layerMemory } from "../src/index.ts"

CommandLogContract.suite("CommandLog in memory", layerMemory)
