/** A quantity: how many pieces of something, a whole number from 1 to 1,000,000. */
import { Schema } from "effect"
import * as WholeNumber from "./WholeNumber.ts"

/** The largest quantity. */
export const maximum = 1_000_000

/** The schema of a quantity. */
export const Quantity = WholeNumber.between({ minimum: 1, maximum }).pipe(Schema.brand("Quantity"))
/** A quantity. */
export type Quantity = typeof Quantity.Type
