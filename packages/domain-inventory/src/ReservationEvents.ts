/**
 * What happens to a reservation. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * Every event carries `reservationId` and `occurredAt`. All but one tell the order and the lines, so that whoever hears of
 * one need not have heard of those before.
 */
import { DomainEvent } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ReservationId } from "./ReservationId.ts"
import { ReservationLines } from "./ReservationLines.ts"

const reservation = { reservationId: ReservationId, orderId: OrderId, lines: ReservationLines }

/** All lines were set aside for an order. */
export const StockReserved = DomainEvent.make("StockReserved", {
  ...reservation,
  /** From when on it can expire; absent when it holds until it is released or committed. */
  expiresAt: Schema.optionalKey(Schema.DateTimeUtc)
})
/** All lines were set aside for an order. */
export interface StockReserved extends Schema.Schema.Type<typeof StockReserved> {}

/** The order does not need it any more: all lines are available again. */
export const ReservationReleased = DomainEvent.make("ReservationReleased", reservation)
/** The order does not need it any more: all lines are available again. */
export interface ReservationReleased extends Schema.Schema.Type<typeof ReservationReleased> {}

/** All lines have left the house. */
export const ReservationCommitted = DomainEvent.make("ReservationCommitted", reservation)
/** All lines have left the house. */
export interface ReservationCommitted extends Schema.Schema.Type<typeof ReservationCommitted> {}

/** Nobody made use of it in time: all lines are available again. */
export const ReservationExpired = DomainEvent.make("ReservationExpired", reservation)
/** Nobody made use of it in time: all lines are available again. */
export interface ReservationExpired extends Schema.Schema.Type<typeof ReservationExpired> {}

/** It was released before it came to be: whoever asks for it late is refused. */
export const ReservationBarred = DomainEvent.make("ReservationBarred", { reservationId: ReservationId })
/** It was released before it came to be: whoever asks for it late is refused. */
export interface ReservationBarred extends Schema.Schema.Type<typeof ReservationBarred> {}

/** The schema of everything that happens to a reservation. */
export const ReservationEvent = Schema.Union([
  StockReserved,
  ReservationReleased,
  ReservationCommitted,
  ReservationExpired,
  ReservationBarred
])
/** Something that happened to a reservation. */
export type ReservationEvent = typeof ReservationEvent.Type
