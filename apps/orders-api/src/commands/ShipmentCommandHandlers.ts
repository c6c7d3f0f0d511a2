/**
 * Handles the commands of the shipping context: each shipment is an aggregate with a stream of its own.
 *
 * A request names an order only. What goes where is asked of the order as it is at that moment, personal values and all,
 * so no message holds an address. An order that is cancelled just after that has its shipment withdrawn by whoever cancels.
 */
import {
  OrdersToShip,
  type OrderToShip,
  Shipment,
  ShipmentCommands,
  type ShipmentErrors
} from "@eventfold/domain-shipping"
import { CommandBus, CommandHandler, type CommandServices } from "@eventfold/event-store"
import { Effect } from "effect"
import { streamOf } from "../ShipmentStreamId.ts"
import { failed } from "./LookUps.ts"

const shipments = CommandHandler.make(Shipment.Shipment)

const requested = CommandBus.prepared<
  ShipmentCommands.RequestShipment,
  ShipmentCommands.ShipmentAnswer,
  ShipmentErrors.ShipmentRefusal,
  OrderToShip.OrderToShip,
  OrdersToShip.OrdersToShip,
  CommandServices
>(
  ShipmentCommands.requestShipment,
  ({ payload, tenant }) =>
    Effect.flatMap(OrdersToShip.OrdersToShip, (orders) => orders.find(tenant, payload.orderId)).pipe(
      Effect.mapError(failed("ordering"))
    ),
  Effect.fnUntraced(function* ({ payload, tenant, ...rest }, order) {
    const handled = yield* shipments.handle(streamOf(tenant, payload.shipmentId), { ...payload, order }, rest)
    return Shipment.answerOf(handled.state, handled.version)
  })
)

/** The handlers of the commands on shipments. */
export const handlers = [
  requested,
  ...CommandBus.aggregate(shipments, {
    commands: [
      ShipmentCommands.packShipment,
      ShipmentCommands.dispatchShipment,
      ShipmentCommands.delayShipment,
      ShipmentCommands.deliverShipment,
      ShipmentCommands.cancelShipment,
      ShipmentCommands.withdrawShipment
    ],
    stream: (tenant, { shipmentId }) => streamOf(tenant, shipmentId),
    answer: Shipment.answerOf
  })
]
