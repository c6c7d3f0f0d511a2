/**
 * The dashboard of a customer, put together when it is asked for: from the totals, and from the newest rows of the list.
 *
 * Totals only count, so they cannot tell which order was the last: the list of orders does. Both follow the same events,
 * each at its own pace: between two events a dashboard may show an order in one that the other does not have yet.
 */
import { type Currency, type CustomerId, type Money, Rounding } from "@eventfold/shared-kernel"
import { Sorting, Specification } from "@eventfold/decider"
import type { DateTime } from "effect"
import type { CustomerTotalsRow } from "./CustomerTotals.ts"
import * as OrderList from "./OrderList.ts"

/** How many orders a dashboard shows. */
export const recentOrders = 10

/** What a customer has ordered in one currency. */
export interface Totals extends Omit<CustomerTotalsRow, "customerId" | "gross" | "net"> {
  readonly gross: Money.Money
  readonly net: Money.Money
  /**
   * What an order that was not cancelled cost on average: `net` ÷ their number, rounded half-even to the minor unit.
   * Absent when there is none.
   */
  readonly average?: Money.Money
}

/** The dashboard of a customer. */
export interface CustomerDashboard {
  readonly customerId: CustomerId
  /** One per currency, in the order of their codes. */
  readonly totals: ReadonlyArray<Totals>
  /** The newest ones, drafts left out, the one that was placed last first; {@link recentOrders} at the most. */
  readonly recent: ReadonlyArray<OrderList.OrderListRow>
  /** When the last order was placed; absent when none was. */
  readonly lastOrderAt?: DateTime.Utc
}

/** The rows of the list to ask for, sorted by {@link lastPlacedFirst}, {@link recentOrders} of them. */
export const placedBy = (customerId: CustomerId) =>
  Specification.and(OrderList.by(customerId), Specification.isNotNull(OrderList.rows.field("placedAt")))

/** The order that was placed last comes first. */
export const lastPlacedFirst = [Sorting.descending(OrderList.rows.field("placedAt"))]

/** Puts a dashboard together from the customer's totals and the rows that {@link placedBy} asks for, in their order. */
export const of = (
  customerId: CustomerId,
  totals: ReadonlyArray<CustomerTotalsRow>,
  recent: ReadonlyArray<OrderList.OrderListRow>
): CustomerDashboard => {
  const lastOrderAt = recent[0]?.placedAt
  return {
    customerId,
    totals: totals.map(totalsOf).toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
    recent: recent.slice(0, recentOrders),
    ...(lastOrderAt === undefined ? {} : { lastOrderAt })
  }
}

const totalsOf = ({ customerId: _, gross, net, ...row }: CustomerTotalsRow): Totals => {
  const count = row.orders - row.cancelled
  return {
    ...row,
    gross: { amount: gross, currency: row.currency },
    net: { amount: net, currency: row.currency },
    ...(count > 0 ? { average: average(net, count, row.currency) } : {})
  }
}

const average = (amount: number, count: number, currency: Currency.Currency): Money.Money => ({
  amount: Number(Rounding.divideHalfEven(BigInt(amount), BigInt(count))),
  currency
})
