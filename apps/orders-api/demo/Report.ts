/**
 * What the demo tells at the end: totals per year, the largest customers, and whether the service agrees with the files.
 *
 * Totals count what was placed, whatever became of it later. Only the sample orders count.
 */
import { Array, Option, Order } from "effect"
import type { OrderTotal } from "./Expected.ts"
import type { FoundOrder } from "./FoundOrders.ts"
import type { FulfilmentPlan, Shortcoming } from "./FulfilmentPlan.ts"
import type { Samples } from "./Samples.ts"

const largest = 5

/** What a group of orders comes to. */
export interface Sum {
  readonly name: string
  readonly orders: number
  readonly cents: bigint
}

/** The orders that were placed, as totals in US dollars. */
export const totalsOf = (found: Iterable<FoundOrder>): ReadonlyArray<OrderTotal> =>
  Array.flatMap(Array.fromIterable(found), ({ customer, total, year }) =>
    total.currency === "USD"
      ? Option.toArray(Option.map(year, (year) => ({ customer, year, cents: BigInt(total.amount) })))
      : []
  )

const summed = (totals: Iterable<OrderTotal>, keyOf: (total: OrderTotal) => string): ReadonlyArray<Sum> =>
  Array.map(Array.fromIterable(Map.groupBy(totals, keyOf)), ([name, group]) => ({
    name,
    orders: group.length,
    cents: group.reduce((sum, { cents }) => sum + cents, 0n)
  }))

const byName = Order.mapInput(Order.String, ({ name }: Sum) => name)
const largestFirst = Order.mapInput(Order.flip(Order.BigInt), ({ cents }: Sum) => cents)

/** What the orders of each year come to, the earliest first. */
export const perYear = (totals: Iterable<OrderTotal>): ReadonlyArray<Sum> =>
  Array.sort(
    summed(totals, ({ year }) => String(year)),
    byName
  )

/** The five customers whose orders come to most; of those that come to the same, the first by code. */
export const largestCustomers = (totals: Iterable<OrderTotal>): ReadonlyArray<Sum> =>
  Array.sort(
    summed(totals, ({ customer }) => customer),
    Order.combine(largestFirst, byName)
  ).slice(0, largest)

/** `138,432.77 USD` */
export const formatCents = (cents: bigint): string => {
  const digits = String(cents).padStart(3, "0")
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/gu, ",")}.${digits.slice(-2)} USD`
}

/** A table of sums, one line each, with a last line that sums them up if `total` says so. */
export const table = (title: string, sums: ReadonlyArray<Sum>): ReadonlyArray<string> => {
  const width = Math.max(title.length, ...sums.map(({ name }) => name.length + 2))
  const row = (name: string, orders: string, amount: string) =>
    `${name.padEnd(width)}  ${orders.padStart(6)}  ${amount.padStart(16)}`
  return [
    row(title, "orders", "total"),
    ...sums.map(({ cents, name, orders }) => row(`  ${name}`, String(orders), formatCents(cents)))
  ]
}

/** Everything in which the service differs from the files and the plan: sums of years first, then order by order. */
export const differences = (
  { customers, orders }: Samples,
  expected: ReadonlyMap<string, OrderTotal>,
  { cancelled }: Pick<FulfilmentPlan, "cancelled">,
  found: ReadonlyMap<string, FoundOrder>
): ReadonlyArray<string> => {
  const actualYears = new Map(perYear(totalsOf(found.values())).map((sum) => [sum.name, sum]))
  const years = perYear(expected.values()).flatMap(({ cents, name }) => {
    const actual = actualYears.get(name)?.cents ?? 0n
    return actual === cents
      ? []
      : [`${name}: ${formatCents(actual)} in the service, ${formatCents(cents)} in the files`]
  })
  const nameOf = (code: string) => customers.get(code)?.company ?? code
  const single = orders.flatMap(({ number, shippedOn }) => {
    const should = expected.get(number)
    const is = found.get(number)
    if (should === undefined || is === undefined) return [`order ${number} is not in the service's list`]
    const amount = is.total.currency === "USD" ? formatCents(BigInt(is.total.amount)) : `some ${is.total.currency}`
    const differs = (what: string, actual: string, wanted: string) =>
      actual === wanted ? [] : [`order ${number}, ${what}: ${actual} in the service, ${wanted} in the files`]
    return [
      ...differs("total", amount, formatCents(should.cents)),
      ...differs("year", Option.match(is.year, { onNone: () => "not placed", onSome: String }), String(should.year)),
      ...differs("customer", nameOf(is.customer), nameOf(should.customer)),
      ...standing(number, is.status, Option.isSome(shippedOn), cancelled.get(number))
    ]
  })
  return [...years, ...single]
}

const standing = (number: string, is: FoundOrder["status"], hasShipped: boolean, shortcoming: string | undefined) => {
  if (shortcoming !== undefined) {
    return is === "cancelled" ? [] : [`order ${number} is ${is} in the service, not cancelled: ${shortcoming}`]
  }
  if (is === "cancelled") return [`order ${number} is cancelled in the service: nothing is wrong with it in the files`]
  const unfinished: ReadonlyArray<string> = ["draft", "placed", ...(hasShipped ? ["approved"] : [])]
  return unfinished.includes(is) ? [`order ${number} is only ${is} in the service`] : []
}

/** What came of the orders, by their status, most first: how many, and what they come to. */
export const becomeOf = (found: Iterable<FoundOrder>): ReadonlyArray<Sum> =>
  Array.sort(
    Array.map(Array.fromIterable(Map.groupBy(found, ({ status }) => status)), ([name, group]) => ({
      name,
      orders: group.length,
      cents: group.reduce((sum, { total }) => sum + BigInt(total.amount), 0n)
    })),
    Order.combine(
      Order.mapInput(Order.flip(Order.Number), ({ orders }: Sum) => orders),
      byName
    )
  )

/** Which orders could not be fulfilled, and why: one line per reason. */
export const cancellations = (
  { orders }: Samples,
  { cancelled, scarce }: Pick<FulfilmentPlan, "cancelled" | "scarce">
): ReadonlyArray<string> => {
  const lines = orders.flatMap(({ lines }) => lines)
  const name = lines.find(({ product }) => Option.contains(scarce, product))?.productName ?? ""
  const of = (shortcoming: Shortcoming) => Array.fromIterable(cancelled).filter(([, is]) => is === shortcoming).length
  const [short, declined] = [of("short of stock"), of("card declined")]
  return [
    ...(short === 0 ? [] : [`By the files ${short} cannot be fulfilled for want of ${name}.`]),
    ...(declined === 0 ? [] : [`By the files ${declined} cannot be fulfilled because the card is declined.`])
  ]
}
