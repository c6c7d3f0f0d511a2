/**
 * The published language of the catalogue: what is said of products to those who keep models of their own, and which event
 * means what. The rules that take something off prices stay inside: an order says what they made of its prices.
 *
 * Every message has the product as its key: who receives them has those of one product in order.
 */
import { PublishedMessage } from "@eventfold/decider"
import { Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Product } from "./Product.ts"
import { type ProductEvent, ProductEvent as events } from "./ProductEvents.ts"

const product = { productId: ProductId }
const { name } = Product.fields

/** A product can be bought, for this price a piece. */
export const ProductListedV1 = PublishedMessage.make(
  "catalog",
  "product-listed",
  1,
  Schema.Struct({ ...product, name, price: Money.NonNegativeMoney, listedAt: PublishedMessage.Instant }).annotate({
    description: "A product can be bought, for this price a piece."
  })
)

/** A product has another price. */
export const ProductRepricedV1 = PublishedMessage.make(
  "catalog",
  "product-repriced",
  1,
  Schema.Struct({
    ...product,
    price: Money.NonNegativeMoney,
    former: Money.NonNegativeMoney,
    repricedAt: PublishedMessage.Instant
  }).annotate({ description: "A product has another price." })
)

/** A product is not sold any more. */
export const ProductDiscontinuedV1 = PublishedMessage.make(
  "catalog",
  "product-discontinued",
  1,
  Schema.Struct({ ...product, discontinuedAt: PublishedMessage.Instant }).annotate({
    description: "A product is not sold any more."
  })
)

/** All of it. */
export const language = PublishedMessage.language("catalog", [
  ProductListedV1,
  ProductRepricedV1,
  ProductDiscontinuedV1
])

/** The schema of the events that mean something to others: all that happens to a product. */
export { events }
/** An event that means something to others. */
export type Event = ProductEvent

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.productId

/** What an event of a product means to others. */
export const messagesOf = (event: Event): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { occurredAt, productId } = event
  const key = { key: keyOf(event) }
  switch (event._tag) {
    case "ProductListed": {
      const { name, price } = event
      return [PublishedMessage.say(ProductListedV1, { productId, name, price, listedAt: occurredAt }, key)]
    }
    case "ProductRepriced": {
      const { former, price } = event
      return [PublishedMessage.say(ProductRepricedV1, { productId, price, former, repricedAt: occurredAt }, key)]
    }
    case "ProductDiscontinued":
      return [PublishedMessage.say(ProductDiscontinuedV1, { productId, discontinuedAt: occurredAt }, key)]
  }
}
