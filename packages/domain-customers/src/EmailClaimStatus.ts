/** How an e-mail address stands. Stored in snapshots: the names never change. */
import { Schema } from "effect"

/** The schema of an address's status: `free`; `reserved`, for who waits for it; `confirmed`, it is a customer's. */
export const EmailClaimStatus = Schema.Literals(["free", "reserved", "confirmed"]).annotate({
  identifier: "EmailClaimStatus",
  message: "must be free, reserved or confirmed"
})
/** How an address stands. */
export type EmailClaimStatus = typeof EmailClaimStatus.Type
