/**
 * What other contexts may know of inventory: which reservations there are, and what becomes of them. How many pieces there
 * are of what, and how they are counted, is nobody else's matter.
 */
export { ReservationId } from "./ReservationId.ts"
export { ReservationLine, ReservationLines } from "./ReservationLines.ts"
export {
  ReservationBarred,
  ReservationCommitted,
  ReservationExpired,
  ReservationReleased,
  StockReserved
} from "./ReservationEvents.ts"
