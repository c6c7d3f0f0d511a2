/**
 * What other contexts may know of inventory: which reservations there are, what becomes of them, and the messages that say
 * so. How many pieces there are of what, and how they are counted, is nobody else's matter.
 */
export * as InventoryMeanings from "./InventoryMeanings.ts"
export * as InventoryMessages from "./InventoryMessages.ts"
export { ReservationLine, ReservationLines } from "./ReservationLines.ts"
export {
  ReservationBarred,
  ReservationCommitted,
  ReservationEvent as InventoryEvent,
  ReservationExpired,
  ReservationReleased,
  StockReserved
} from "./ReservationEvents.ts"
export { ofOrder, ReservationId } from "./ReservationId.ts"
