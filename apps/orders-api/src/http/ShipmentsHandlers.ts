/** The endpoints for shipments: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { ShipmentCommands, ShipmentId } from "@eventfold/domain-shipping"
import { QueryBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findShipments, getShipment } from "../queries/ShipmentQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { questionOf, reader } from "./ReadRequests.ts"
import { createdAt, sender } from "./SentCommand.ts"
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
      request: (request) => {
        const { orderId } = request.payload
        const shipmentId = ShipmentId.ofOrder(orderId)
        return Effect.map(
          send(ShipmentCommands.requestShipment, request, (occurredAt) => ({
            _tag: "RequestShipment",
            shipmentId,
            orderId,
            occurredAt
          })),
          createdAt(() => `/shipments/${shipmentId}`)
        )
      },
      pack: (request) =>
        send(ShipmentCommands.packShipment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "PackShipment",
          shipmentId: request.params.id,
          occurredAt
        })),
      dispatch: (request) =>
        send(ShipmentCommands.dispatchShipment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "DispatchShipment",
          shipmentId: request.params.id,
          occurredAt
        })),
      delay: (request) =>
        send(ShipmentCommands.delayShipment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "DelayShipment",
          shipmentId: request.params.id,
          occurredAt
        })),
      deliver: (request) =>
        send(ShipmentCommands.deliverShipment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "DeliverShipment",
          shipmentId: request.params.id,
          occurredAt
        })),
      cancel: (request) =>
        send(ShipmentCommands.cancelShipment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "CancelShipment",
          shipmentId: request.params.id,
          occurredAt
        })),
      get: Effect.fnUntraced(function* (request) {
        const shipment = yield* queries
          .ask(getShipment, { _tag: "GetShipment", tenant, shipmentId: request.params.id })
          .pipe(Effect.catch(ShipmentProblems.ofQuery))
        return unlessKnown(request, shipment)
      }),
      list: (request) =>
        reads.page(
          request,
          findShipments,
          { _tag: "FindShipments", tenant, ...questionOf(request.query) },
          (shipments) => ({ shipments })
        )
    })
  })
)
