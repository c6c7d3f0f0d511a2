/** What the messages of inventory mean to those who act upon reservations and keep a log of their own. */
import { Meaning } from "@eventfold/decider"
import * as Messages from "./InventoryMessages.ts"
import * as Events from "./ReservationEvents.ts"

/** The messages that others act upon, each with its event. */
export const meanings = [
  Meaning.make(Messages.StockReservedV1, Events.StockReserved, ({ reservedAt: occurredAt, ...told }) => ({
    _tag: "StockReserved" as const,
    occurredAt,
    ...told
  }))
] as const
