/**
 * What old events of accounts looked like, and what each means today. Pure: the events themselves stay as they are stored.
 *
 * Version 1 is from the time when every account was in US dollars: nothing named a currency, and amounts were bare minor
 * units (cents). Such an account is now one that holds USD. The owner's name was stored in clear then, and stays so: it is
 * read as a personal value, but to forget the owner does not reach the event.
 */
import { DomainEvent } from "@eventfold/decider"
import { AccountId, type Currency, PersonName } from "@eventfold/shared-kernel"
import type { Schema } from "effect"
import * as AccountOwner from "./AccountOwner.ts"
import { PositiveMoney } from "./Balances.ts"

/** The one currency there was when no event named any. */
export const impliedCurrency: Currency.Currency = "USD"

const accountId = AccountId
const amount = PositiveMoney.fields.amount

/** An account was opened, in US dollars. */
export const AccountOpenedV1 = DomainEvent.make("AccountOpened", { accountId, owner: PersonName.PersonName })
/** An account was opened, in US dollars. */
export interface AccountOpenedV1 extends Schema.Schema.Type<typeof AccountOpenedV1> {}

/** So many US cents were paid in. */
export const MoneyDepositedV1 = DomainEvent.make("MoneyDeposited", { accountId, amount })
/** So many US cents were paid in. */
export interface MoneyDepositedV1 extends Schema.Schema.Type<typeof MoneyDepositedV1> {}

/** So many US cents were paid out. */
export const MoneyWithdrawnV1 = DomainEvent.make("MoneyWithdrawn", { accountId, amount })
/** So many US cents were paid out. */
export interface MoneyWithdrawnV1 extends Schema.Schema.Type<typeof MoneyWithdrawnV1> {}

/** What version 1 of `AccountOpened` says in version 2: the account was opened in USD. */
export const accountOpened = ({ accountId, owner }: AccountOpenedV1) => ({
  accountId,
  owner: AccountOwner.of(accountId, owner),
  currency: impliedCurrency
})

/** What version 1 of `MoneyDeposited` says in version 2: the amount was in USD. */
export const moneyDeposited = ({ accountId, amount }: MoneyDepositedV1) => ({
  accountId,
  money: { amount, currency: impliedCurrency }
})

/** What version 1 of `MoneyWithdrawn` says in version 2: the amount was in USD. */
export const moneyWithdrawn = ({ accountId, amount }: MoneyWithdrawnV1) => ({
  accountId,
  money: { amount, currency: impliedCurrency }
})
