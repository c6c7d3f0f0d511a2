/** Payments to try things with. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { uuid } from "./Samples.ts"
import { request, type Request } from "./TestService.ts"

export const eur = (amount: number) => ({ amount, currency: "EUR" })

/** The body of a request for a payment of an order of its own. */
export const payment = (body: object = {}) => ({
  orderId: `order_${uuid()}`,
  money: eur(500),
  token: "tok_visa",
  ...body
})

/** Asks for a payment. */
export const pay = (body: object = {}, options: Request = {}) =>
  request("POST", "/payments", { ...options, body: payment(body) })

/** A new payment that was taken, or is held with `capture: false`: its path. */
export const paid = Effect.fnUntraced(function* (body: object = {}) {
  const { headers, status, text } = yield* pay(body)
  assert.strictEqual(status, 201, text)
  return headers["location"] ?? assert.fail("no location")
})

/** Asks for something of the payment at a path. */
export const tell = (path: string, what: string, body: object = {}, options: Request = {}) =>
  request("POST", `${path}/${what}`, { ...options, body })
