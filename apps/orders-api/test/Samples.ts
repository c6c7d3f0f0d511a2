/** Orders to try things with. */
import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { request } from "./TestService.ts"

/** A new UUID. */
export const uuid = () => SecureRandom.uuidV7Unsafe()

/** A mug for 12.50 EUR, as an operator sells it: the catalogue does not have it. */
export const mug = {
  productId: "product_0190f5a2-8d10-7c31-8a55-4f1be0d7a901",
  productName: "Enamel mug",
  quantity: 2,
  unitPrice: { amount: 1250, currency: "EUR" },
  priceReason: "agreed by telephone"
}

/** Where things go. */
export const shippingAddress = {
  recipient: "Ada Jansen",
  street: "Oudegracht 1",
  city: "Utrecht",
  country: "Netherlands"
}

/** Bodies of the commands that lead from a draft to a delivered order. */
export const bodies = {
  place: { shippingAddress },
  approve: { approvedBy: "M. de Vries" },
  ship: { carrier: "PostNL", trackingNumber: "3SABCD1234567" },
  deliver: { signedBy: "Ada Jansen" },
  cancel: { cancelledBy: "customer", reason: "Ordered twice" }
}

/** Drafts an order of two mugs and answers its path. */
export const draft = Effect.fnUntraced(function* (body: object = {}, headers: Record<string, string> = {}) {
  const customerId = `customer_${uuid()}`
  const answer = yield* request("POST", "/orders", {
    body: { customerId, currency: "EUR", items: [mug], ...body },
    headers
  })
  return { answer, path: `/orders/${answer.status === 201 ? answer.body.text("orderId") : "none"}` }
})

/** Drafts an order and takes it through these steps. */
export const orderThrough = Effect.fnUntraced(function* (...steps: ReadonlyArray<keyof typeof bodies>) {
  const { path } = yield* draft()
  for (const step of steps) yield* request("POST", `${path}/${step}`, { body: bodies[step] })
  return path
})
