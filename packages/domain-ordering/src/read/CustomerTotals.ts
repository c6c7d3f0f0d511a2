/**
 * What each customer has ordered, per currency: orders by how they stand, and what they come to.
 *
 * A draft counts nowhere: nobody has ordered yet. `gross` counts every placed order, `net` leaves cancelled ones out. Both
 * are whole minor units, and several currencies never add up. Amounts and counts are those of `Sales.ts`.
 *
 * Only the draft says whose an order is, so it is remembered until the order is over.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import { OrderCancelled, OrderDelivered, OrderDrafted, OrderPlaced } from "../OrderEvents.ts"
import * as Sales from "./Sales.ts"

/** The schema of a row. */
export const CustomerTotalsRow = Schema.Struct({
  customerId: CustomerId,
  currency: Currency.Currency,
  /** Placed, and neither delivered nor cancelled. */
  active: Schema.Int,
  /** Delivered. */
  completed: Schema.Int,
  ...Sales.fields
}).annotate({ identifier: "CustomerTotalsRow" })
/** What a customer has ordered in a currency. */
export type CustomerTotalsRow = typeof CustomerTotalsRow.Type

/** The totals, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "customer_totals",
  key: ["customerId", "currency"],
  row: CustomerTotalsRow,
  indexes: [["currency", "net"]]
})

const Remembered = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  currency: Currency.Currency,
  /** What it cost when it was placed; absent for a draft. */
  amount: Schema.optionalKey(Schema.Natural)
})

const events = Schema.Union([OrderDrafted, OrderPlaced, OrderDelivered, OrderCancelled])

const remember = (
  before: typeof Remembered.Type | undefined,
  event: typeof events.Type
): typeof Remembered.Type | undefined => {
  switch (event._tag) {
    case "OrderDrafted": {
      const { currency, customerId, orderId } = event
      return before ?? { orderId, customerId, currency }
    }
    case "OrderPlaced":
      return before === undefined ? undefined : { ...before, amount: before.amount ?? event.total.amount }
    case "OrderDelivered":
    case "OrderCancelled":
      return undefined
  }
}

/** The totals of customers. An order that was placed and not drafted is nobody's: it is held back. */
export const CustomerTotals = Projection.countersWithMemory({
  readModel,
  readsPersonal: false,
  events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({ name: "customer_totals_memory", key: ["orderId"], row: Remembered }),
    remember
  },
  counters: ["active", "completed", ...Sales.counters],
  initial: (key) => ({ ...key, active: 0, completed: 0, ...Sales.none }),
  count: (event, memory) => {
    if (memory === undefined) {
      if (event._tag === "OrderPlaced") throw new Error("an order was placed that nobody has drafted")
      return []
    }
    const { amount, currency, customerId } = memory
    const key = { customerId, currency }
    if (event._tag === "OrderPlaced") {
      if (amount !== undefined) return []
      return [Projection.increment(key, "active", 1), ...Sales.placed(key, event.total.amount)]
    }
    if (amount === undefined) return []
    if (event._tag === "OrderDelivered") {
      return [Projection.increment(key, "active", -1), Projection.increment(key, "completed", 1)]
    }
    if (event._tag !== "OrderCancelled") return []
    return [Projection.increment(key, "active", -1), ...Sales.cancelled(key, amount)]
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** What one customer has ordered. */
export const of = (customerId: CustomerId) => Specification.eq(rows.field("customerId"), customerId)

/** The customers who have ordered in a currency: with {@link greatestFirst}, the top customers. */
export const inCurrency = (currency: Currency.Currency) => Specification.eq(rows.field("currency"), currency)

/** The customer whose net orders come to most is the first. Ask for one currency. */
export const greatestFirst = [Sorting.descending(rows.field("net"))]
