/**
 * Reads the stock of one product, or one reservation, from its stream. Query handlers use this in place of the event store,
 * with which they could write.
 *
 * The state at hand and the events after it, so it costs the same however much has ever moved. An event that cannot be
 * decoded makes it unreadable: a defect.
 */
import {
  Reservation,
  type ReservationCommands,
  type ReservationId,
  type StockCommands,
  StockItem
} from "@eventfold/domain-inventory"
import type { CommandServices, History, ReadModelFailure } from "@eventfold/event-store"
import type { ProductId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option } from "effect"
import { reservations, stock } from "../commands/InventoryAggregates.ts"
import { reservationStreamOf, stockStreamOf } from "../InventoryStreamIds.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads stock and reservations from their streams. */
export class InventoryStreams extends Context.Service<
  InventoryStreams,
  {
    /** How much there is of a product; `none` when nothing of it has ever come in. */
    stock(
      tenant: string,
      productId: ProductId
    ): Effect.Effect<Option.Option<StockCommands.StockAnswer>, ReadModelFailure>
    /** The reservation as it is now; `none` when there is none. */
    reservation(
      tenant: string,
      reservationId: ReservationId
    ): Effect.Effect<Option.Option<ReservationCommands.ReservationAnswer>, ReadModelFailure>
  }
>()("@eventfold/orders-api/InventoryStreams") {
  /** Reads what command handlers read. */
  static readonly layer: Layer.Layer<InventoryStreams, never, CommandServices> = Layer.effect(
    InventoryStreams,
    Effect.gen(function* () {
      const services = yield* Effect.context<CommandServices>()
      const failed = StreamEvents.failedAs("inventory, from its streams")
      const read = <A>(loading: Effect.Effect<A, History.HistoryError, CommandServices>) =>
        Effect.catch(Effect.provideContext(loading, services), failed)
      return {
        stock: (tenant, productId) =>
          Effect.map(read(stock.load(stockStreamOf(tenant, productId))), ({ state, version }) =>
            state.status === "none" ? Option.none() : Option.some(StockItem.answerOf(state, version))
          ),
        reservation: (tenant, reservationId) =>
          Effect.map(read(reservations.load(reservationStreamOf(tenant, reservationId))), ({ state, version }) =>
            state.status === "none" ? Option.none() : Option.some(Reservation.answerOf(state, version))
          )
      }
    })
  )
}
