/**
 * The bodies of the commands on accounts as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { AccountCommands } from "@eventfold/domain-accounts"
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { occurredAt } from "./PointInTime.ts"

/** Opens an account. Without an `accountId` it is derived from the id of the command, so that a repetition names the same. */
export const OpenAccount = Schema.Struct({
  accountId: Schema.optionalKey(AccountId),
  owner: AccountCommands.OpenAccount.fields.owner,
  currency: AccountCommands.OpenAccount.fields.currency,
  ...occurredAt
}).annotate({ identifier: "OpenAccount" })

/** Pays money in. */
export const Deposit = Schema.Struct({ money: AccountCommands.Deposit.fields.money, ...occurredAt }).annotate({
  identifier: "Deposit"
})

/** Pays money out. */
export const Withdraw = Schema.Struct({ money: AccountCommands.Withdraw.fields.money, ...occurredAt }).annotate({
  identifier: "Withdraw"
})

/** Closes the account. */
export const CloseAccount = Schema.Struct(occurredAt).annotate({ identifier: "CloseAccount" })
