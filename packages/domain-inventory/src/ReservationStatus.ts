/** Where a reservation stands. Stored in snapshots and rows: the names never change. */
import { Schema } from "effect"

/**
 * The schema of a reservation's status: `held`, then one of `committed` (its pieces have left the house), `released` and
 * `expired`; or `barred`, when it was released before it came to be, and never will.
 */
export const ReservationStatus = Schema.Literals(["held", "committed", "released", "expired", "barred"]).annotate({
  identifier: "ReservationStatus",
  message: "must be held, committed, released, expired or barred"
})
/** Where a reservation stands. */
export type ReservationStatus = typeof ReservationStatus.Type

/** The schema of how a reservation ended that holds nothing any more, and will not again. */
export const EndedStatus = Schema.Literals(["released", "expired", "barred"])
