/** Where a shipment stands. Stored in events and snapshots: the names never change. */
import { Schema } from "effect"

/** The schema of a shipment's status. */
export const ShipmentStatus = Schema.Literals([
  "requested",
  "packed",
  "dispatched",
  "delayed",
  "delivered",
  "cancelled"
]).annotate({
  identifier: "ShipmentStatus",
  message: "must be requested, packed, dispatched, delayed, delivered or cancelled"
})
/** Where a shipment stands. */
export type ShipmentStatus = typeof ShipmentStatus.Type
