/**
 * Handles the commands of the shipping context: each shipment is an aggregate with a stream of its own.
 *
 * A request names an order only. What goes where is read from the order as it is at that moment, personal values and all,
 * so no message holds an address. An order that is cancelled just after that has its shipment withdrawn by whoever cancels.
 */
import type { OrderState } from "@eventfold/domain-ordering"
import { type OrderToShip, Shipment, ShipmentCommands, type ShipmentErrors } from "@eventfold/domain-shipping"
import { CommandBus, CommandHandler, type CommandServices } from "@eventfold/event-store"
import { Effect } from "effect"
import { streamOf as streamOfOrder } from "../OrderStreamId.ts"
import { streamOf } from "../ShipmentStreamId.ts"
import { orders } from "./OrderCommandHandlers.ts"

const shipments = CommandHandler.make(Shipment.Shipment)

const requested = CommandBus.handler<
  ShipmentCommands.RequestShipment,
  ShipmentCommands.ShipmentAnswer,
  ShipmentErrors.ShipmentRefusal,
  CommandServices
>(
  ShipmentCommands.requestShipment,
  Effect.fnUntraced(function* ({ payload, tenant, ...rest }) {
    const { state } = yield* orders.load(streamOfOrder(tenant, payload.orderId))
    const prepared = { ...payload, order: toShip(state) }
    const handled = yield* shipments.handle(streamOf(tenant, payload.shipmentId), prepared, rest)
    return Shipment.answerOf(handled.state, handled.version)
  })
)

/** An order as shipping sees it. */
export const toShip = (order: OrderState.OrderState): OrderToShip.OrderToShip => {
  switch (order.status) {
    case "none":
    case "draft":
      return { standing: "unknown" }
    case "placed":
      return { standing: "not-approved" }
    case "approved": {
      const { customerId, lines, shippingAddress } = order
      return {
        standing: "approved",
        customerId,
        lines: lines.map(({ productId, productName, quantity }) => ({ productId, productName, quantity })),
        destination: shippingAddress
      }
    }
    case "shipped":
    case "delivered":
      return { standing: "shipped" }
    case "cancelled":
      return { standing: "cancelled" }
  }
}

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
