/**
 * Whole numbers in a range, with one message that names the range.
 *
 * Negative zero is refused, so that equal numbers are equal in every comparison and survive JSON.
 */
import { Schema } from "effect"
import * as QuickCheck from "./QuickCheck.ts"

/** The schema of a whole number from `minimum` to `maximum`, both included; `of` says what is counted. */
export const between = (options: { readonly minimum: number; readonly maximum: number; readonly of?: string }) => {
  const { minimum, maximum } = options
  const noun = options.of === undefined ? "a whole number" : `a whole number of ${options.of}`
  const message = `must be ${noun} from ${minimum} to ${maximum}`
  // @effect-diagnostics-next-line schemaNumber:off -- the first check refuses what is not finite, with our message.
  return Schema.Number.annotate({ message }).check(
    QuickCheck.make(Schema.isInt({ message }).abort(), Number.isSafeInteger),
    QuickCheck.make(
      Schema.isBetween({ minimum, maximum }, { message }).abort(),
      (value) => value >= minimum && value <= maximum
    ),
    QuickCheck.make(
      Schema.makeFilter((value: number) => !Object.is(value, -0), { message }),
      (value) => value !== 0
    )
  )
}
