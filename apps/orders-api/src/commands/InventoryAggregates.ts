/** The aggregates of the inventory context, as handlers and queries load and command them. */
import { Reservation, StockItem } from "@eventfold/domain-inventory"
import { CommandHandler } from "@eventfold/event-store"

/**
 * The stock of products. Every command can be the first or the thousandth of a product, so one that is not at hand is read
 * before it is decided.
 */
export const stock = CommandHandler.make(StockItem.StockItem, { readFirst: true })

/** Reservations: most commands are the first to one that nobody has made. */
export const reservations = CommandHandler.make(Reservation.Reservation)
