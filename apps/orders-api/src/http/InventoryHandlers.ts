/** The endpoints for stock and reservations: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { UtcDay } from "@eventfold/decider"
import { ReservationCommands, ReservationId, StockCommands } from "@eventfold/domain-inventory"
import { QueryBus } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { findReservations, findStock, getReservation, getStock } from "../queries/InventoryQueries.ts"
import { forecastStock } from "../queries/StockForecast.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { ofPage } from "./CommandProblems.ts"
import * as InventoryProblems from "./InventoryProblems.ts"
import { answered as read, pageOf, placeOf, reader } from "./ReadRequests.ts"
import { hasVersion } from "./RequestHeaders.ts"
import { sender } from "./SentCommand.ts"

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
      list: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindStock", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findStock, payload, ofPage)
        return read({ ...page, answer: { stock: page.answer.rows, ...pageOf(page) } })
      }),
      forecast: Effect.fnUntraced(function* (request) {
        const { cursor, day = UtcDay.of(yield* DateTime.now), limit, wait: _, ...filter } = request.query
        const payload = { _tag: "ForecastStock", tenant, day, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, forecastStock, payload, ofPage)
        return read({ ...page, answer: { forecasts: page.answer.rows, day, ...pageOf(page) } })
      }),
      get: Effect.fnUntraced(function* ({ headers, params }) {
        const stock = yield* queries
          .ask(getStock, { _tag: "GetStock", tenant, ...params })
          .pipe(Effect.catch(InventoryProblems.ofStockQuery))
        return unlessKnown(headers["if-none-match"], stock)
      }),
      receive: ({ headers, params, payload }) =>
        Effect.map(
          sendStock(StockCommands.receiveStock, headers, payload, (occurredAt) => ({
            _tag: "ReceiveStock",
            ...params,
            quantity: payload.quantity,
            occurredAt
          })),
          answered
        ),
      adjust: ({ headers, params, payload }) =>
        Effect.map(
          sendStock(StockCommands.adjustStock, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "AdjustStock",
            ...params,
            occurredAt
          })),
          answered
        ),
      reservations: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindReservations", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findReservations, payload, ofPage)
        return read({ ...page, answer: { reservations: page.answer.rows, ...pageOf(page) } })
      }),
      reserve: Effect.fnUntraced(function* ({ headers, payload }) {
        const sent = yield* send(ReservationCommands.reserveStock, headers, payload, (occurredAt, id) => ({
          ...payload,
          _tag: "ReserveStock",
          reservationId: payload.reservationId ?? ReservationId.fromUuid(id),
          occurredAt
        })).pipe(Effect.catchTag("UnknownReservation", Effect.die))
        const location = `/reservations/${sent.answer.reservationId}`
        return HttpApiSchema.withHeaders({ body: sent.answer, headers: { ...sent.headers, location } })
      }),
      reservation: Effect.fnUntraced(function* ({ headers, params }) {
        const reservation = yield* queries
          .ask(getReservation, { _tag: "GetReservation", tenant, reservationId: params.id })
          .pipe(Effect.catch(InventoryProblems.ofReservationQuery))
        return unlessKnown(headers["if-none-match"], reservation)
      }),
      release: ({ headers, params, payload }) =>
        Effect.map(
          send(ReservationCommands.releaseReservation, headers, payload, (occurredAt) => ({
            _tag: "ReleaseReservation",
            reservationId: params.id,
            occurredAt
          })),
          answered
        ),
      commit: ({ headers, params, payload }) =>
        Effect.map(
          send(ReservationCommands.commitReservation, headers, payload, (occurredAt) => ({
            _tag: "CommitReservation",
            reservationId: params.id,
            occurredAt
          })),
          answered
        ),
      expire: ({ headers, params, payload }) =>
        Effect.map(
          send(ReservationCommands.expireReservation, headers, payload, (occurredAt) => ({
            _tag: "ExpireReservation",
            reservationId: params.id,
            occurredAt
          })),
          answered
        )
    })
  })
)

const answered = <A, H extends object>({ answer, headers }: { readonly answer: A; readonly headers: H }) =>
  HttpApiSchema.withHeaders({ body: answer, headers })

/** The answer, or nothing for somebody who has it already. */
const unlessKnown = <A extends { readonly version: number }>(known: string | undefined, answer: A) => {
  const headers = { etag: answer.version }
  return known !== undefined && hasVersion(known, answer.version)
    ? HttpApiSchema.withHeaders({ body: undefined, headers })
    : HttpApiSchema.withHeaders({ body: answer, headers })
}
