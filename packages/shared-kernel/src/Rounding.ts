/** Rounding of exact fractions to whole numbers. */

/**
 * `dividend / divisor` rounded to the nearest whole number, halves to the even one ("banker's rounding"): over many
 * roundings the halves cancel out instead of drifting upwards.
 *
 * @throws RangeError when the divisor is zero, as division of bigints does.
 */
export const divideHalfEven = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = dividend / divisor
  const remainder = dividend % divisor
  const twice = magnitude(remainder) * 2n
  const whole = magnitude(divisor)
  if (twice < whole || (twice === whole && quotient % 2n === 0n)) return quotient
  // Division cuts towards zero, so the neighbour is away from zero; the remainder has the sign of the dividend.
  return remainder < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
