/**
 * What the messages of other contexts mean to notifications: each becomes a command of its own language. Which message leads to
 * which notification is this table, and nothing else.
 *
 * | message                        | notification       |
 * | ------------------------------ | ------------------ |
 * | `ordering.order-approved.v1`   | `order-confirmed`  |
 * | `inventory.stock-reserved.v1`  | `stock-reserved`   |
 * | `ordering.order-shipped.v1`    | `order-shipped`    |
 * | `shipping.shipment-delayed.v1` | `delivery-delayed` |
 * | `ordering.order-cancelled.v1`  | `order-cancelled`  |
 *
 * `ordering.order-placed.v1` says whose an order is, and `customers.customer-registered.v1` that there is a customer.
 */
import type { PublishedMessage } from "@eventfold/decider"
import type { CustomersMessages } from "@eventfold/domain-customers/published"
import type { InventoryMessages } from "@eventfold/domain-inventory/published"
import type { OrderingMessages } from "@eventfold/domain-ordering/published"
import type { ShippingMessages } from "@eventfold/domain-shipping/published"
import type { OrderId } from "@eventfold/shared-kernel"
import type { DateTime } from "effect"
import type { News } from "./News.ts"
import type { IntroduceOrder, TellNews } from "./NewsCommands.ts"
import type { RegisterRecipient } from "./RecipientCommands.ts"

const tell = (orderId: OrderId, occurredAt: DateTime.Utc, news: News): TellNews => ({
  _tag: "TellNews",
  orderId,
  occurredAt,
  news
})

/** An order was placed: it is known whose it is. */
export const orderPlaced = (said: PublishedMessage.Said<typeof OrderingMessages.OrderPlacedV1>): IntroduceOrder => {
  const { customerId, orderId, placedAt: occurredAt, total } = said
  return { _tag: "IntroduceOrder", orderId, occurredAt, customerId, total }
}

/** An order was approved: it is confirmed. */
export const orderApproved = ({
  approvedAt,
  orderId
}: PublishedMessage.Said<typeof OrderingMessages.OrderApprovedV1>): TellNews =>
  tell(orderId, approvedAt, { kind: "order-confirmed" })

/** Stock was reserved: the goods are set aside. */
export const stockReserved = ({
  orderId,
  reservedAt
}: PublishedMessage.Said<typeof InventoryMessages.StockReservedV1>): TellNews =>
  tell(orderId, reservedAt, { kind: "stock-reserved" })

/** An order was shipped: it is on its way. */
export const orderShipped = (said: PublishedMessage.Said<typeof OrderingMessages.OrderShippedV1>): TellNews => {
  const { carrier, orderId, shippedAt, trackingNumber } = said
  return tell(orderId, shippedAt, { kind: "order-shipped", carrier, trackingNumber, ...estimateOf(said) })
}

/** A shipment was delayed: it will be late. */
export const shipmentDelayed = (said: PublishedMessage.Said<typeof ShippingMessages.ShipmentDelayedV1>): TellNews =>
  tell(said.orderId, said.delayedAt, { kind: "delivery-delayed", ...estimateOf(said) })

/** An order was cancelled. */
export const orderCancelled = ({
  cancelledAt,
  orderId
}: PublishedMessage.Said<typeof OrderingMessages.OrderCancelledV1>): TellNews =>
  tell(orderId, cancelledAt, { kind: "order-cancelled" })

/** Somebody has become a customer, and can be told something. */
export const customerRegistered = (
  said: PublishedMessage.Said<typeof CustomersMessages.CustomerRegisteredV1>
): RegisterRecipient => ({
  _tag: "RegisterRecipient",
  customerId: said.customerId,
  occurredAt: said.registeredAt
})

const estimateOf = ({ estimatedDelivery }: { readonly estimatedDelivery?: DateTime.Utc }) =>
  estimatedDelivery === undefined ? {} : { estimatedDelivery }
