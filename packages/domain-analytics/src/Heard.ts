/**
 * What the messages of ordering mean to analytics: each becomes a command of its own language. This is all it hears of orders,
 * and the only place where it knows their words. Whose an order is, is left out.
 */
import type { PublishedMessage } from "@eventfold/decider"
import type { OrderingMessages } from "@eventfold/domain-ordering/published"
import type { CountCancellation, CountOrder, CountShipment } from "./CountCommands.ts"
import type { OrderContent } from "./OrderContent.ts"

/** An order was placed. */
export const orderPlaced = (said: PublishedMessage.Said<typeof OrderingMessages.OrderPlacedV1>): CountOrder => ({
  _tag: "CountOrder",
  orderId: said.orderId,
  occurredAt: said.placedAt,
  content: contentOf(said)
})

/** The goods of an order left. It says again what was ordered, so an order that was not heard of counts from here on. */
export const orderShipped = (said: PublishedMessage.Said<typeof OrderingMessages.OrderShippedV1>): CountShipment => ({
  _tag: "CountShipment",
  orderId: said.orderId,
  occurredAt: said.shippedAt,
  content: contentOf(said)
})

/** An order was cancelled. */
export const orderCancelled = (
  said: PublishedMessage.Said<typeof OrderingMessages.OrderCancelledV1>
): CountCancellation => ({
  _tag: "CountCancellation",
  orderId: said.orderId,
  occurredAt: said.cancelledAt
})

const contentOf = ({
  lines,
  total
}: Pick<PublishedMessage.Said<typeof OrderingMessages.OrderShippedV1>, "lines" | "total">): OrderContent => {
  const products = new Map<string, OrderContent["products"][number]>()
  for (const { lineTotal, productId, quantity } of lines) {
    const { amount, pieces } = products.get(productId) ?? { amount: 0, pieces: 0 }
    products.set(productId, { productId, pieces: pieces + quantity, amount: amount + lineTotal.amount })
  }
  return { total, products: Array.from(products.values()) }
}
