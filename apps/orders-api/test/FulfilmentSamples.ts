/** Orders that are fulfilled by themselves, to try things with. */
import { assert } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { stocked } from "./InventorySamples.ts"
import { draft, mug, shippingAddress } from "./Samples.ts"
import { type Answer, request } from "./TestService.ts"

/** Places an order of two pieces of a product of its own, of which there are so many, and answers what is known of it. */
export const placed = Effect.fnUntraced(function* (
  options: { readonly stock?: number; readonly token?: string; readonly country?: string } = {}
) {
  const { country = "Netherlands", stock = 10, token = "tok_visa" } = options
  const productId = yield* stocked(stock)
  const { path } = yield* draft({ items: [{ ...mug, productId }] })
  const body = { shippingAddress: { ...shippingAddress, country }, paymentToken: token }
  const answer = yield* request("POST", `${path}/place`, { body })
  assert.strictEqual(answer.status, 200, answer.text)
  const uuid = path.slice(-36)
  return {
    path,
    productId,
    saga: `/sagas/order_${uuid}`,
    shipment: `/shipments/shipment_${uuid}`,
    payment: `/payments/payment_${uuid}`,
    reservation: `/reservations/reservation_${uuid}`
  }
})

/** An order that was placed. */
export type Placed = Effect.Success<ReturnType<typeof placed>>

const patience = Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "20 seconds" }))

/** Asks until what is at a path has a status, for 20 seconds at most. */
export const reaches = Effect.fnUntraced(function* (path: string, status: string) {
  const answer: Answer = yield* Effect.repeat(request("GET", path), {
    schedule: patience,
    until: ({ body }) => body.at("status") === status
  })
  assert.strictEqual(answer.body.at("status"), status, `${path}: ${answer.text}`)
  return answer.body
})
