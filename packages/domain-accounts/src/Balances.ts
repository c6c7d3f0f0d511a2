/**
 * What an account holds: one balance per currency, exact to the minor unit.
 *
 * Guarantees: a currency stands in it once, in the order in which money of it first came in; no balance is negative. A
 * balance that has come down to nothing stays, so that it can still be told.
 */
import { type Currency, Money } from "@eventfold/shared-kernel"
import { Option, Result, Schema } from "effect"

/** The schema of an amount that can be paid in or out: more than nothing. */
export const PositiveMoney = Money.PositiveMoney
/** An amount that can be paid in or out. The type is that of `Money`; the schema is what guards it. */
export type PositiveMoney = Money.PositiveMoney

const oneEach = (balances: ReadonlyArray<Money.Money>) =>
  new Set(balances.map(({ currency }) => currency)).size === balances.length

/** The schema of what an account holds. */
export const Balances = Schema.Array(Money.NonNegativeMoney)
  .check(Schema.makeFilter(oneEach, { message: "must name a currency once" }))
  .annotate({ identifier: "Balances", description: "One balance per currency" })
/** What an account holds, one balance per currency. */
export type Balances = typeof Balances.Type

/** The balance in a currency; none when the account has never held it. */
export const balanceIn = (balances: Balances, currency: Currency.Currency): Option.Option<Money.Money> =>
  Option.fromUndefinedOr(balances.find((balance) => balance.currency === currency))

/**
 * The balances after a change, which is negative when money goes out. None when the balance would be negative, or larger
 * than an amount of money can be.
 */
export const changed = (balances: Balances, change: Money.Money): Option.Option<Balances> => {
  const { currency } = change
  const before = balanceIn(balances, currency)
  const after = Money.add(
    Option.getOrElse(before, () => Money.zero(currency)),
    change
  )
  if (Result.isFailure(after) || after.success.amount < 0) return Option.none()
  return Option.some(
    Option.isNone(before)
      ? [...balances, after.success]
      : balances.map((balance) => (balance.currency === currency ? after.success : balance))
  )
}

/** Whether there is money left in any currency. */
export const hasMoney = (balances: Balances): boolean => balances.some(({ amount }) => amount > 0)
