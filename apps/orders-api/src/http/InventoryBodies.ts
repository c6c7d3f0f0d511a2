/**
 * The bodies of the commands on stock and reservations as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { ReservationCommands, ReservationId, StockCommands } from "@eventfold/domain-inventory"
import { Schema } from "effect"
import { occurredAt } from "./PointInTime.ts"

/** Takes pieces in. */
export const ReceiveStock = Schema.Struct({
  quantity: StockCommands.ReceiveStock.fields.quantity,
  ...occurredAt
}).annotate({ identifier: "ReceiveStock" })

/** Corrects the count of what is available. */
export const AdjustStock = Schema.Struct({
  change: StockCommands.AdjustStock.fields.change,
  reason: StockCommands.AdjustStock.fields.reason,
  ...occurredAt
}).annotate({ identifier: "AdjustStock" })

/** Reserves. Without a `reservationId` it is derived from the id of the command, so that a repetition names the same. */
export const ReserveStock = Schema.Struct({
  reservationId: Schema.optionalKey(ReservationId),
  orderId: ReservationCommands.ReserveStock.fields.orderId,
  lines: ReservationCommands.ReserveStock.fields.lines,
  holdForSeconds: ReservationCommands.ReserveStock.fields.holdForSeconds,
  ...occurredAt
}).annotate({ identifier: "ReserveStock" })

/** Releases, commits or ends the reservation that the path names. */
export const EndReservation = Schema.Struct(occurredAt).annotate({ identifier: "EndReservation" })
