/**
 * What is to become of the sample orders, computed from the CSV files alone: which goods come in, which card pays, and so
 * which orders are fulfilled and which end cancelled.
 *
 * Of every product as much comes in as all orders ask for, except of the one that most orders ask for: the last quarter of
 * its orders finds one piece less than the least of them needs. Of the other orders every fiftieth is paid with a card that
 * its bank declines. No declined order asks for the scarce product, so it takes it from nobody while it is tried.
 *
 * Guarantee: when the orders of `first` have come to their ends before those of `last` begin, the outcome is the same in
 * whatever order, and however much at once, each of the two is tried.
 */
import { Array, Option, Order } from "effect"
import { lineCents } from "./Expected.ts"
import type { SampleOrder, Samples } from "./Samples.ts"

/** Why an order ends cancelled. */
export type Shortcoming = "short of stock" | "card declined"

/** Pieces of a product that come in at once. */
export interface Receipt {
  readonly product: string
  readonly pieces: number
}

/** Where the pieces of a product are in the end. */
export interface Stock {
  readonly received: number
  readonly available: number
  readonly reserved: number
  readonly shipped: number
}

/** What is to become of the orders. */
export interface FulfilmentPlan {
  /** What comes in before anything else, product by product. */
  readonly receipts: ReadonlyArray<Receipt>
  /** The orders that are tried first. */
  readonly first: ReadonlyArray<SampleOrder>
  /** Those that find too little of the scarce product when the first have come to their ends. */
  readonly last: ReadonlyArray<SampleOrder>
  /** The product of which there is too little, by its number. */
  readonly scarce: Option.Option<string>
  /** The token of the card that pays, by the number of the order. An order that costs nothing has none: people ship it. */
  readonly tokens: ReadonlyMap<string, string>
  /** Which orders end cancelled, and why, by their numbers. */
  readonly cancelled: ReadonlyMap<string, Shortcoming>
  /** Where the pieces of each product are in the end, by its number. */
  readonly stock: ReadonlyMap<string, Stock>
  /** The cents that stay paid for each order that a card pays: nothing for a cancelled one. By the number of the order. */
  readonly due: ReadonlyMap<string, bigint>
}

/** Of how many orders that could be declined one is. */
const declinedOneOf = 50
/** The share of the orders of the scarce product that finds too little of it: one of so many. */
const shortOneOf = 4
/** The most pieces that the service takes in at once. */
const largestReceipt = 1_000_000

/** Cards of the simulated gateway that have money without end, in turn. */
const goodCards = ["tok_visa", "tok_mastercard"] as const
/** Cards of the simulated gateway that are declined, in turn. */
const badCards = ["tok_insufficient_funds", "tok_expired_card", "tok_do_not_honor", "tok_fraudulent"] as const
const inTurn = <A>(of: readonly [A, ...ReadonlyArray<A>], index: number): A => of[index % of.length] ?? of[0]

/** What an order costs, in cents. */
const costOf = ({ lines }: SampleOrder): bigint => lines.reduce((sum, line) => sum + lineCents(line), 0n)
const piecesOf = ({ lines }: SampleOrder, product: string): number =>
  lines.reduce((sum, line) => (line.product === product ? sum + line.quantity : sum), 0)

/** The plan for the samples. */
export const make = ({ orders }: Samples): FulfilmentPlan => {
  const paid = orders.filter((order) => costOf(order) > 0n)
  const scarce = scarcest(paid)
  const short = Option.match(scarce, { onNone: () => [], onSome: (product) => lastOf(paid, product) })
  const isShort = new Set(short)
  const declined = paid
    .filter((order) => Option.isNone(scarce) || piecesOf(order, scarce.value) === 0)
    .filter((_, index) => index % declinedOneOf === declinedOneOf - 1)
  const cancelled = new Map<string, Shortcoming>([
    ...short.map(({ number }) => [number, "short of stock"] as const),
    ...declined.map(({ number }) => [number, "card declined"] as const)
  ])
  const badCard = new Map(declined.map(({ number }, index) => [number, inTurn(badCards, index)]))
  const stock = stockOf(paid, cancelled, (product) =>
    Option.contains(scarce, product) ? Math.min(...short.map((order) => piecesOf(order, product))) - 1 : undefined
  )
  return {
    receipts: Array.flatMap(Array.fromIterable(stock), ([product, { received }]) => receiptsOf(product, received)),
    first: orders.filter((order) => !isShort.has(order)),
    last: short,
    scarce,
    tokens: new Map(paid.map(({ number }, index) => [number, badCard.get(number) ?? inTurn(goodCards, index)])),
    cancelled,
    stock,
    due: new Map(paid.map((order) => [order.number, cancelled.has(order.number) ? 0n : costOf(order)]))
  }
}

/** The product that most orders ask for, of several the one with the lowest number; none when too few ask for any. */
const scarcest = (orders: ReadonlyArray<SampleOrder>): Option.Option<string> => {
  const counts = new Map<string, number>()
  for (const { lines } of orders) {
    for (const { product } of lines) counts.set(product, (counts.get(product) ?? 0) + 1)
  }
  const enough = Array.filter(Array.fromIterable(counts), ([, count]) => count >= shortOneOf)
  const mostFirst = Order.mapInput(Order.flip(Order.Number), ([, count]: readonly [string, number]) => count)
  const lowestFirst = Order.mapInput(Order.Number, ([product]: readonly [string, number]) => Number(product))
  return Option.map(Array.head(Array.sort(enough, Order.combine(mostFirst, lowestFirst))), ([product]) => product)
}

/** The last orders that ask for a product: too little of it is left for them. */
const lastOf = (orders: ReadonlyArray<SampleOrder>, product: string): ReadonlyArray<SampleOrder> => {
  const asking = orders.filter((order) => piecesOf(order, product) > 0)
  return asking.slice(asking.length - Math.floor(asking.length / shortOneOf))
}

/**
 * Where the pieces are in the end. What cancelled orders asked for is available, and of a product for which `leftOver`
 * says how much stays available, that.
 */
const stockOf = (
  orders: ReadonlyArray<SampleOrder>,
  cancelled: ReadonlyMap<string, Shortcoming>,
  leftOver: (product: string) => number | undefined
): ReadonlyMap<string, Stock> => {
  const asked = new Map<string, Stock>()
  for (const { lines, number, shippedOn } of orders) {
    const where = cancelled.has(number) ? "available" : Option.isSome(shippedOn) ? "shipped" : "reserved"
    for (const { product, quantity } of lines) {
      const before = asked.get(product) ?? { received: 0, available: 0, reserved: 0, shipped: 0 }
      asked.set(product, { ...before, [where]: before[where] + quantity })
    }
  }
  return new Map(
    Array.map(Array.fromIterable(asked), ([product, { reserved, shipped, ...counts }]) => {
      const available = leftOver(product) ?? counts.available
      return [product, { received: available + reserved + shipped, available, reserved, shipped }] as const
    })
  )
}

/** A service takes in only so much at once. */
const receiptsOf = (product: string, received: number): ReadonlyArray<Receipt> => {
  if (received === 0) return []
  const pieces = Math.min(received, largestReceipt)
  return [{ product, pieces }, ...receiptsOf(product, received - pieces)]
}
