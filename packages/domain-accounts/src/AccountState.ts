/**
 * The state of an account. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is an account that nobody has opened.
 */
import { AccountId, Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { AccountOwner } from "./AccountOwner.ts"
import { Balances } from "./Balances.ts"

const opened = {
  accountId: AccountId,
  owner: AccountOwner,
  /** The currency it was opened in. */
  currency: Currency.Currency,
  balances: Balances
}

/** The schema of the state of an account; `status` tells the shapes apart. */
export const AccountState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("open"), ...opened }),
  Schema.Struct({ status: Schema.tag("closed"), ...opened })
])
/** The state of an account. */
export type AccountState = typeof AccountState.Type

/** An account in one status, or in one of several. */
export type AccountIn<Status extends AccountState["status"]> = Extract<AccountState, { readonly status: Status }>

/** An account that was opened, whatever became of it. */
export type OpenedAccount = Exclude<AccountState, { readonly status: "none" }>
