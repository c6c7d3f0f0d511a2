/**
 * What can be asked of the stock of a product. `ReceiveStock` and `AdjustStock` are messages for a bus to carry. The others
 * follow from a reservation (see `StockMoves.ts`), in one transaction with it, and are never sent alone.
 *
 * Every command carries `productId` and `occurredAt`. None is ever already so: each moves pieces, and the id of a command is
 * what makes a repetition harmless.
 */
import { Message } from "@eventfold/decider"
import { ProductId, Quantity } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { AdjustmentReason, Change } from "./Adjustment.ts"
import { ReservationId } from "./ReservationId.ts"
import * as StockCounts from "./StockCounts.ts"
import { StockRefusal } from "./StockErrors.ts"

/** The schema of what the commands answer: how many pieces of the product there are now. */
export const StockAnswer = Schema.Struct({
  productId: ProductId,
  /** The version of the product's stream: how many events it has. */
  version: Schema.Int,
  /** What is in the house: available or reserved. */
  onHand: StockCounts.Level,
  ...StockCounts.fields
}).annotate({ identifier: "StockAnswer" })
/** How many pieces of the product there are now. */
export interface StockAnswer extends Schema.Schema.Type<typeof StockAnswer> {}

const inventory = { context: "inventory", answer: StockAnswer, refusal: StockRefusal } as const
const common = { productId: ProductId, occurredAt: Schema.DateTimeUtc }

/** Takes pieces in. */
export const ReceiveStock = Schema.TaggedStruct("ReceiveStock", { ...common, quantity: Quantity.Quantity })
/** Takes pieces in. */
export interface ReceiveStock extends Schema.Schema.Type<typeof ReceiveStock> {}
/** The message that carries {@link ReceiveStock}. */
export const receiveStock = Message.command({ ...inventory, payload: ReceiveStock })

/** Corrects the count of what is available, because somebody has counted, found or broken something. */
export const AdjustStock = Schema.TaggedStruct("AdjustStock", {
  ...common,
  change: Change,
  reason: AdjustmentReason
})
/** Corrects the count of what is available. */
export interface AdjustStock extends Schema.Schema.Type<typeof AdjustStock> {}
/** The message that carries {@link AdjustStock}. */
export const adjustStock = Message.command({ ...inventory, payload: AdjustStock })

const forReservation = { ...common, reservationId: ReservationId, quantity: Quantity.Quantity }

/** Sets available pieces aside for a reservation. */
export const AllocateStock = Schema.TaggedStruct("AllocateStock", forReservation)
/** Sets available pieces aside for a reservation. */
export interface AllocateStock extends Schema.Schema.Type<typeof AllocateStock> {}

/** Makes pieces of a reservation available again. */
export const FreeStock = Schema.TaggedStruct("FreeStock", forReservation)
/** Makes pieces of a reservation available again. */
export interface FreeStock extends Schema.Schema.Type<typeof FreeStock> {}

/** Takes pieces of a reservation out of the house. */
export const ShipStock = Schema.TaggedStruct("ShipStock", forReservation)
/** Takes pieces of a reservation out of the house. */
export interface ShipStock extends Schema.Schema.Type<typeof ShipStock> {}

/** The schema of everything that can be asked of the stock of a product. */
export const StockCommand = Schema.Union([ReceiveStock, AdjustStock, AllocateStock, FreeStock, ShipStock])
/** Something that can be asked of the stock of a product. */
export type StockCommand = typeof StockCommand.Type
