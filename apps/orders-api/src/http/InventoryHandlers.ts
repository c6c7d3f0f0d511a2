/** The endpoints for stock and reservations: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { UtcDay } from "@eventfold/decider"
import { ReservationCommands, ReservationId, StockCommands } from "@eventfold/domain-inventory"
import { QueryBus } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findReservations, findStock, getReservation, getStock } from "../queries/InventoryQueries.ts"
import { forecastStock } from "../queries/StockForecast.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as InventoryProblems from "./InventoryProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { questionOf, reader } from "./ReadRequests.ts"
import { createdAt, sender } from "./SentCommand.ts"

/** The endpoints for stock and reservations, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "inventory",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()
    const sendStock = yield* sender(InventoryProblems.ofStockCommand)
    const send = yield* sender(InventoryProblems.ofReservationCommand)

    return handlers.handleAll({
      list: (request) =>
        reads.page(request, findStock, { _tag: "FindStock", tenant, ...questionOf(request.query) }, (stock) => ({
          stock
        })),
      forecast: Effect.fnUntraced(function* (request) {
        const { day = UtcDay.of(yield* DateTime.now), ...query } = questionOf(request.query)
        const payload = { _tag: "ForecastStock", tenant, day, ...query } as const
        return yield* reads.page(request, forecastStock, payload, (forecasts) => ({ forecasts, day }))
      }),
      get: Effect.fnUntraced(function* (request) {
        const stock = yield* queries
          .ask(getStock, { _tag: "GetStock", tenant, ...request.params })
          .pipe(Effect.catch(InventoryProblems.ofStockQuery))
        return unlessKnown(request, stock)
      }),
      receive: (request) =>
        sendStock(StockCommands.receiveStock, request, (occurredAt) => ({
          _tag: "ReceiveStock",
          ...request.params,
          quantity: request.payload.quantity,
          occurredAt
        })),
      adjust: (request) =>
        sendStock(StockCommands.adjustStock, request, (occurredAt) => ({
          ...request.payload,
          _tag: "AdjustStock",
          ...request.params,
          occurredAt
        })),
      reservations: (request) =>
        reads.page(
          request,
          findReservations,
          { _tag: "FindReservations", tenant, ...questionOf(request.query) },
          (reservations) => ({ reservations })
        ),
      reserve: (request) =>
        send(ReservationCommands.reserveStock, request, (occurredAt, id) => ({
          ...request.payload,
          _tag: "ReserveStock",
          reservationId: request.payload.reservationId ?? ReservationId.fromUuid(id),
          occurredAt
        })).pipe(
          Effect.catchTag("UnknownReservation", Effect.die),
          Effect.map(createdAt(({ reservationId }) => `/reservations/${reservationId}`))
        ),
      reservation: Effect.fnUntraced(function* (request) {
        const reservation = yield* queries
          .ask(getReservation, { _tag: "GetReservation", tenant, reservationId: request.params.id })
          .pipe(Effect.catch(InventoryProblems.ofReservationQuery))
        return unlessKnown(request, reservation)
      }),
      release: (request) =>
        send(ReservationCommands.releaseReservation, request, (occurredAt) => ({
          _tag: "ReleaseReservation",
          reservationId: request.params.id,
          occurredAt
        })),
      commit: (request) =>
        send(ReservationCommands.commitReservation, request, (occurredAt) => ({
          _tag: "CommitReservation",
          reservationId: request.params.id,
          occurredAt
        })),
      expire: (request) =>
        send(ReservationCommands.expireReservation, request, (occurredAt) => ({
          _tag: "ExpireReservation",
          reservationId: request.params.id,
          occurredAt
        }))
    })
  })
)
