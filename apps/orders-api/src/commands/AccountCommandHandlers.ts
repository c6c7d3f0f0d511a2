/** Handles the commands of the accounts context: each account is an aggregate with a stream of its own. */
import { Account, AccountCommands } from "@eventfold/domain-accounts"
import { CommandBus, CommandHandler } from "@eventfold/event-store"
import { streamOf } from "../AccountStreamId.ts"

/** The handlers of the commands on accounts. */
export const handlers = CommandBus.aggregate(CommandHandler.make(Account.Account), {
  commands: [
    AccountCommands.openAccount,
    AccountCommands.deposit,
    AccountCommands.withdraw,
    AccountCommands.closeAccount
  ],
  stream: (tenant, { accountId }) => streamOf(tenant, accountId),
  answer: Account.answerOf
})
