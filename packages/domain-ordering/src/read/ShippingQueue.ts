/**
 * The orders that wait to be shipped: approved, and neither shipped nor cancelled.
 *
 * An order has a row from its draft until it leaves or is called off, because only the draft says whose it is; ask for
 * {@link waiting}. Where the goods go is personal: read it from the stream of the order.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import { OrderApproved, OrderCancelled, OrderDrafted, OrderPlaced, OrderShipped } from "../OrderEvents.ts"

/** The schema of a row. */
export const ShippingQueueRow = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  currency: Currency.Currency,
  /** Whole minor units of `currency`. */
  total: Schema.Natural,
  lineCount: Schema.Natural,
  /** How many pieces, of all products together. */
  pieces: Schema.Natural,
  placedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Absent until it is approved. */
  approvedAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "ShippingQueueRow" })
/** A row of the queue. */
export type ShippingQueueRow = typeof ShippingQueueRow.Type

/** The queue, as what keeps its rows knows it. */
export const readModel = ReadModel.make({
  name: "shipping_queue",
  key: ["orderId"],
  row: ShippingQueueRow,
  indexes: [["approvedAt"]]
})

/** The queue of orders to be shipped. */
export const ShippingQueue = Projection.make({
  readModel,
  readsPersonal: false,
  events: Schema.Union([OrderDrafted, OrderPlaced, OrderApproved, OrderShipped, OrderCancelled]),
  keys: Projection.byStream(Order.category, "orderId"),
  project: (event, [row]) => {
    if (event._tag === "OrderDrafted") {
      const { currency, customerId, orderId } = event
      return row === undefined
        ? [Projection.upsert({ orderId, customerId, currency, total: 0, lineCount: 0, pieces: 0 })]
        : []
    }
    if (row === undefined) return Projection.unchanged
    switch (event._tag) {
      case "OrderPlaced": {
        const pieces = event.lines.reduce((sum, { quantity }) => sum + quantity, 0)
        const { lines, occurredAt, total } = event
        return [
          Projection.upsert({ ...row, total: total.amount, lineCount: lines.length, pieces, placedAt: occurredAt })
        ]
      }
      case "OrderApproved":
        return [Projection.upsert({ ...row, approvedAt: event.occurredAt })]
      case "OrderShipped":
      case "OrderCancelled":
        return [Projection.remove({ orderId: row.orderId })]
    }
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The orders that may be shipped. */
export const waiting = Specification.isNotNull(rows.field("approvedAt"))

/** What was approved first comes first. */
export const oldestFirst = [Sorting.ascending(rows.field("approvedAt"))]
