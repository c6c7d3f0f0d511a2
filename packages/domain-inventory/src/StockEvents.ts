/**
 * What happens to the stock of a product. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * Every event carries `productId` and `occurredAt`. Those of a reservation say which one it was.
 */
import { DomainEvent } from "@eventfold/decider"
import { ProductId, Quantity } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Change, AdjustmentReason } from "./Adjustment.ts"
import { ReservationId } from "./ReservationId.ts"

const productId = ProductId
const forReservation = { productId, reservationId: ReservationId, quantity: Quantity.Quantity }

/** Pieces came in. */
export const StockReceived = DomainEvent.make("StockReceived", { productId, quantity: Quantity.Quantity })
/** Pieces came in. */
export interface StockReceived extends Schema.Schema.Type<typeof StockReceived> {}

/** The count of what is available was corrected. */
export const StockAdjusted = DomainEvent.make("StockAdjusted", {
  productId,
  change: Change,
  reason: AdjustmentReason
})
/** The count of what is available was corrected. */
export interface StockAdjusted extends Schema.Schema.Type<typeof StockAdjusted> {}

/** Available pieces were set aside for a reservation. */
export const StockAllocated = DomainEvent.make("StockAllocated", forReservation)
/** Available pieces were set aside for a reservation. */
export interface StockAllocated extends Schema.Schema.Type<typeof StockAllocated> {}

/** Pieces set aside for a reservation became available again. */
export const StockFreed = DomainEvent.make("StockFreed", forReservation)
/** Pieces set aside for a reservation became available again. */
export interface StockFreed extends Schema.Schema.Type<typeof StockFreed> {}

/** Pieces set aside for a reservation left the house. */
export const StockShipped = DomainEvent.make("StockShipped", forReservation)
/** Pieces set aside for a reservation left the house. */
export interface StockShipped extends Schema.Schema.Type<typeof StockShipped> {}

/** The schema of everything that happens to the stock of a product. */
export const StockEvent = Schema.Union([StockReceived, StockAdjusted, StockAllocated, StockFreed, StockShipped])
/** Something that happened to the stock of a product. */
export type StockEvent = typeof StockEvent.Type
