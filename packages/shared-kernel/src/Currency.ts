/** A currency: the alphabetic code of ISO 4217, in capitals. */
import { Schema } from "effect"
import { decimals } from "./Currencies.ts"

const isCurrency = (code: string): code is keyof typeof decimals => Object.hasOwn(decimals, code)

/** Every currency there is, in alphabetical order. */
export const all: ReadonlyArray<Currency> = Object.keys(decimals).filter(isCurrency)

/** The schema of a currency code. */
export const Currency = Schema.Literals(Object.keys(decimals).filter(isCurrency)).annotate({
  identifier: "Currency",
  description: "ISO 4217 currency code",
  message: "must be an ISO 4217 currency code such as EUR, JPY or USD"
})
/** A currency code. */
export type Currency = keyof typeof decimals

/** How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD. */
export const decimalsOf = (currency: Currency): number => decimals[currency]
