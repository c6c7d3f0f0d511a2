/**
 * What the orders come to, computed from the CSV files alone.
 *
 * Deliberately apart from the arithmetic of the service, and on other terms: whole numbers of ten-thousandths of a cent,
 * a line's price rounded half-even to the cent. If both agree, neither is likely to be wrong.
 */
import { DateTime } from "effect"
import type { SampleLine, Samples } from "./Samples.ts"

/** What one order comes to, for whom, and in which year. */
export interface OrderTotal {
  /** The code of the customer. */
  readonly customer: string
  /** The year in which it was placed, in UTC. */
  readonly year: number
  readonly cents: bigint
}

/** The cents that a line costs: `unit price × quantity × (1 − discount)`, halves rounded to the even cent. */
export const lineCents = ({ discount, quantity, unitPrice }: SampleLine): bigint =>
  toEvenCents(unitPrice * BigInt(quantity) * BigInt(10_000 - discount))

const toEvenCents = (tenThousandths: bigint): bigint => {
  const rest = tenThousandths % 10_000n
  const below = (tenThousandths - rest) / 10_000n
  if (rest === 5_000n) return below + (below % 2n)
  return rest > 5_000n ? below + 1n : below
}

/** What every order comes to, by its number. */
export const totals = ({ orders }: Samples): ReadonlyMap<string, OrderTotal> =>
  new Map(
    orders.map(({ customer, lines, number, orderedOn }) => [
      number,
      {
        customer,
        year: DateTime.getPartUtc(orderedOn, "year"),
        cents: lines.reduce((sum, line) => sum + lineCents(line), 0n)
      }
    ])
  )
