/**
 * What notifications does when others say something: it notes what customers are to be told, in the transaction of the inbox. They
 * are told later, by what follows its own events (`Telling.ts`).
 *
 * Guarantee: what is said takes effect once. What contradicts what is known is a dead letter at once.
 */
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { InventoryMessages } from "@eventfold/domain-inventory/published"
import { Heard, type NewsCommands } from "@eventfold/domain-notifications"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { ShippingMessages } from "@eventfold/domain-shipping/published"
import { Subscriber } from "@eventfold/messaging"
import { Effect } from "effect"
import { newsStreamOf, recipientStreamOf } from "../NotificationStreamIds.ts"
import { news, recipients } from "./NotificationAggregates.ts"

const note = (command: NewsCommands.NewsCommand, { metadata, tenant }: Subscriber.Delivery) =>
  Effect.asVoid(news.handle(newsStreamOf(tenant, command.orderId), command, { metadata }))

/** What notifications hears, and what it does about it. */
export const subscriber = Subscriber.make("notifications", [
  Subscriber.on(OrderingMessages.OrderPlacedV1, (said, delivery) => note(Heard.orderPlaced(said), delivery)),
  Subscriber.on(OrderingMessages.OrderApprovedV1, (said, delivery) => note(Heard.orderApproved(said), delivery)),
  Subscriber.on(OrderingMessages.OrderShippedV1, (said, delivery) => note(Heard.orderShipped(said), delivery)),
  Subscriber.on(OrderingMessages.OrderCancelledV1, (said, delivery) => note(Heard.orderCancelled(said), delivery)),
  Subscriber.on(InventoryMessages.StockReservedV1, (said, delivery) => note(Heard.stockReserved(said), delivery)),
  Subscriber.on(ShippingMessages.ShipmentDelayedV1, (said, delivery) => note(Heard.shipmentDelayed(said), delivery)),
  Subscriber.on(CustomersMessages.CustomerRegisteredV1, (said, { metadata, tenant }) => {
    const command = Heard.customerRegistered(said)
    return Effect.asVoid(recipients.handle(recipientStreamOf(tenant, command.customerId), command, { metadata }))
  })
])
