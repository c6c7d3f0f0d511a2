/** A percentage in basis points: a whole number from 0 (nothing) to 10,000 (100 %), so that 1,250 is 12.5 %. */
import { Schema } from "effect"
import * as WholeNumber from "./WholeNumber.ts"

/** The basis points of the whole, 100 %. */
export const whole = 10_000

/** The schema of a percentage. */
export const Percentage = WholeNumber.between({ minimum: 0, maximum: whole, of: "basis points" }).pipe(
  Schema.brand("Percentage")
)
/** A percentage in basis points. */
export type Percentage = typeof Percentage.Type

/** Nothing: 0 %. */
export const zero: Percentage = Percentage.make(0)
