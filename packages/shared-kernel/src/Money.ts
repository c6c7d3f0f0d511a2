/**
 * Money: an exact whole number of minor units (cents) of one currency.
 *
 * Plain immutable values, equal when their fields are (`Equal.equals`); `{ "amount": 1840, "currency": "USD" }` in JSON.
 * An operation answers the exact result, rounds half-even once where its documentation says so, or fails with a typed
 * error. Amounts reach ±9,007,199,254,740,991 minor units; a larger result is `AmountTooLarge`.
 */
import { type Ordering, Result, Schema } from "effect"
import { Currency, decimalsOf } from "./Currency.ts"
import { AmountNotReadable, AmountTooLarge, CurrencyMismatch, FactorNotWhole, RatiosNotUsable } from "./MoneyErrors.ts"
import { type Percentage, whole } from "./Percentage.ts"
import { divideHalfEven } from "./Rounding.ts"
import * as WholeNumber from "./WholeNumber.ts"

export * from "./MoneyErrors.ts"

const largest = Number.MAX_SAFE_INTEGER
const shape = "must be money: { amount: whole minor units, currency: ISO 4217 code }"

/** The schema of money that may be negative: a balance, a correction. */
export const Money = Schema.Struct({
  amount: WholeNumber.between({ minimum: -largest, maximum: largest, of: "minor units" }),
  currency: Currency
}).annotate({ identifier: "Money", message: shape })
/** An amount of money, in whole minor units of its currency. */
export interface Money extends Schema.Schema.Type<typeof Money> {}

/** The schema of money that is never negative: a price, a total. Every `NonNegativeMoney` is `Money`. */
export const NonNegativeMoney = Schema.Struct({
  amount: WholeNumber.between({ minimum: 0, maximum: largest, of: "minor units" }),
  currency: Currency
}).annotate({ identifier: "NonNegativeMoney", message: shape })
/** An amount of money of zero or more. The type is that of `Money`; the schema is what guards it. */
export interface NonNegativeMoney extends Schema.Schema.Type<typeof NonNegativeMoney> {}

/** The schema of money that is more than nothing: what is paid in or out. Every `PositiveMoney` is `Money`. */
export const PositiveMoney = Schema.Struct({
  amount: WholeNumber.between({ minimum: 1, maximum: largest, of: "minor units" }),
  currency: Currency
}).annotate({
  identifier: "PositiveMoney",
  message: "must be money: { amount: whole minor units from 1, currency: ISO 4217 code }"
})
/** An amount of money of at least one minor unit. The type is that of `Money`; the schema is what guards it. */
export interface PositiveMoney extends Schema.Schema.Type<typeof PositiveMoney> {}

/** No money, in a currency. */
export const zero = (currency: Currency): Money => ({ amount: 0, currency })

const exactly = (minorUnits: bigint, currency: Currency): Result.Result<Money, AmountTooLarge> => {
  const amount = Number(minorUnits)
  return Number.isSafeInteger(amount)
    ? Result.succeed({ amount, currency })
    : Result.fail(new AmountTooLarge({ minorUnits, currency }))
}

const mixed = (left: Money, right: Money) =>
  Result.fail(new CurrencyMismatch({ left: left.currency, right: right.currency }))

/** `left + right`. */
export const add = (left: Money, right: Money): Result.Result<Money, CurrencyMismatch | AmountTooLarge> =>
  left.currency === right.currency
    ? exactly(BigInt(left.amount) + BigInt(right.amount), left.currency)
    : mixed(left, right)

/** `left - right`. */
export const subtract = (left: Money, right: Money): Result.Result<Money, CurrencyMismatch | AmountTooLarge> =>
  add(left, negate(right))

/** The sum of any number of amounts of `currency`; zero when there are none. Only the end result must fit. */
export const sum = (
  amounts: Iterable<Money>,
  currency: Currency
): Result.Result<Money, CurrencyMismatch | AmountTooLarge> => {
  let total = 0n
  for (const money of amounts) {
    if (money.currency !== currency) return Result.fail(new CurrencyMismatch({ left: currency, right: money.currency }))
    total += BigInt(money.amount)
  }
  return exactly(total, currency)
}

/** -1, 0 or 1: whether `left` is less than, equal to or more than `right`. */
export const compare = (left: Money, right: Money): Result.Result<Ordering.Ordering, CurrencyMismatch> => {
  if (left.currency !== right.currency) return mixed(left, right)
  return Result.succeed(left.amount < right.amount ? -1 : left.amount > right.amount ? 1 : 0)
}

/** The same amount with the other sign. It always fits. */
export const negate = ({ amount, currency }: Money): Money => ({ amount: 0 - amount, currency })

/** `money × factor`, for a whole factor of any sign. */
export const multiply = (money: Money, factor: number): Result.Result<Money, AmountTooLarge | FactorNotWhole> =>
  Number.isSafeInteger(factor)
    ? exactly(BigInt(money.amount) * BigInt(factor), money.currency)
    : Result.fail(new FactorNotWhole({ factor }))

/** So many per cent of the amount, rounded half-even to the minor unit. It always fits: no percentage is over 100 %. */
export const percentageOf = (money: Money, percentage: Percentage): Money => ({
  amount: Number(divideHalfEven(BigInt(money.amount) * BigInt(percentage), BigInt(whole))),
  currency: money.currency
})

/** `unitPrice × quantity × (1 − discount)`, computed exactly and rounded half-even once, to the minor unit. */
export const discounted = (
  unitPrice: Money,
  quantity: number,
  discount: Percentage
): Result.Result<Money, AmountTooLarge | FactorNotWhole> => {
  if (!Number.isSafeInteger(quantity)) return Result.fail(new FactorNotWhole({ factor: quantity }))
  const exact = BigInt(unitPrice.amount) * BigInt(quantity) * BigInt(whole - discount)
  return exactly(divideHalfEven(exact, BigInt(whole)), unitPrice.currency)
}

/**
 * Shares an amount out by whole ratios: the shares sum to it exactly, and each is less than one minor unit away from
 * its exact part. What does not divide goes, one unit each, to the largest remainders, the earlier of equal ones first
 * (the largest-remainder method). A negative amount is shared as its opposite would be.
 */
export const allocate = (
  money: Money,
  ratios: ReadonlyArray<number>
): Result.Result<ReadonlyArray<Money>, RatiosNotUsable> => {
  const rule = brokenRule(ratios)
  if (rule !== undefined) return Result.fail(new RatiosNotUsable({ rule }))
  const parts = ratios.map(BigInt)
  const all = parts.reduce((total, part) => total + part, 0n)
  const amount = BigInt(Math.abs(money.amount))
  const shares = parts.map((part, index) => ({ index, units: (amount * part) / all, rest: (amount * part) % all }))
  const left = Number(shares.reduce((rest, share) => rest - share.units, amount))
  const favoured = new Set(
    shares
      .toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
      .slice(0, left)
      .map((share) => share.index)
  )
  return Result.succeed(
    shares.map(({ index, units }) => {
      const share = { amount: Number(units) + (favoured.has(index) ? 1 : 0), currency: money.currency }
      return money.amount < 0 ? negate(share) : share
    })
  )
}

const brokenRule = (ratios: ReadonlyArray<number>): RatiosNotUsable["rule"] | undefined => {
  if (ratios.length === 0) return "there must be at least one ratio"
  if (!ratios.every(Number.isSafeInteger)) return "ratios must be whole numbers"
  if (ratios.some((ratio) => ratio < 0)) return "ratios must not be negative"
  return ratios.some((ratio) => ratio > 0) ? undefined : "at least one ratio must be more than zero"
}

/** The amount for people and logs, with as many decimals as the currency has: `18.40 USD`, `1840 JPY`. */
export const format = (money: Money): string => {
  const decimals = decimalsOf(money.currency)
  const digits = String(Math.abs(money.amount)).padStart(decimals + 1, "0")
  const point = digits.length - decimals
  const fraction = decimals === 0 ? "" : `.${digits.slice(point)}`
  return `${money.amount < 0 ? "-" : ""}${digits.slice(0, point)}${fraction} ${money.currency}`
}

/** Reads a decimal number such as `18.4` as an amount of a currency: it may have fewer decimals, but not more. */
export const parse = (text: string, currency: Currency): Result.Result<Money, AmountNotReadable | AmountTooLarge> => {
  const match = /^(-?\d+)(?:\.(\d+))?$/u.exec(text)
  if (match === null) return Result.fail(new AmountNotReadable({ text, currency, problem: "not a decimal number" }))
  const [, integer = "", fraction = ""] = match
  const decimals = decimalsOf(currency)
  if (fraction.length > decimals) {
    return Result.fail(new AmountNotReadable({ text, currency, problem: "too many decimals" }))
  }
  return exactly(BigInt(integer + fraction.padEnd(decimals, "0")), currency)
}
