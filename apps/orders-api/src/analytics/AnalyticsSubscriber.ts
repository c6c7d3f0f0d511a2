/**
 * What analytics does when ordering says something: it notes what counts, in the transaction of the inbox. Its figures follow its
 * own events, so they are built anew without any message.
 *
 * Guarantee: each step of an order counts once, however often it is told.
 */
import { type CountCommands, CountedOrder, Heard } from "@eventfold/domain-analytics"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { CommandHandler } from "@eventfold/event-store"
import { Subscriber } from "@eventfold/messaging"
import { Effect } from "effect"
import { countedOrderStreamOf } from "../AnalyticsStreamIds.ts"

const orders = CommandHandler.make(CountedOrder.CountedOrder, { readFirst: true })

const count = (command: CountCommands.CountCommand, { metadata, tenant }: Subscriber.Delivery) =>
  Effect.asVoid(orders.handle(countedOrderStreamOf(tenant, command.orderId), command, { metadata }))

/** What analytics hears, and what it does about it. */
export const subscriber = Subscriber.make("analytics", [
  Subscriber.on(OrderingMessages.OrderPlacedV1, (said, delivery) => count(Heard.orderPlaced(said), delivery)),
  Subscriber.on(OrderingMessages.OrderShippedV1, (said, delivery) => count(Heard.orderShipped(said), delivery)),
  Subscriber.on(OrderingMessages.OrderCancelledV1, (said, delivery) => count(Heard.orderCancelled(said), delivery))
])
