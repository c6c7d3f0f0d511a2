/** Whole numbers of every size: left to itself a generator of numbers stays below a hundred. */
import { Schema } from "effect"

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** From zero to the largest amount money can hold. */
export const NonNegative = Schema.Union([
  between(0, 100),
  between(1_000, 9_999_999),
  between(1e10, 1e14),
  between(2 ** 52, 2 ** 53 - 1)
])

/** The same on both sides of zero. */
export const Signed = Schema.Union([
  ...NonNegative.members,
  between(-100, -1),
  between(-9_999_999, -1_000),
  between(1 - 2 ** 53, -(2 ** 52))
])

/** Of every size a quantity has. */
export const Count = Schema.Union([between(1, 100), between(101, 9_999), between(500_000, 1_000_000)])
