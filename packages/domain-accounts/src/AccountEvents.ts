/**
 * What happens to an account. Names and shapes are a storage format: a changed shape gets a higher version, and
 * `AccountUpcasts.ts` says what the lower ones mean.
 *
 * Every event carries `accountId` and `occurredAt`.
 */
import { DomainEvent } from "@eventfold/decider"
import { AccountId, Currency, Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { AccountOwner } from "./AccountOwner.ts"
import * as Upcasts from "./AccountUpcasts.ts"
import { PositiveMoney } from "./Balances.ts"
import { TransferId } from "./TransferId.ts"

const accountId = AccountId

/** Somebody opened the account, for money of this currency to begin with. */
export const AccountOpened = DomainEvent.nextVersion(
  Upcasts.AccountOpenedV1,
  { accountId, owner: AccountOwner, currency: Currency.Currency },
  Upcasts.accountOpened
)
/** Somebody opened the account, for money of this currency to begin with. */
export interface AccountOpened extends Schema.Schema.Type<typeof AccountOpened> {}

/** Money was paid in. */
export const MoneyDeposited = DomainEvent.nextVersion(
  Upcasts.MoneyDepositedV1,
  { accountId, money: PositiveMoney },
  Upcasts.moneyDeposited
)
/** Money was paid in. */
export interface MoneyDeposited extends Schema.Schema.Type<typeof MoneyDeposited> {}

/** Money was paid out. */
export const MoneyWithdrawn = DomainEvent.nextVersion(
  Upcasts.MoneyWithdrawnV1,
  { accountId, money: PositiveMoney },
  Upcasts.moneyWithdrawn
)
/** Money was paid out. */
export interface MoneyWithdrawn extends Schema.Schema.Type<typeof MoneyWithdrawn> {}

const moved = { accountId, transferId: TransferId, money: PositiveMoney }

/** Money left by a transfer, for the account `to`. */
export const MoneySent = DomainEvent.make("MoneySent", { ...moved, to: AccountId })
/** Money left by a transfer, for the account `to`. */
export interface MoneySent extends Schema.Schema.Type<typeof MoneySent> {}

/** Money came by a transfer, from the account `from`. */
export const MoneyReceived = DomainEvent.make("MoneyReceived", { ...moved, from: AccountId })
/** Money came by a transfer, from the account `from`. */
export interface MoneyReceived extends Schema.Schema.Type<typeof MoneyReceived> {}

/** Money came back that had left for the account `to`. An account that was closed is open again. */
export const MoneyReturned = DomainEvent.make("MoneyReturned", { ...moved, to: AccountId })
/** Money came back that had left for the account `to`. An account that was closed is open again. */
export interface MoneyReturned extends Schema.Schema.Type<typeof MoneyReturned> {}

/** The account was closed, with nothing left in it. */
export const AccountClosed = DomainEvent.make("AccountClosed", { accountId })
/** The account was closed, with nothing left in it. */
export interface AccountClosed extends Schema.Schema.Type<typeof AccountClosed> {}

/** The schema of everything that happens to an account. */
export const AccountEvent = Schema.Union([
  AccountOpened,
  MoneyDeposited,
  MoneyWithdrawn,
  MoneySent,
  MoneyReceived,
  MoneyReturned,
  AccountClosed
])
/** Something that happened to an account. */
export type AccountEvent = typeof AccountEvent.Type

/** Something that moved money. */
export type MoneyMoved = Exclude<AccountEvent, AccountOpened | AccountClosed>

/** By how much an event changes a balance: less than nothing when money went out. */
export const changeOf = ({ _tag, money }: MoneyMoved): Money.Money =>
  _tag === "MoneyWithdrawn" || _tag === "MoneySent" ? Money.negate(money) : money
