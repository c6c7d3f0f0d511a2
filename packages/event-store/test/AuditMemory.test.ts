import * as AuditContract from "@eventfold/testing/AuditContract"
import { layerMemory } from "../src/index.ts"

AuditContract.suite("Audit in memory", layerMemory)
