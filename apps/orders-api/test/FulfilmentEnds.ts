/** How orders end that are placed with a card, wherever their contexts are: one service and five are held to the same. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { placed, reaches } from "./FulfilmentSamples.ts"
import { counts } from "./InventorySamples.ts"
import { until } from "./Reading.ts"
import { bodies } from "./Samples.ts"
import { request } from "./TestService.ts"

/** There is too little in stock: it is cancelled, and nobody pays. */
export const shortOfStock = Effect.gen(function* () {
  const order = yield* placed({ stock: 1 })
  yield* reaches(order.path, "cancelled")
  const { body, status } = yield* request("GET", order.payment)
  if (status === 200) assert.include(["barred", "voided"], body.at("status"))
  assert.deepInclude(yield* counts(order.productId), { available: 1, reserved: 0 })
})

/** Its card is declined: it is cancelled, and its stock is available again. Answers the order. */
export const declined = Effect.gen(function* () {
  const order = yield* placed({ token: "tok_insufficient_funds" })
  yield* reaches(order.path, "cancelled")
  yield* reaches(order.reservation, "released")
  assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
  return order
})

/** Its customer cancels it before it leaves: shipment, stock and money are as if there had been none. */
export const cancelledInTime = Effect.gen(function* () {
  const order = yield* placed()
  yield* reaches(order.shipment, "requested")
  const cancelled = yield* request("POST", `${order.path}/cancel`, { body: bodies.cancel })
  assert.strictEqual(cancelled.status, 200, cancelled.text)
  yield* reaches(order.shipment, "cancelled")
  yield* reaches(order.reservation, "released")
  const payment = yield* until(order.payment, (body) => body.number("refunded", "amount") > 0)
  assert.deepStrictEqual(payment.at("refunded"), payment.at("captured"))
  assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
})
