/** The accounts context, as a process hosts it: accounts, and the transfers between them. */
import { AccountSearch, AccountSummaries, TotalVolume, TransferProcess } from "@eventfold/domain-accounts"
import * as AccountCommandHandlers from "../../commands/AccountCommandHandlers.ts"
import * as TransferCommandHandlers from "../../commands/TransferCommandHandlers.ts"
import { sagaOf } from "../../fulfilment/RunningProcess.ts"
import { transfer } from "../../fulfilment/Transfers.ts"
import * as AccountQueryHandlers from "../../queries/AccountQueryHandlers.ts"
import * as AccountReadHandlers from "../../queries/AccountReadHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What accounts brings. */
export const accounts = ContextModule.make({
  name: "accounts",
  commands: [...AccountCommandHandlers.handlers, ...TransferCommandHandlers.handlers],
  queries: [...AccountQueryHandlers.handlers, ...AccountReadHandlers.handlers],
  projections: (hash, use) => [
    use(AccountSummaries.make(hash)),
    use(AccountSearch.make(hash)),
    // What is to be reconciled must not be behind. It only counts, so appends do not get into each other's way.
    use(TotalVolume.TotalVolume, { mode: "inline" })
  ],
  sagas: () => [sagaOf(transfer, TransferProcess.summary)]
})
