/** What the read models of accounts know of balances. They are folded as `Account.evolve` folds them. */
import { Currency, Money } from "@eventfold/shared-kernel"
import { Option } from "effect"
import { type AccountEvent, changeOf, type MoneyMoved } from "../AccountEvents.ts"
import * as Balances from "../Balances.ts"

/** A balance is high above so many major units of its currency. */
export const highAbove = 10_000

/** What a new account holds. */
export const opened = (currency: Currency.Currency): Balances.Balances => [Money.zero(currency)]

/** The balances after money has moved; `undefined` when it cannot have, and the event changes nothing. */
export const after = (balances: Balances.Balances, event: MoneyMoved): Balances.Balances | undefined =>
  Option.getOrUndefined(Balances.changed(balances, changeOf(event)))

/** Whether an event can follow in an account that is closed: only money that comes back does, and opens it again. */
export const reopens = ({ _tag }: AccountEvent): boolean => _tag === "MoneyReturned"

/** Whether a balance is above {@link highAbove}: 1,000,000 cents are not, one cent more is. */
export const areHigh = (balances: Balances.Balances): boolean =>
  balances.some(({ amount, currency }) => amount > highAbove * 10 ** Currency.decimalsOf(currency))
