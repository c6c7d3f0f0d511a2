/** Handles the commands of the accounts context: each account is an aggregate with a stream of its own. */
import { Account, AccountCommands } from "@eventfold/domain-accounts"
import { CommandBus } from "@eventfold/event-store"
import { streamOf } from "../AccountStreamId.ts"
import { accounts } from "./AccountAggregates.ts"

/** The handlers of the commands on accounts. */
export const handlers = CommandBus.aggregate(accounts, {
  commands: [
    AccountCommands.openAccount,
    AccountCommands.deposit,
    AccountCommands.withdraw,
    AccountCommands.closeAccount
  ],
  stream: (tenant, { accountId }) => streamOf(tenant, accountId),
  answer: Account.answerOf
})
