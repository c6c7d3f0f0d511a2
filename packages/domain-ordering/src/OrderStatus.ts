/** Where an order stands. Stored in events and snapshots: the names never change. */
import { Schema } from "effect"

/** The schema of an order's status. */
export const OrderStatus = Schema.Literals([
  "draft",
  "placed",
  "approved",
  "shipped",
  "delivered",
  "cancelled"
]).annotate({
  identifier: "OrderStatus",
  message: "must be draft, placed, approved, shipped, delivered or cancelled"
})
/** Where an order stands. */
export type OrderStatus = typeof OrderStatus.Type
