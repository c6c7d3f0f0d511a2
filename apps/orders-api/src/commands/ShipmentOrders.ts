/**
 * The orders that shipping asks for, from the ordering context: how one stands at the moment it is asked, put into the words of
 * shipping. Shipping sees no other part of an order.
 */
import { OrdersToShip, type OrderToShip } from "@eventfold/domain-shipping"
import { ContextQueries, unanswered } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Effect, Layer } from "effect"
import { getOrderToDeliver, type OrderToDeliver } from "../queries/OrderToDeliver.ts"

/** Asks the ordering context. */
export const layer: Layer.Layer<OrdersToShip.OrdersToShip, never, ContextQueries> = Layer.effect(
  OrdersToShip.OrdersToShip,
  Effect.map(ContextQueries, (contexts) => ({
    find: Effect.fn("ShipmentOrders.find")((tenant: string, orderId: OrderId) =>
      contexts.ask(getOrderToDeliver, { _tag: "GetOrderToDeliver", tenant, orderId }).pipe(
        Effect.map(toShip),
        Effect.catchTag("OrderNotFound", () => Effect.succeed(unknown)),
        Effect.mapError((error) => new OrdersToShip.OrdersToShipUnavailable(unanswered(error)))
      )
    )
  }))
)

const unknown: OrderToShip.OrderToShip = { standing: "unknown" }

const toShip = ({ customerId, lines, shippingAddress, status }: OrderToDeliver): OrderToShip.OrderToShip => {
  switch (status) {
    case "draft":
      return unknown
    case "placed":
      return { standing: "not-approved" }
    case "approved":
      // An order that is approved was placed, and so has an address.
      return shippingAddress === undefined
        ? unknown
        : { standing: "approved", customerId, lines, destination: shippingAddress }
    case "shipped":
    case "delivered":
      return { standing: "shipped" }
    case "cancelled":
      return { standing: "cancelled" }
  }
}
