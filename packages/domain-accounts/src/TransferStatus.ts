/** Where a transfer stands. Stored in snapshots: the names never change. */
import { Schema } from "effect"

/** The schema of how a transfer has ended that will not arrive. */
export const CancelledStatus = Schema.Literals(["returned", "barred"])
/** How a transfer has ended that will not arrive: the money went back, or never left. */
export type CancelledStatus = typeof CancelledStatus.Type

/**
 * The schema of a transfer's status: `sent`, the money is on its way; `arrived`; `returned`, it went back; `barred`, it was
 * cancelled before any money left.
 */
export const TransferStatus = Schema.Literals(["sent", "arrived", ...CancelledStatus.literals]).annotate({
  identifier: "TransferStatus",
  message: "must be sent, arrived, returned or barred"
})
/** Where a transfer stands. */
export type TransferStatus = typeof TransferStatus.Type
