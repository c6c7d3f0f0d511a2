/** A small bank account to measure with. */
import { Decider, DomainEvent } from "@eventfold/decider"
import { type DateTime, Result, Schema } from "effect"

const MoneyDeposited = DomainEvent.make("MoneyDeposited", {
  amount: Schema.Int,
  currency: Schema.String,
  reference: Schema.String,
  memo: Schema.String
})

const AccountEvent = Schema.Union([MoneyDeposited])
/** What happens to an account. */
export type AccountEvent = typeof AccountEvent.Type

/** What can be asked of an account. */
export interface Deposit {
  readonly _tag: "Deposit"
  readonly amount: number
  readonly occurredAt: DateTime.Utc
}

/** The account: it sums up what is deposited. */
export const account = Decider.make({
  category: "account",
  State: Schema.Struct({ balance: Schema.Int }),
  Event: AccountEvent,
  initial: { balance: 0 },
  evolve: (state, event: AccountEvent) => ({ balance: state.balance + event.amount }),
  decide: ({ amount, occurredAt }: Deposit) =>
    Result.succeed([
      { _tag: "MoneyDeposited" as const, occurredAt, amount, currency: "EUR", reference: "bench", memo: "bench" }
    ])
})
