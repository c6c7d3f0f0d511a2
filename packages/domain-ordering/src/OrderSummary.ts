/**
 * One row of a list of orders, folded from the events of one order.
 *
 * Folding an event a second time changes nothing, so a row may be updated at least once per event.
 */
import { Currency, CustomerId, Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import type { OrderEvent } from "./OrderEvents.ts"
import { OrderStatus } from "./OrderStatus.ts"

/** The schema of a row. */
export const OrderSummary = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  currency: Currency.Currency,
  /** What the lines cost, discounts taken off. */
  total: Money.NonNegativeMoney,
  lineCount: Schema.Natural,
  placedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When the last event occurred. */
  updatedAt: Schema.DateTimeUtc,
  /** The version of the order's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "OrderSummary" })
/** One row of a list of orders. */
export interface OrderSummary extends Schema.Schema.Type<typeof OrderSummary> {}

/**
 * The row after an event at a version of the order's stream. An event that the row already tells about leaves it as it
 * is; so does anything before the order was drafted: then there is still no row.
 */
export const evolve = (row: OrderSummary | undefined, event: OrderEvent, version: number): OrderSummary | undefined => {
  if (row === undefined) return event._tag === "OrderDrafted" ? drafted(event, version) : undefined
  if (version <= row.version) return row
  return { ...row, ...changed(event), updatedAt: event.occurredAt, version }
}

const drafted = (
  { orderId, customerId, currency, occurredAt }: Extract<OrderEvent, { readonly _tag: "OrderDrafted" }>,
  version: number
): OrderSummary => ({
  orderId,
  customerId,
  status: "draft",
  currency,
  total: Money.zero(currency),
  lineCount: 0,
  updatedAt: occurredAt,
  version
})

const changed = (event: OrderEvent): Partial<OrderSummary> => {
  switch (event._tag) {
    case "OrderDrafted":
      return {}
    case "ItemAdded":
    case "ItemQuantityChanged":
    case "ItemRemoved":
      return { total: event.total, lineCount: event.lineCount }
    case "OrderPlaced":
      return { status: "placed", total: event.total, lineCount: event.lines.length, placedAt: event.occurredAt }
    case "OrderApproved":
      return { status: "approved" }
    case "OrderShipped":
      return { status: "shipped" }
    case "OrderDelivered":
      return { status: "delivered" }
    case "OrderCancelled":
      return { status: "cancelled" }
  }
}
