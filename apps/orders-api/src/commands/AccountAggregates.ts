/** The aggregates of the accounts context, as handlers load and command them. */
import { Account, Transfer } from "@eventfold/domain-accounts"
import { CommandHandler } from "@eventfold/event-store"

/** Accounts: each is an aggregate with a stream of its own. */
export const accounts = CommandHandler.make(Account.Account)

/** Transfers: most commands are the first to one of which nothing has been heard. */
export const transfers = CommandHandler.make(Transfer.Transfer)
