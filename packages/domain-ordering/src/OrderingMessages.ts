/**
 * The published language of ordering: what is said of an order to those who keep models of their own, and which event means
 * what. An event without a message stays inside.
 *
 * The events of an order do not say again who it is for and what it holds. A message that says so takes it from the order as
 * it was placed, which never changes after: said again, a message says the same.
 *
 * Every message has the order as its key, as those of the other contexts: who receives them has those of one context and one
 * order in order. Addresses, signatures, notes and reasons are about people, and not said.
 */
import { PublishedMessage } from "@eventfold/decider"
import { CardToken } from "@eventfold/domain-payments/published"
import { Currency, CustomerId, Money, OrderId, ProductId, Quantity, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CancelledBy } from "./OrderEvents.ts"
import * as Events from "./OrderEvents.ts"
import { maximumLines, type OrderLine } from "./OrderLines.ts"
import type { DraftedOrder } from "./OrderState.ts"

/** The schema of a line of an order: so many pieces, and what they cost with what was taken off. */
export const LineTold = Schema.Struct({
  productId: ProductId,
  productName: Text.line(200),
  quantity: Quantity.Quantity,
  unitPrice: Money.NonNegativeMoney,
  lineTotal: Money.NonNegativeMoney
}).annotate({ identifier: "OrderLine" })
/** A line of an order, as it is told. */
export interface LineTold extends Schema.Schema.Type<typeof LineTold> {}

const sold = {
  customerId: CustomerId,
  lines: Schema.Array(LineTold).check(Schema.isMaxLength(maximumLines)),
  total: Money.NonNegativeMoney
}

/** A customer committed to an order. */
export const OrderPlacedV1 = PublishedMessage.make(
  "ordering",
  "order-placed",
  1,
  Schema.Struct({
    orderId: OrderId,
    currency: Currency.Currency,
    ...sold,
    /** Stands for the card that is to pay. Absent when people see to the payment. */
    paymentToken: Schema.optionalKey(CardToken),
    placedAt: PublishedMessage.Instant
  }).annotate({ description: "A customer committed to an order." })
)

/** An order may be shipped. */
export const OrderApprovedV1 = PublishedMessage.make(
  "ordering",
  "order-approved",
  1,
  Schema.Struct({ orderId: OrderId, approvedAt: PublishedMessage.Instant }).annotate({
    description: "An order may be shipped."
  })
)

/** The goods left with a carrier: which ones, and what they cost, so that nobody needs to ask for the order. */
export const OrderShippedV1 = PublishedMessage.make(
  "ordering",
  "order-shipped",
  1,
  Schema.Struct({
    orderId: OrderId,
    carrier: Text.line(100),
    trackingNumber: Text.line(100),
    estimatedDelivery: Schema.optionalKey(PublishedMessage.Instant),
    ...sold,
    shippedAt: PublishedMessage.Instant
  }).annotate({
    description:
      "The goods left with a carrier: which ones, and what they cost, so that nobody needs to ask for the order."
  })
)

/** Somebody took the goods. */
export const OrderDeliveredV1 = PublishedMessage.make(
  "ordering",
  "order-delivered",
  1,
  Schema.Struct({ orderId: OrderId, deliveredAt: PublishedMessage.Instant }).annotate({
    description: "Somebody took the goods."
  })
)

/** An order that was placed came to nothing. */
export const OrderCancelledV1 = PublishedMessage.make(
  "ordering",
  "order-cancelled",
  1,
  Schema.Struct({ orderId: OrderId, cancelledBy: CancelledBy, cancelledAt: PublishedMessage.Instant }).annotate({
    description: "An order that was placed came to nothing."
  })
)

/** All of it. */
export const language = PublishedMessage.language("ordering", [
  OrderPlacedV1,
  OrderApprovedV1,
  OrderShippedV1,
  OrderDeliveredV1,
  OrderCancelledV1
])

/** The schema of the events that mean something to others. */
export const events = Schema.Union([
  Events.OrderPlaced,
  Events.OrderApproved,
  Events.OrderShipped,
  Events.OrderDelivered,
  Events.OrderCancelled
])
/** An event that means something to others. */
export type Event = typeof events.Type

/** What is asked of the order of an event. Every order that was placed, whatever became of it, has it. */
export type OrderAsPlaced = Pick<DraftedOrder, "customerId" | "lines" | "total">

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.orderId

/** What an event of an order means to others. */
export const messagesOf = (event: Event, order: OrderAsPlaced): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { occurredAt, orderId } = event
  const key = { key: keyOf(event) }
  switch (event._tag) {
    case "OrderPlaced": {
      const { paymentToken, total } = event
      const content = {
        orderId,
        currency: total.currency,
        ...soldOf({ ...event, customerId: order.customerId }),
        ...(paymentToken === undefined ? {} : { paymentToken }),
        placedAt: occurredAt
      }
      return [PublishedMessage.say(OrderPlacedV1, content, key)]
    }
    case "OrderApproved":
      return [PublishedMessage.say(OrderApprovedV1, { orderId, approvedAt: occurredAt }, key)]
    case "OrderShipped": {
      const { carrier, trackingNumber } = event
      const estimated = event.estimatedDelivery === undefined ? {} : { estimatedDelivery: event.estimatedDelivery }
      const content = { orderId, carrier, trackingNumber, ...estimated, ...soldOf(order), shippedAt: occurredAt }
      return [PublishedMessage.say(OrderShippedV1, content, key)]
    }
    case "OrderDelivered":
      return [PublishedMessage.say(OrderDeliveredV1, { orderId, deliveredAt: occurredAt }, key)]
    case "OrderCancelled": {
      // Nobody was told of a draft, so nobody is told that it is gone.
      if (event.previousStatus === "draft") return []
      const { cancelledBy } = event
      return [PublishedMessage.say(OrderCancelledV1, { orderId, cancelledBy, cancelledAt: occurredAt }, key)]
    }
  }
}

const soldOf = ({ customerId, lines, total }: OrderAsPlaced) => ({ customerId, lines: lines.map(told), total })

const told = ({ productId, productName, quantity, total, unitPrice }: OrderLine): LineTold => ({
  productId,
  productName,
  quantity,
  unitPrice,
  lineTotal: total
})
