/** Where a payment stands. Stored in snapshots and rows: the names never change. */
import { Schema } from "effect"

/**
 * The schema of a payment's status. `requested`, `capturing` and `voiding` wait for the gateway; `barred` is a payment that
 * was given up before anybody asked for it.
 */
export const PaymentStatus = Schema.Literals([
  "requested",
  "declined",
  "authorised",
  "capturing",
  "captured",
  "voiding",
  "voided",
  "barred"
]).annotate({
  identifier: "PaymentStatus",
  message: "must be one of requested, declined, authorised, capturing, captured, voiding, voided and barred"
})
/** Where a payment stands. */
export type PaymentStatus = typeof PaymentStatus.Type
