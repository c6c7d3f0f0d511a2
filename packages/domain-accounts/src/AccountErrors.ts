/**
 * Why an account refuses a command: one typed error per reason, each naming the account and the facts that decide.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. None names the owner.
 */
import { AccountId, Currency, Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Balances, PositiveMoney } from "./Balances.ts"

const account = { accountId: AccountId }

/** Nobody has opened an account with this identifier. */
export class AccountNotOpen extends Schema.TaggedError<AccountNotOpen>()("AccountNotOpen", account) {
  override get message() {
    return `there is no account ${this.accountId}: it must be opened first`
  }
}

/** The identifier belongs to an open account that differs from the one asked for in what `differs` names. */
export class AccountAlreadyOpen extends Schema.TaggedError<AccountAlreadyOpen>()("AccountAlreadyOpen", {
  ...account,
  differs: Schema.Literals(["owner", "currency"])
}) {
  override get message() {
    return `account ${this.accountId} is open already, with another ${this.differs}`
  }
}

/** The account was closed: nothing more happens to it. */
export class AccountAlreadyClosed extends Schema.TaggedError<AccountAlreadyClosed>()("AccountAlreadyClosed", account) {
  override get message() {
    return `account ${this.accountId} is closed`
  }
}

/** An account is closed only when nothing is left in it; `balances` is what it holds. */
export class AccountNotEmpty extends Schema.TaggedError<AccountNotEmpty>()("AccountNotEmpty", {
  ...account,
  balances: Balances
}) {
  override get message() {
    const left = this.balances.filter(({ amount }) => amount > 0).map(Money.format)
    return `account ${this.accountId} cannot be closed: it holds ${left.join(" and ")}`
  }
}

/** The account has never held money of this currency; `held` are those it has. */
export class CurrencyNotHeld extends Schema.TaggedError<CurrencyNotHeld>()("CurrencyNotHeld", {
  ...account,
  currency: Currency.Currency,
  held: Schema.Array(Currency.Currency)
}) {
  override get message() {
    return `account ${this.accountId} holds no ${this.currency}, only ${this.held.join(", ")}`
  }
}

/** There is less in the account than was asked for. */
export class InsufficientFunds extends Schema.TaggedError<InsufficientFunds>()("InsufficientFunds", {
  ...account,
  balance: Money.NonNegativeMoney,
  requested: PositiveMoney
}) {
  override get message() {
    const { accountId, balance, requested } = this
    return `account ${accountId} holds ${Money.format(balance)}, ${Money.format(requested)} were requested`
  }
}

/** Together with what the account holds, the deposit would be more than an amount of money can be. */
export class BalanceTooLarge extends Schema.TaggedError<BalanceTooLarge>()("BalanceTooLarge", {
  ...account,
  currency: Currency.Currency
}) {
  override get message() {
    return `account ${this.accountId} would hold more ${this.currency} than an amount of money can be`
  }
}

/** The schema of every refusal of an account. */
export const AccountRefusal = Schema.Union([
  AccountNotOpen,
  AccountAlreadyOpen,
  AccountAlreadyClosed,
  AccountNotEmpty,
  CurrencyNotHeld,
  InsufficientFunds,
  BalanceTooLarge
])
/** Why an account refuses a command. */
export type AccountRefusal = typeof AccountRefusal.Type
