/** What an order costs over HTTP: by the catalogue and its rules when it is placed, or as an operator gives it. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { eur, listed, newProduct, newRule, promotion } from "./CatalogSamples.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { bodies, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 } as const
const asCustomer = { "x-role": "customer" }

const drafted = Effect.fnUntraced(function* (
  items: ReadonlyArray<object>,
  headers: Record<string, string> = asCustomer
) {
  const body = { customerId: uuid(), currency: "EUR", items }
  const answer = yield* request("POST", "/orders", { body, headers })
  return { answer, path: `/orders/${answer.status === 201 ? answer.body.text("orderId") : "none"}` }
})
const place = (path: string, headers: Record<string, string> = {}) =>
  request("POST", `${path}/place`, { body: bodies.place, headers })
const reprice = (productId: string, cents: number) =>
  request("PUT", `/products/${productId}/price`, { body: { price: eur(cents) } })
const rule = (path: string, body: object) => request("PUT", path, { body })

const places = [
  ["in memory", readyService()],
  ...LongTests.databases.map(([where, ports]) => [where, readyService({ ports })] as const)
] as const

for (const [where, service] of places) {
  describe(`the price of an order, ${where}`, () => {
    layer(
      service,
      live
    )((it) => {
      it.effect("is that of the catalogue when it is placed, whatever it was when it was drafted", () =>
        Effect.gen(function* () {
          const productId = yield* listed(1000, "Teapot")
          const { answer, path } = yield* drafted([{ productId, quantity: 2 }])
          assert.deepStrictEqual(answer.body.at("total"), eur(2000))
          yield* reprice(productId, 1200)
          const placed = yield* place(path)
          assert.deepStrictEqual(placed.body.at("total"), eur(2400), placed.text)
          const order = yield* read(path)
          assert.deepInclude(order.all("lines")[0]?.value, {
            productName: "Teapot",
            unitPrice: eur(1200),
            total: eur(2400),
            madeBy: [{ rule: "catalogue" }]
          })
          yield* reprice(productId, 1)
          assert.deepStrictEqual((yield* read(path)).at("total"), eur(2400))
        })
      )

      it.effect("is less a promotion and a discount on its value, and all who read it agree", () =>
        Effect.gen(function* () {
          const [mug, pot] = [yield* listed(333), yield* listed(50_000)]
          const [promoted, valued] = [newRule(), newRule()]
          yield* rule(`/promotions/${promoted}`, promotion([mug], 1000, { minimumQuantity: 3 }))
          yield* rule(`/order-value-discounts/${valued}`, { name: "Large", atLeast: eur(50_000), discount: 500 })
          const { path } = yield* drafted([
            { productId: mug, quantity: 3 },
            { productId: pot, quantity: 1 }
          ])
          const placed = yield* place(path)
          // 999 less 99.9, which is 100, and 50,000: 50,899 less 5 %, which is 2,545, shared out: 45 and 2,500.
          assert.deepStrictEqual(placed.body.at("total"), eur(48_354), placed.text)
          const order = yield* read(path)
          assert.deepStrictEqual(
            [order.at("gross"), order.at("discount"), order.at("total")],
            [eur(50_999), eur(2_645), eur(48_354)]
          )
          assert.deepStrictEqual(each(order, "lines", "madeBy"), [
            [
              { rule: "catalogue" },
              { rule: "promotion", name: "Spring sale", off: eur(100) },
              { rule: "order-value", name: "Large", off: eur(45) }
            ],
            [{ rule: "catalogue" }, { rule: "order-value", name: "Large", off: eur(2_500) }]
          ])
          const details = yield* read(`${path}/details`, after(placed))
          assert.deepStrictEqual(details.at("total"), eur(48_354))
          assert.deepStrictEqual(each(details, "lines", "madeBy"), each(order, "lines", "madeBy"))
          const dashboard = yield* read(`/customers/${order.text("customerId")}/dashboard`, after(placed))
          assert.include(JSON.stringify(dashboard.value), "48354")
          yield* request("DELETE", `/promotions/${promoted}`)
          yield* request("DELETE", `/order-value-discounts/${valued}`)
          assert.deepStrictEqual((yield* read(path)).at("total"), eur(48_354))
        })
      )

      it.effect("is priced once more when the draft changes meanwhile, and placed with all that was in it", () =>
        Effect.gen(function* () {
          const productId = yield* listed(100)
          const { path } = yield* drafted([{ productId, quantity: 1 }])
          const add = request("POST", `${path}/items`, { body: { productId, quantity: 1 }, headers: asCustomer })
          const work = [add, add, place(path), add, add]
          const answers = yield* Effect.all(work, { concurrency: "unbounded" })
          const placed = answers[2]
          assert.strictEqual(placed?.status, 200, placed?.text)
          const order = yield* read(path)
          assert.deepStrictEqual(order.at("total"), placed?.body.at("total"))
          assert.strictEqual(Number(order.at("total", "amount")), 100 * Number(order.at("lines", 0, "quantity")))
        })
      )
    })
  })
}

describe("a price that is given", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("is refused to whoever is no operator, and names what gave it", () =>
      Effect.gen(function* () {
        const productId = yield* listed(1000)
        const dear = { productId, quantity: 1, unitPrice: eur(1), priceReason: "cheap" }
        for (const item of [dear, { productId, quantity: 1, discount: 9_000, priceReason: "cheap" }]) {
          const { answer } = yield* drafted([item])
          assert.deepStrictEqual(
            [answer.status, answer.body.at("type"), answer.body.at("field")],
            [403, "urn:eventfold:problem:price-not-theirs", "unitPrice or discount"]
          )
          assert.strictEqual(answer.body.at("productId"), productId)
        }
        const { path } = yield* drafted([{ productId, quantity: 1, discount: 0 }])
        const added = yield* request("POST", `${path}/items`, { body: dear, headers: asCustomer })
        assert.strictEqual(added.status, 403)
        assert.deepStrictEqual((yield* read(path)).at("total"), eur(1000))
        const role = yield* drafted([dear], { "x-role": "king" })
        assert.deepStrictEqual([role.answer.status, role.answer.body.at("errors", 0, "field")], [400, "x-role"])
      })
    )

    it.effect("needs a reason, which is kept; no rule takes anything off it", () =>
      Effect.gen(function* () {
        const [productId, ruleId] = [yield* listed(1000), newRule()]
        yield* rule(`/promotions/${ruleId}`, promotion([productId], 5000))
        const given = { productId, quantity: 2, unitPrice: eur(700) }
        const operator = { "x-role": "operator" }
        const bare = yield* drafted([given], operator)
        assert.deepStrictEqual(
          [bare.answer.status, bare.answer.body.at("errors", 0, "field")],
          [400, "priceReason"],
          bare.answer.text
        )
        const { path } = yield* drafted([{ ...given, priceReason: "as agreed" }], operator)
        const placed = yield* place(path)
        assert.deepStrictEqual(placed.body.at("total"), eur(1400), placed.text)
        assert.deepStrictEqual((yield* read(path)).at("lines", 0, "madeBy"), [{ rule: "given", reason: "as agreed" }])
      })
    )

    it.effect("may be that of a product the catalogue does not have, if it is named", () =>
      Effect.gen(function* () {
        const item = { productId: newProduct(), quantity: 1, unitPrice: eur(250), priceReason: "by hand" }
        const nameless = yield* drafted([item], {})
        const unknown = "urn:eventfold:problem:product-not-in-catalogue"
        assert.deepStrictEqual([nameless.answer.status, nameless.answer.body.at("type")], [409, unknown])
        const { path } = yield* drafted([{ ...item, productName: "Engraving" }], {})
        assert.strictEqual((yield* place(path)).status, 200)
        const { answer } = yield* drafted([{ productId: newProduct(), quantity: 1 }])
        assert.deepStrictEqual([answer.status, answer.body.at("type")], [409, unknown])
      })
    )
  })
})

describe("what cannot be priced", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("is not placed: a product that was discontinued, or a price in another currency", () =>
      Effect.gen(function* () {
        const productId = yield* listed(1000)
        const { path } = yield* drafted([{ productId, quantity: 1 }])
        yield* request("POST", `/products/${productId}/discontinue`)
        const gone = yield* place(path)
        assert.deepStrictEqual([gone.status, gone.body.at("refusal", "productId")], [409, productId])
        assert.strictEqual(gone.body.at("type"), "urn:eventfold:problem:product-discontinued")
        assert.strictEqual((yield* read(path)).at("status"), "draft")

        const other = yield* listed(1000)
        const order = yield* drafted([{ productId: other, quantity: 1 }])
        const body = { price: { amount: 1, currency: "USD" } }
        yield* request("PUT", `/products/${other}/price`, { body })
        const refused = yield* place(order.path)
        assert.strictEqual(refused.body.at("type"), "urn:eventfold:problem:price-currency-differs")
      })
    )

    it.effect("is placed once: a repetition is answered with the price of the first", () =>
      Effect.gen(function* () {
        const productId = yield* listed(1000)
        const { path } = yield* drafted([{ productId, quantity: 1 }])
        const once = { "idempotency-key": uuid() }
        const first = yield* place(path, once)
        yield* reprice(productId, 5)
        const again = yield* place(path, once)
        assert.deepStrictEqual([again.status, again.body.value], [first.status, first.body.value])
        assert.deepStrictEqual((yield* place(path)).body.at("total"), eur(1000))
      })
    )
  })
})
