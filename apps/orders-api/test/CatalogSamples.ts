/** Products and rules to try things with. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { uuid } from "./Samples.ts"
import { request } from "./TestService.ts"

/** An amount in EUR. */
export const eur = (amount: number) => ({ amount, currency: "EUR" })

/** A product nobody has used. */
export const newProduct = () => `product_${uuid()}`

/** The id of a rule nobody has used. */
export const newRule = () => `rule-${uuid()}`

/** Lets a product be bought. */
export const list = (body: object, headers: Record<string, string> = {}) =>
  request("POST", "/products", { body, headers })

/** A new product of the catalogue at a price in cents. */
export const listed = Effect.fnUntraced(function* (cents: number, name: string = "Enamel mug") {
  const productId = newProduct()
  const answer = yield* list({ productId, name, price: eur(cents) })
  assert.strictEqual(answer.status, 201, answer.text)
  return productId
})

/** A promotion of products, now and for years. */
export const promotion = (products: ReadonlyArray<string>, discount: number, other: object = {}) => ({
  name: "Spring sale",
  products,
  minimumQuantity: 1,
  discount,
  from: "2020-01-01T00:00:00.000Z",
  until: "2100-01-01T00:00:00.000Z",
  ...other
})
