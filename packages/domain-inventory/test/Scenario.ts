/** Given/when for stock and reservations, with one of everything: products, an order, a reservation, a command of each kind. */
import { Reservation, ReservationCommands, ReservationId, StockCommands, StockItem } from "@eventfold/domain-inventory"
import { OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`

export const product = (last: number) => ProductId.fromUuid(uuid(last))
export const productId = product(1)
export const order = (last: number) => OrderId.fromUuid(uuid(last))
export const orderId = order(1)
export const reservation = (last: number) => ReservationId.fromUuid(uuid(last))
export const reservationId = reservation(1)
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const minutesLater = (minutes: number) => DateTime.add(occurredAt, { minutes })
export const quantity = (pieces: number) => Quantity.Quantity.make(pieces)

const ofProduct = { productId, occurredAt }
const pieces = (quantity: number) => ({ ...ofProduct, reservationId, quantity: Quantity.Quantity.make(quantity) })
export const receive = (quantity: number) =>
  StockCommands.ReceiveStock.make({ ...ofProduct, quantity: Quantity.Quantity.make(quantity) })
export const adjust = (change: number) =>
  StockCommands.AdjustStock.make({ ...ofProduct, change, reason: "Counted by hand" })
export const allocate = (quantity: number) => StockCommands.AllocateStock.make(pieces(quantity))
export const free = (quantity: number) => StockCommands.FreeStock.make(pieces(quantity))
export const ship = (quantity: number) => StockCommands.ShipStock.make(pieces(quantity))

const common = { reservationId, occurredAt }
export const lines = [
  { productId: product(2), quantity: quantity(3) },
  { productId, quantity: quantity(5) }
]
export const reserve = ReservationCommands.ReserveStock.make({ ...common, orderId, lines })
/** Held for ten minutes. */
export const reserveForAWhile = ReservationCommands.ReserveStock.make({ ...reserve, holdForSeconds: 600 })
export const release = ReservationCommands.ReleaseReservation.make(common)
export const commit = ReservationCommands.CommitReservation.make(common)
export const expireAt = (occurredAt: DateTime.Utc) =>
  ReservationCommands.ExpireReservation.make({ reservationId, occurredAt })
/** At the moment the ten minutes are over. */
export const expire = expireAt(minutesLater(10))

/** Stock, and reservations, after events and after commands. */
export const stock = DeciderScenario.of(StockItem.StockItem)
export const reservations = DeciderScenario.of(Reservation.Reservation)

/** Stock in every state: nothing ever, all of it available, some of it reserved, all of it reserved. */
export const stocks = {
  none: stock.after(),
  available: stock.after(receive(10)),
  partly: stock.after(receive(10), allocate(6)),
  reserved: stock.after(receive(10), allocate(10))
}

/** One command of each kind to a stock, such that each can follow some state. */
export const stockCommands = {
  receive: receive(4),
  adjust: adjust(-4),
  allocate: allocate(4),
  free: free(4),
  ship: ship(4)
}

/** A reservation in every status; a held one that expires, and one that does not. */
export const reservationsBy = {
  none: reservations.after(),
  held: reservations.after(reserve),
  "held for a while": reservations.after(reserveForAWhile),
  committed: reservations.after(reserve, commit),
  released: reservations.after(reserve, release),
  expired: reservations.after(reserveForAWhile, expire),
  barred: reservations.after(release)
}

/** One command of each kind to a reservation. */
export const reservationCommands = { reserve, release, commit, expire }
