import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Rounding } from "@eventfold/shared-kernel"

const abs = (value: bigint) => (value < 0n ? -value : value)

/** Half-even by its definition: of the whole numbers near the fraction the nearest, of two equally near the even. */
const nearestEven = (dividend: bigint, divisor: bigint): bigint => {
  const about = dividend / divisor
  const distance = (candidate: bigint) => abs(candidate * divisor - dividend)
  return [about - 1n, about, about + 1n].reduce((best, candidate) => {
    if (distance(candidate) !== distance(best)) return distance(candidate) < distance(best) ? candidate : best
    return candidate % 2n === 0n ? candidate : best
  })
}

describe("Rounding", () => {
  it("takes halves to the even neighbour, on both sides of zero", () => {
    const halves = [-5n, -3n, -1n, 1n, 3n, 5n, 7n].map((dividend) => Rounding.divideHalfEven(dividend, 2n))
    assert.deepStrictEqual(halves, [-2n, -2n, 0n, 0n, 2n, 2n, 4n])
  })

  it("takes everything else to the nearer neighbour", () => {
    assert.deepStrictEqual(
      [-8n, -7n, 7n, 8n, 11n].map((dividend) => Rounding.divideHalfEven(dividend, 5n)),
      [-2n, -1n, 1n, 2n, 2n]
    )
  })

  it.prop(
    "agrees with the definition of half-even",
    [Schema.BigInt, Schema.Int.check(Schema.isBetween({ minimum: -12, maximum: 12 }))],
    ([dividend, divisor]) => {
      if (divisor === 0) return assert.throws(() => Rounding.divideHalfEven(dividend, 0n), RangeError)
      const by = BigInt(divisor)
      return assert.strictEqual(Rounding.divideHalfEven(dividend, by), nearestEven(dividend, by))
    }
  )
})
