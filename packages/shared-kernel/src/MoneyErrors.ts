/** What can go wrong with money: facts, each with what the caller needs to explain it. */
import { Schema } from "effect"
import { Currency, decimalsOf } from "./Currency.ts"

/** Two amounts of different currencies met in one operation. */
export class CurrencyMismatch extends Schema.TaggedError<CurrencyMismatch>()("CurrencyMismatch", {
  left: Currency,
  right: Currency
}) {
  override get message() {
    return `${this.left} and ${this.right} cannot be mixed`
  }
}

/** The exact result is beyond 2^53 − 1 minor units; `minorUnits` is that result in full. */
export class AmountTooLarge extends Schema.TaggedError<AmountTooLarge>()("AmountTooLarge", {
  minorUnits: Schema.BigInt,
  currency: Currency
}) {
  override get message() {
    return `${this.minorUnits} minor units of ${this.currency} are more than an amount of money can hold`
  }
}

/** Money was multiplied by a number that is not whole. */
export class FactorNotWhole extends Schema.TaggedError<FactorNotWhole>()("FactorNotWhole", {
  // @effect-diagnostics-next-line schemaNumber:off -- NaN and the infinities are such numbers.
  factor: Schema.Number
}) {
  override get message() {
    return `money is multiplied by whole numbers only, got ${this.factor}`
  }
}

/** Money cannot be shared out by these ratios; `rule` is the one they break. */
export class RatiosNotUsable extends Schema.TaggedError<RatiosNotUsable>()("RatiosNotUsable", {
  rule: Schema.Literals([
    "there must be at least one ratio",
    "ratios must be whole numbers",
    "ratios must not be negative",
    "at least one ratio must be more than zero"
  ])
}) {
  override get message() {
    return this.rule
  }
}

/** The text is not an amount of the currency: not a decimal number, or with more decimals than the currency has. */
export class AmountNotReadable extends Schema.TaggedError<AmountNotReadable>()("AmountNotReadable", {
  text: Schema.String,
  currency: Currency,
  problem: Schema.Literals(["not a decimal number", "too many decimals"])
}) {
  override get message() {
    const { text, currency, problem } = this
    const decimals = decimalsOf(currency)
    if (problem === "too many decimals") {
      return `"${text}" has too many decimals: ${currency} has ${decimals === 0 ? "none" : decimals}`
    }
    return `"${text}" is not an amount of ${currency}: write it like ${(1840).toFixed(decimals)}`
  }
}
