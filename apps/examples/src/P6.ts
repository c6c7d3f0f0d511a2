/**
 * P6, enrichment: a message that says more than the event it is made of.
 *
 * Shows: an event that knows what was new when an order left, and no more; the message, with the customer, the lines and the
 * total, which the relay finds in the stream of the order, as they were when it was placed.
 */
import { OrderingMessages } from "@eventfold/domain-ordering"
import { PublishedMessage } from "@eventfold/decider"
import { Money } from "@eventfold/shared-kernel"
import { Console, Effect } from "effect"
import * as OrderNews from "./OrderNews.ts"

/** What it is about. */
export const title = "Enrichment: a thin event, and a message that says all of it"

/** The story. */
export const program = Effect.gen(function* () {
  const order = yield* OrderNews.order
  yield* OrderNews.approve(order)
  const [event] = yield* OrderNews.ship(order)

  yield* Effect.gen(function* () {
    yield* Console.log("What the event says of a shipment")
    yield* Console.log(`  ${fieldsOf(event)}`)

    yield* Console.log("What the message says")
    const [message] = yield* OrderNews.heard("ordering.order-shipped.v1")
    yield* Console.log(`  ${fieldsOf(message?.data)}`)
    const told = yield* Effect.fromResult(PublishedMessage.read(OrderingMessages.OrderShippedV1, message?.data))
    yield* Console.log(`  for ${told.customerId === order.customerId ? "the customer of the order" : "somebody else"}`)
    for (const { lineTotal, productName, quantity, unitPrice } of told.lines) {
      yield* Console.log(`  ${quantity} × ${productName} at ${Money.format(unitPrice)}: ${Money.format(lineTotal)}`)
    }
    yield* Console.log(`  together ${Money.format(told.total)}`)
  }).pipe(Effect.provide(OrderNews.layer(order.tenant)))
})

const fieldsOf = (what: object | undefined) => Object.keys(what ?? {}).join(", ")
