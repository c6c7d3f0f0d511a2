/**
 * What can be asked about stock and reservations, as typed queries.
 *
 * One product and one reservation are read from their streams and always up to date; lists are answered by read models.
 */
import { Message } from "@eventfold/decider"
import {
  ReservationCommands,
  ReservationErrors,
  ReservationId,
  Reservations,
  ReservationStatus,
  StockCommands,
  StockCounts,
  StockLevels
} from "@eventfold/domain-inventory"
import { StreamId } from "@eventfold/event-store"
import { OrderId, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"

/** Nothing of the product has ever come in. */
export class StockNotFound extends Schema.TaggedError<StockNotFound>()("StockNotFound", { productId: ProductId }) {
  override get message() {
    return `nothing of ${this.productId} has ever come in`
  }
}

/** Asks how much there is of a product, now. */
export const GetStock = Schema.TaggedStruct("GetStock", { tenant: StreamId.Tenant, productId: ProductId })
/** The message that carries {@link GetStock}. */
export const getStock = Message.query({
  context: "inventory",
  payload: GetStock,
  answer: StockCommands.StockAnswer,
  refusal: StockNotFound
})

/** Asks for a page of products, the one of which the least is available first. */
export const FindStock = Schema.TaggedStruct("FindStock", {
  ...Pages.fields,
  /** Those of which no more pieces than that are available; all, when left out. */
  availableAtMost: Schema.optionalKey(StockCounts.Level)
})
/** The message that carries {@link FindStock}. */
export const findStock = Pages.query("inventory", FindStock, StockLevels.StockLevel)

/** Asks for one reservation, as it is now. */
export const GetReservation = Schema.TaggedStruct("GetReservation", {
  tenant: StreamId.Tenant,
  reservationId: ReservationId
})
/** The message that carries {@link GetReservation}. */
export const getReservation = Message.query({
  context: "inventory",
  payload: GetReservation,
  answer: ReservationCommands.ReservationAnswer,
  refusal: ReservationErrors.ReservationNotFound
})

/** Asks for a page of reservations, the newest first. What is left out does not restrict. */
export const FindReservations = Schema.TaggedStruct("FindReservations", {
  ...Pages.fields,
  orderId: Schema.optionalKey(OrderId),
  status: Schema.optionalKey(ReservationStatus.ReservationStatus),
  /** Those that are held although they could have expired by then. */
  overdueAt: Schema.optionalKey(Schema.DateTimeUtc)
})
/** The message that carries {@link FindReservations}. */
export const findReservations = Pages.query("inventory", FindReservations, Reservations.ReservationRow)
