/** A bank account, for the tests of the tests: money, times, options, refusals of every kind. */
import { Decider, DomainEvent } from "@eventfold/decider"
import { Option, Result, Schema } from "effect"

const Money = Schema.Struct({ amount: Schema.Int, currency: Schema.String })

export const AccountOpened = DomainEvent.make("AccountOpened", {
  owner: Schema.Struct({ name: Schema.String, email: Schema.String }),
  limit: Schema.Option(Money)
})
export const MoneyDeposited = DomainEvent.make("MoneyDeposited", { amount: Money })
export const MoneyWithdrawn = DomainEvent.make("MoneyWithdrawn", { amount: Money })

export class AccountNotOpen extends Schema.TaggedError<AccountNotOpen>()("AccountNotOpen", {}) {}
export class NotEnoughMoney extends Schema.TaggedError<NotEnoughMoney>()("NotEnoughMoney", {
  asked: Money,
  balance: Money
}) {}

export type Money = typeof Money.Type
type Event = typeof AccountOpened.Type | typeof MoneyDeposited.Type | typeof MoneyWithdrawn.Type

export type Command =
  | { readonly _tag: "Deposit"; readonly amount: Money; readonly occurredAt: typeof Schema.DateTimeUtc.Type }
  | { readonly _tag: "Withdraw"; readonly amount: Money; readonly occurredAt: typeof Schema.DateTimeUtc.Type }

/** The decider of the account. Depositing nothing is already so. */
export const Account = Decider.make({
  category: "account",
  State: Schema.Struct({ open: Schema.Boolean, balance: Schema.Option(Money) }),
  Event: Schema.Union([AccountOpened, MoneyDeposited, MoneyWithdrawn]),
  initial: { open: false, balance: Option.none() },
  evolve: (state, event) => {
    switch (event._tag) {
      case "AccountOpened":
        return { ...state, open: true }
      case "MoneyDeposited":
        return { ...state, balance: Option.some(plus(state.balance, event.amount, 1)) }
      case "MoneyWithdrawn":
        return { ...state, balance: Option.some(plus(state.balance, event.amount, -1)) }
    }
  },
  decide: (command: Command, state): Result.Result<ReadonlyArray<Event>, AccountNotOpen | NotEnoughMoney> => {
    const { amount, occurredAt } = command
    if (!state.open) return Result.fail(new AccountNotOpen())
    if (amount.amount === 0) return Result.succeed([])
    if (command._tag === "Deposit") return Result.succeed([MoneyDeposited.make({ occurredAt, amount })])
    const balance = Option.getOrElse(state.balance, () => ({ ...amount, amount: 0 }))
    return balance.amount < amount.amount
      ? Result.fail(new NotEnoughMoney({ asked: amount, balance }))
      : Result.succeed([MoneyWithdrawn.make({ occurredAt, amount })])
  }
})

const plus = (balance: Option.Option<Money>, { amount, currency }: Money, sign: 1 | -1): Money => ({
  amount: Option.match(balance, { onNone: () => 0, onSome: (money) => money.amount }) + sign * amount,
  currency
})
