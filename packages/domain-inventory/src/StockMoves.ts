/**
 * What follows from an event of a reservation for the products in it: the table between the two aggregates of the context.
 *
 * All that follows belongs into the transaction of the event. The moves are in the order of their products, by which
 * everybody goes, so that two reservations of the same products never wait for each other.
 */
import type { Array as Arr } from "effect"
import type { ReserveStock } from "./ReservationCommands.ts"
import { InsufficientStock } from "./ReservationErrors.ts"
import type { ReservationEvent } from "./ReservationEvents.ts"
import * as ReservationLines from "./ReservationLines.ts"
import type { AllocateStock, FreeStock, ShipStock } from "./StockCommands.ts"
import type { NotEnoughAvailable } from "./StockErrors.ts"

/** A command to a product that follows from an event of a reservation. */
export type StockMove = AllocateStock | FreeStock | ShipStock

/** What an event of a reservation does to each of its products. */
const moveOf = {
  StockReserved: "AllocateStock",
  ReservationReleased: "FreeStock",
  ReservationExpired: "FreeStock",
  ReservationCommitted: "ShipStock"
} as const

/** The moves that follow from an event, one per line. */
export const of = (event: ReservationEvent): ReadonlyArray<StockMove> => {
  if (event._tag === "ReservationBarred") return []
  const { lines, occurredAt, reservationId } = event
  const _tag = moveOf[event._tag]
  return ReservationLines.inOrder(lines).map((line) => ({ _tag, ...line, reservationId, occurredAt }))
}

/** Why a reservation is refused of which some products have not enough. */
export const insufficient = (
  { orderId, reservationId }: Pick<ReserveStock, "orderId" | "reservationId">,
  short: Arr.NonEmptyReadonlyArray<NotEnoughAvailable>
): InsufficientStock => {
  const [first, ...rest] = short
  return new InsufficientStock({ reservationId, orderId, lines: [lineOf(first), ...rest.map(lineOf)] })
}

const lineOf = ({ available, productId, requested }: NotEnoughAvailable): ReservationLines.ShortLine => ({
  productId,
  requested,
  available
})
