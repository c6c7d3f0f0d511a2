/** Answers the queries about stock and reservations. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { ReservationErrors, Reservations, StockLevels } from "@eventfold/domain-inventory"
import { QueryBus } from "@eventfold/event-store"
import { Effect, type Option } from "effect"
import { findReservations, findStock, getReservation, getStock, StockNotFound } from "./InventoryQueries.ts"
import { InventoryStreams } from "./InventoryStreams.ts"
import * as Pages from "./Pages.ts"

const { field } = Reservations.rows
const orElse = <A, E>(found: Option.Option<A>, absent: () => E) =>
  Effect.fromOption(found).pipe(Effect.mapError(absent))

/** The handlers of the queries about stock and reservations. */
export const handlers = [
  QueryBus.handler(
    getStock,
    Effect.fnUntraced(function* ({ productId, tenant }) {
      const streams = yield* InventoryStreams
      return yield* orElse(yield* streams.stock(tenant, productId), () => new StockNotFound({ productId }))
    })
  ),
  QueryBus.handler(findStock, ({ after, availableAtMost, limit, tenant }) => {
    const where =
      availableAtMost === undefined ? Specification.everything : StockLevels.availableAtMost(availableAtMost)
    const request = { tenant, where, sort: StockLevels.scarcestFirst, limit, after }
    return Pages.of(StockLevels.readModel, request, (row) => row)
  }),
  QueryBus.handler(
    getReservation,
    Effect.fnUntraced(function* ({ reservationId, tenant }) {
      const streams = yield* InventoryStreams
      return yield* orElse(
        yield* streams.reservation(tenant, reservationId),
        () => new ReservationErrors.ReservationNotFound({ reservationId })
      )
    })
  ),
  QueryBus.handler(findReservations, ({ after, limit, orderId, overdueAt, status, tenant }) => {
    const where = Specification.and(
      ...(orderId === undefined ? [] : [Reservations.ofOrder(orderId)]),
      ...(status === undefined ? [] : [Specification.eq(field("status"), status)]),
      ...(overdueAt === undefined ? [] : [Reservations.overdueAt(overdueAt)])
    )
    const request = { tenant, where, sort: Reservations.newestFirst, limit, after }
    return Pages.of(Reservations.readModel, request, (row) => row)
  })
]
