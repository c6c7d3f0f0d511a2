/** Where a sale stands for billing. Stored in events and rows: the names never change. */
import { Schema } from "effect"

/**
 * The schema of a sale's status. `noted`: something is known of it, and not yet what was sold; `pending-payment` and `paid`:
 * it was placed; `awaiting-invoicing`: it was shipped; `invoiced`, also when it was cancelled or given back after that.
 */
export const SaleStatus = Schema.Literals([
  "noted",
  "pending-payment",
  "paid",
  "awaiting-invoicing",
  "invoiced",
  "cancelled"
]).annotate({
  identifier: "SaleStatus",
  message: "must be noted, pending-payment, paid, awaiting-invoicing, invoiced or cancelled"
})
/** Where a sale stands for billing. */
export type SaleStatus = typeof SaleStatus.Type
