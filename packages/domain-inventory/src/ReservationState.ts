/**
 * The state of a reservation. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is a reservation that nobody has made; `barred` one that was released before, and will never be made.
 */
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ReservationId } from "./ReservationId.ts"
import { ReservationLines } from "./ReservationLines.ts"

const made = {
  reservationId: ReservationId,
  orderId: OrderId,
  lines: ReservationLines,
  /** From when on it can expire; absent when it holds until it is released or committed. */
  expiresAt: Schema.optionalKey(Schema.DateTimeUtc)
}

/** The schema of the state of a reservation; `status` tells the shapes apart. */
export const ReservationState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("held"), ...made }),
  Schema.Struct({ status: Schema.tag("committed"), ...made }),
  Schema.Struct({ status: Schema.tag("released"), ...made }),
  Schema.Struct({ status: Schema.tag("expired"), ...made }),
  Schema.Struct({ status: Schema.tag("barred"), reservationId: ReservationId })
])
/** The state of a reservation. */
export type ReservationState = typeof ReservationState.Type

/** A reservation in one status, or in one of several. */
export type ReservationIn<Status extends ReservationState["status"]> = Extract<
  ReservationState,
  { readonly status: Status }
>
