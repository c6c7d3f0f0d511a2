/**
 * What came into an account and went out of it, each time with the balance afterwards: folded from the account's events.
 *
 * The order is that of the account's versions. Business times may go back and forth in it, where history was imported;
 * a balance is that after the entries before it in the list, whenever those occurred.
 */
import { type Currency, Money } from "@eventfold/shared-kernel"
import { DateTime, Option, Schema } from "effect"
import * as Account from "./Account.ts"
import type { AccountEvent } from "./AccountEvents.ts"
import type { AccountState } from "./AccountState.ts"
import * as Balances from "./Balances.ts"
import { TransferId } from "./TransferId.ts"

/** The schema of an entry: money that came in or went out. */
export const BalanceEntry = Schema.Struct({
  /** The version of the account's stream at which it happened. */
  version: Schema.Int,
  /** When it happened in the business. */
  occurredAt: Schema.DateTimeUtc,
  /** The name of the event, which tells the direction: out it went by a withdrawal, or was sent by a transfer. */
  event: Schema.Literals(["MoneyDeposited", "MoneyWithdrawn", "MoneySent", "MoneyReceived", "MoneyReturned"]),
  /** How much came in or went out. */
  money: Balances.PositiveMoney,
  /** What the account then held in that currency. */
  balance: Money.NonNegativeMoney,
  /** By which transfer it moved; absent when it was paid in or out. */
  transferId: Schema.optionalKey(TransferId)
}).annotate({ identifier: "BalanceEntry" })
/** Money that came in or went out, and the balance afterwards. */
export interface BalanceEntry extends Schema.Schema.Type<typeof BalanceEntry> {}

/** Which entries to tell. What is left out does not restrict. */
export interface Selection {
  /** Those that occurred then or later. */
  readonly from?: DateTime.Utc | undefined
  /** Those that occurred before. */
  readonly to?: DateTime.Utc | undefined
  readonly currency?: Currency.Currency | undefined
}

/** Whether an entry is one of a selection. */
export const isIn =
  ({ currency, from, to }: Selection) =>
  ({ money, occurredAt }: BalanceEntry): boolean =>
    (from === undefined || DateTime.isGreaterThanOrEqualTo(occurredAt, from)) &&
    (to === undefined || DateTime.isLessThan(occurredAt, to)) &&
    (currency === undefined || money.currency === currency)

/**
 * One step of the fold: the account after an event at a version, and the entry the event makes, if any. An event that
 * cannot follow the state changes nothing and makes none.
 */
export const step = (
  account: AccountState,
  event: AccountEvent,
  version: number
): readonly [account: AccountState, entries: ReadonlyArray<BalanceEntry>] => {
  const after = Account.evolve(account, event)
  if (after === account || after.status === "none") return [after, []]
  if (event._tag === "AccountOpened" || event._tag === "AccountClosed") return [after, []]
  const { _tag, money, occurredAt } = event
  const entry = Option.map(Balances.balanceIn(after.balances, money.currency), (balance) => ({
    version,
    occurredAt,
    event: _tag,
    money,
    balance,
    ...("transferId" in event ? { transferId: event.transferId } : {})
  }))
  return [after, Option.toArray(entry)]
}

/** The whole history of an account, from all its events; the first of them is at version 1. */
export const of = (events: Iterable<AccountEvent>): ReadonlyArray<BalanceEntry> => {
  const all: Array<BalanceEntry> = []
  let account = Account.initial
  let version = 0
  for (const event of events) {
    version += 1
    const [after, entries] = step(account, event, version)
    account = after
    all.push(...entries)
  }
  return all
}
