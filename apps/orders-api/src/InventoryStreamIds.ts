/** Which streams hold the stock of a product, and a reservation. It is a storage format: it never changes. */
import { Reservation, type ReservationId, StockItem } from "@eventfold/domain-inventory"
import { StreamId } from "@eventfold/event-store"
import type { ProductId } from "@eventfold/shared-kernel"

/** The stream of the stock of a product. */
export const stockStreamOf = (tenant: string, productId: ProductId): StreamId.StreamId =>
  StreamId.make(tenant, StockItem.StockItem.category, productId)

/** The stream of a reservation. */
export const reservationStreamOf = (tenant: string, reservationId: ReservationId): StreamId.StreamId =>
  StreamId.make(tenant, Reservation.Reservation.category, reservationId)
