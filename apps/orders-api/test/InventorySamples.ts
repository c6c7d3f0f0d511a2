/** Stock and reservations to try things with. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { uuid } from "./Samples.ts"
import { type Answer, request } from "./TestService.ts"

/** So many pieces of a product. */
export interface Line {
  readonly productId: string
  readonly quantity: number
}

/** A product nobody has used. */
export const newProduct = () => `product_${uuid()}`

/** Takes pieces in. */
export const receive = (productId: string, quantity: number, headers: Record<string, string> = {}) =>
  request("POST", `/inventory/${productId}/receipts`, { body: { quantity }, headers })

/** A new product of which so many pieces have come in. */
export const stocked = Effect.fnUntraced(function* (quantity: number) {
  const productId = newProduct()
  assert.strictEqual((yield* receive(productId, quantity)).status, 200)
  return productId
})

/** Reserves for a new order. */
export const reserve = (lines: ReadonlyArray<Line>, body: object = {}, headers: Record<string, string> = {}) =>
  request("POST", "/reservations", { body: { orderId: `order_${uuid()}`, lines, ...body }, headers })

/** The path of what was reserved. */
export const pathOf = ({ headers }: Answer) => headers["location"] ?? assert.fail("nothing was reserved")

/** Releases, commits or ends a reservation. */
export const end = (path: string, how: "release" | "commit" | "expire", body: object = {}) =>
  request("POST", `${path}/${how}`, { body })

/** What is counted of a product. */
export const counts = Effect.fnUntraced(function* (productId: string) {
  const { body, status } = yield* request("GET", `/inventory/${productId}`)
  assert.strictEqual(status, 200)
  const [available, reserved] = [body.number("available"), body.number("reserved")]
  const [received, adjusted, shipped] = [body.number("received"), body.number("adjusted"), body.number("shipped")]
  assert.strictEqual(received + adjusted, available + reserved + shipped)
  assert.strictEqual(body.number("onHand"), available + reserved)
  return { available, reserved, received, adjusted, shipped }
})
