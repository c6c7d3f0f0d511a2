import * as ForgottenLedgerContract from "@eventfold/testing/ForgottenLedgerContract"
import { ForgottenLedger } from "../src/index.ts"

ForgottenLedgerContract.suite("ForgottenLedger in memory", ForgottenLedger.layerMemory)
