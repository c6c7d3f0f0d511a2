/**
 * The list of orders: one row per order, whatever its status, under the id of its stream. It is the summary of the order,
 * and where that stands in the list.
 *
 * Drafts stand in it from their first event on, so that nothing a customer began is out of sight. Amounts are whole minor
 * units of the row's currency. Nothing in a row is personal: what is known of people stays in the stream.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, CustomerId, type Money, OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Schema } from "effect"
import { Order } from "../Order.ts"
import { OrderEvent } from "../OrderEvents.ts"
import { OrderStatus } from "../OrderStatus.ts"
import * as OrderSummary from "../OrderSummary.ts"

/** The schema of a row. */
export const OrderListRow = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  currency: Currency.Currency,
  /** What the lines cost, discounts taken off: whole minor units of `currency`. */
  total: Schema.Natural,
  lineCount: Schema.Natural,
  draftedAt: Schema.DateTimeUtc,
  /** The position of its first event in the log: no two orders have the same, and a later one has a greater. */
  place: Schema.Int,
  placedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When the last event occurred. */
  updatedAt: Schema.DateTimeUtc,
  /** The version of the order's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "OrderListRow" })
/** A row of the list. */
export type OrderListRow = typeof OrderListRow.Type

/** The list, as what keeps its rows knows it. */
export const readModel = ReadModel.make({
  name: "order_list",
  key: ["orderId"],
  row: OrderListRow,
  indexes: [
    ["place"],
    ["customerId", "place"],
    ["status", "place"],
    ["currency", "total"],
    ["total"],
    ["placedAt"],
    ["customerId", "placedAt"]
  ]
})

/** The list of orders. An event that a row tells about already changes nothing. */
export const OrderList = Projection.make({
  readModel,
  readsPersonal: false,
  events: OrderEvent,
  keys: Projection.byStream(Order.category, "orderId"),
  project: (event, [row], { position, version }) => {
    const before = row === undefined ? undefined : summaryOf(row)
    const after = OrderSummary.evolve(before, event, version)
    if (after === undefined || after === before) return Projection.unchanged
    const { draftedAt, place } = row ?? { draftedAt: event.occurredAt, place: position }
    return [Projection.upsert({ ...after, total: after.total.amount, draftedAt, place })]
  }
})

/** The row as the summary of its order, which leaves out where it stands in the list. */
export const summaryOf = ({ draftedAt: _, place: __, total, ...row }: OrderListRow): OrderSummary.OrderSummary => ({
  ...row,
  total: { amount: total, currency: row.currency }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)
const { field } = rows

/** The order that was begun last comes first. */
export const newestFirst = [Sorting.descending(field("place"))]

/** Placed and on their way: neither delivered nor cancelled, and no drafts. */
export const active = Specification.oneOf(field("status"), ["placed", "approved", "shipped"])

/** Placed, and waiting to be approved. */
export const pending = Specification.eq(field("status"), "placed")

/** The orders of a customer. */
export const by = (customerId: CustomerId) => Specification.eq(field("customerId"), customerId)

/** The active orders of a customer. */
export const activeBy = (customerId: CustomerId) => Specification.and(by(customerId), active)

/** Orders in the currency of `over` whose total is more than it. */
export const highValue = (over: Money.Money) =>
  Specification.and(Specification.eq(field("currency"), over.currency), Specification.gt(field("total"), over.amount))

/** What a customer has placed since a time, that time included. */
export const recentBy = (customerId: CustomerId, since: DateTime.Utc) =>
  Specification.and(by(customerId), Specification.gte(field("placedAt"), since))
