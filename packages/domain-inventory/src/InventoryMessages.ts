/**
 * The published language of inventory: what is said of the stock of orders to those who keep models of their own, and which
 * event means what. An event without a message stays inside.
 *
 * Every message has the order as its key: who receives them has those of one order in order.
 */
import { PublishedMessage } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Events from "./ReservationEvents.ts"
import { ReservationId } from "./ReservationId.ts"
import { ReservationLines } from "./ReservationLines.ts"

const reservation = { orderId: OrderId, reservationId: ReservationId, lines: ReservationLines }

/** Pieces were set aside for an order. */
export const StockReservedV1 = PublishedMessage.make(
  "inventory",
  "stock-reserved",
  1,
  Schema.Struct({
    ...reservation,
    /** From when on they may be released again; absent when they are kept until somebody says so. */
    expiresAt: Schema.optionalKey(PublishedMessage.Instant),
    reservedAt: PublishedMessage.Instant
  }).annotate({ description: "Pieces were set aside for an order." })
)

/** What was set aside for an order is for others again: it was released, or nobody made use of it in time. */
export const StockReleasedV1 = PublishedMessage.make(
  "inventory",
  "stock-released",
  1,
  Schema.Struct({
    ...reservation,
    cause: Schema.Literals(["released", "expired"]),
    releasedAt: PublishedMessage.Instant
  }).annotate({
    description:
      "What was set aside for an order is for others again: it was released, or nobody made use of it in time."
  })
)

/** What was set aside for an order has left the house. */
export const StockCommittedV1 = PublishedMessage.make(
  "inventory",
  "stock-committed",
  1,
  Schema.Struct({ ...reservation, committedAt: PublishedMessage.Instant }).annotate({
    description: "What was set aside for an order has left the house."
  })
)

/** All of it. */
export const language = PublishedMessage.language("inventory", [StockReservedV1, StockReleasedV1, StockCommittedV1])

/** The schema of the events that mean something to others. */
export const events = Schema.Union([
  Events.StockReserved,
  Events.ReservationReleased,
  Events.ReservationExpired,
  Events.ReservationCommitted
])
/** An event that means something to others. */
export type Event = typeof events.Type

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.orderId

/** What an event of a reservation means to others. */
export const messagesOf = (event: Event): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { lines, occurredAt, orderId, reservationId } = event
  const key = { key: keyOf(event) }
  const told = { orderId, reservationId, lines }
  switch (event._tag) {
    case "StockReserved": {
      const expires = event.expiresAt === undefined ? {} : { expiresAt: event.expiresAt }
      return [PublishedMessage.say(StockReservedV1, { ...told, ...expires, reservedAt: occurredAt }, key)]
    }
    case "ReservationReleased":
      return [PublishedMessage.say(StockReleasedV1, { ...told, cause: "released", releasedAt: occurredAt }, key)]
    case "ReservationExpired":
      return [PublishedMessage.say(StockReleasedV1, { ...told, cause: "expired", releasedAt: occurredAt }, key)]
    case "ReservationCommitted":
      return [PublishedMessage.say(StockCommittedV1, { ...told, committedAt: occurredAt }, key)]
  }
}
