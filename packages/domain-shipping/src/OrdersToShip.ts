/**
 * The port by which shipping asks how an order stands, and what goes where, at the moment a shipment is asked for. What is
 * answered is what is true then, in the words of shipping: an order that was approved just before is approved.
 */
import type { OrderId } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"
import type { OrderToShip } from "./OrderToShip.ts"

/** Orders cannot be asked for now. */
export class OrdersToShipUnavailable extends Schema.TaggedError<OrdersToShipUnavailable>()("OrdersToShipUnavailable", {
  /** What went wrong; nothing personal. */
  reason: Schema.String,
  /** Whether asking again can help. */
  retryable: Schema.Boolean,
  /** When it may be back, in milliseconds from now, where that is known. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `orders cannot be looked up now: ${this.reason}`
  }
}

/** Knows the orders that may be shipped. */
export class OrdersToShip extends Context.Service<
  OrdersToShip,
  {
    /** An order as shipping sees it now. */
    find(tenant: string, orderId: OrderId): Effect.Effect<OrderToShip, OrdersToShipUnavailable>
  }
>()("@eventfold/domain-shipping/OrdersToShip") {}
