/** The endpoints for shipments: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { ShipmentCommands, ShipmentId } from "@eventfold/domain-shipping"
import { QueryBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { findShipments, getShipment } from "../queries/ShipmentQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { ofPage } from "./CommandProblems.ts"
import { answered as read, pageOf, placeOf, reader } from "./ReadRequests.ts"
import { hasVersion } from "./RequestHeaders.ts"
import { sender } from "./SentCommand.ts"
import * as ShipmentProblems from "./ShipmentProblems.ts"

/** The endpoints for shipments, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "shipments",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()
    const send = yield* sender(ShipmentProblems.ofCommand)

    return handlers.handleAll({
      request: Effect.fnUntraced(function* ({ headers, payload }) {
        const { orderId } = payload
        const shipmentId = ShipmentId.ofOrder(orderId)
        const sent = yield* send(ShipmentCommands.requestShipment, headers, payload, (occurredAt) => ({
          _tag: "RequestShipment",
          shipmentId,
          orderId,
          occurredAt
        }))
        const location = `/shipments/${shipmentId}`
        return HttpApiSchema.withHeaders({ body: sent.answer, headers: { ...sent.headers, location } })
      }),
      pack: ({ headers, params: { id: shipmentId }, payload }) =>
        Effect.map(
          send(ShipmentCommands.packShipment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "PackShipment",
            shipmentId,
            occurredAt
          })),
          answered
        ),
      dispatch: ({ headers, params: { id: shipmentId }, payload }) =>
        Effect.map(
          send(ShipmentCommands.dispatchShipment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "DispatchShipment",
            shipmentId,
            occurredAt
          })),
          answered
        ),
      delay: ({ headers, params: { id: shipmentId }, payload }) =>
        Effect.map(
          send(ShipmentCommands.delayShipment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "DelayShipment",
            shipmentId,
            occurredAt
          })),
          answered
        ),
      deliver: ({ headers, params: { id: shipmentId }, payload }) =>
        Effect.map(
          send(ShipmentCommands.deliverShipment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "DeliverShipment",
            shipmentId,
            occurredAt
          })),
          answered
        ),
      cancel: ({ headers, params: { id: shipmentId }, payload }) =>
        Effect.map(
          send(ShipmentCommands.cancelShipment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "CancelShipment",
            shipmentId,
            occurredAt
          })),
          answered
        ),
      get: Effect.fnUntraced(function* ({ headers: given, params: { id: shipmentId } }) {
        const shipment = yield* queries
          .ask(getShipment, { _tag: "GetShipment", tenant, shipmentId })
          .pipe(Effect.catch(ShipmentProblems.ofQuery))
        const known = given["if-none-match"]
        const headers = { etag: shipment.version }
        return known !== undefined && hasVersion(known, shipment.version)
          ? HttpApiSchema.withHeaders({ body: undefined, headers })
          : HttpApiSchema.withHeaders({ body: shipment, headers })
      }),
      list: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindShipments", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findShipments, payload, ofPage)
        return read({ ...page, answer: { shipments: page.answer.rows, ...pageOf(page) } })
      })
    })
  })
)

const answered = <A, H extends object>({ answer, headers }: { readonly answer: A; readonly headers: H }) =>
  HttpApiSchema.withHeaders({ body: answer, headers })
