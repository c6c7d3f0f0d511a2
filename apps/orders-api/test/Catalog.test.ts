/** The catalogue over HTTP: products and rules, kept as documents, with what happens to them told in the log. */
import { assert, describe, layer } from "@effect/vitest"
import { Listing } from "@eventfold/domain-catalog"
import { compareText } from "@eventfold/decider/RowValue"
import { Documents } from "@eventfold/documents"
import { EventStore } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, Stream } from "effect"
import { productStreamOf } from "../src/CatalogStreamIds.ts"
import { products } from "../src/catalog/CatalogDocuments.ts"
import { eur, list, listed, newProduct, newRule, promotion } from "./CatalogSamples.ts"
import { each, read, readyService } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 } as const
const places = [
  ["in memory", readyService()],
  ...LongTests.databases.map(([where, ports]) => [where, readyService({ ports })] as const)
] as const

/** What the log tells of a product. */
const toldOf = Effect.fnUntraced(function* (productId: string) {
  const store = yield* EventStore
  const events = yield* Stream.runCollect(
    store.read({ tenant: "main", category: Listing.Listing.category, id: productId })
  )
  return events.map(({ metadata, type }) => [type, metadata["actor"] ?? "nobody"])
})

for (const [where, service] of places) {
  describe(`the catalogue, ${where}`, () => {
    layer(
      service,
      live
    )((it) => {
      it.effect("lists a product, reprices and discontinues it, and tells so with who asked", () =>
        Effect.gen(function* () {
          const [productId, name] = [newProduct(), "Enamel mug"]
          const headers = { "x-actor": "ada" }
          const made = yield* list({ productId, name, price: eur(1250) }, headers)
          assert.deepStrictEqual([made.status, made.headers["location"]], [201, `/products/${productId}`])
          assert.deepStrictEqual(made.body.value, { productId, name, price: eur(1250), status: "sold", version: 1 })
          const path = `/products/${productId}`
          const repriced = yield* request("PUT", `${path}/price`, { body: { price: eur(1400) }, headers })
          assert.deepStrictEqual([repriced.status, repriced.headers["etag"]], [200, '"2"'])
          assert.strictEqual((yield* request("POST", `${path}/discontinue`)).status, 200)
          assert.deepInclude((yield* read(path)).value, { price: eur(1400), status: "discontinued", version: 3 })
          assert.deepStrictEqual(yield* toldOf(productId), [
            ["ProductListed", "ada"],
            ["ProductRepriced", "ada"],
            ["ProductDiscontinued", "nobody"]
          ])
          const audit = yield* read(`/audit?stream=product/${productId}&order=oldest`)
          assert.deepStrictEqual(
            each(audit, "entries", "type"),
            (yield* toldOf(productId)).map(([type]) => type)
          )
        })
      )

      it.effect("does once what is asked under one key, and only at the version that is expected", () =>
        Effect.gen(function* () {
          const productId = yield* listed(900)
          const path = `/products/${productId}/price`
          const once = { body: { price: eur(1) }, headers: { "idempotency-key": uuid() } }
          const answers = yield* Effect.forEach([1, 2, 3], () => request("PUT", path, once), { concurrency: 3 })
          assert.deepStrictEqual(
            answers.map(({ body }) => body.at("version")),
            [2, 2, 2]
          )
          const late = yield* request("PUT", path, { body: { price: eur(2) }, headers: { "if-match": '"1"' } })
          assert.deepStrictEqual([late.status, late.body.at("currentVersion")], [412, 2])
          const known = yield* request("GET", `/products/${productId}`, { headers: { "if-none-match": '"2"' } })
          assert.strictEqual(known.status, 304)
        })
      )

      it.effect("has the last of many prices that are given at the same moment, and tells all of them", () =>
        Effect.gen(function* () {
          const productId = yield* listed(1)
          const reprice = (cents: number) =>
            request("PUT", `/products/${productId}/price`, { body: { price: eur(cents) } })
          const answers = yield* Effect.forEach([10, 20, 30, 40, 50], reprice, { concurrency: "unbounded" })
          assert.deepStrictEqual(
            answers.map(({ body }) => Number(body.at("version"))).toSorted((a, b) => a - b),
            [2, 3, 4, 5, 6]
          )
          const last = answers.find(({ body }) => body.at("version") === 6)
          assert.deepStrictEqual((yield* read(`/products/${productId}`)).value, last?.body.value)
          assert.lengthOf(yield* toldOf(productId), 6)
        })
      )

      it.effect("pages through all products", () =>
        Effect.gen(function* () {
          const made = yield* Effect.forEach([1, 2, 3, 4, 5], (cents) => listed(cents))
          const found: Array<string> = []
          let path = "/products?limit=2"
          for (let page = 0; page < 50 && path !== ""; page += 1) {
            const body = yield* read(path)
            found.push(...body.all("products").map((product) => product.text("productId")))
            path = body.at("nextCursor") === undefined ? "" : `/products?limit=2&cursor=${body.text("nextCursor")}`
          }
          assert.deepStrictEqual(found, found.toSorted(compareText))
          assert.includeMembers(found, made)
          assert.lengthOf(new Set(found), found.length)
        })
      )

      it.effect("announces, changes and withdraws rules", () =>
        Effect.gen(function* () {
          const ruleId = newRule()
          const body = promotion([newProduct()], 1000)
          const announce = (body: object) => request("PUT", `/promotions/${ruleId}`, { body })
          assert.deepStrictEqual((yield* announce(body)).body.value, { ruleId, version: 1 })
          assert.deepStrictEqual((yield* announce(body)).body.value, { ruleId, version: 1 })
          assert.strictEqual((yield* announce({ ...body, minimumQuantity: 3 })).body.at("version"), 2)
          const shown = (yield* read("/promotions")).all("promotions").find((one) => one.at("ruleId") === ruleId)
          assert.deepStrictEqual(shown?.value, { ruleId, version: 2, promotion: { ...body, minimumQuantity: 3 } })
          assert.strictEqual((yield* request("DELETE", `/promotions/${ruleId}`)).body.at("version"), 3)
          const gone = yield* request("DELETE", `/promotions/${ruleId}`)
          assert.deepStrictEqual([gone.status, gone.body.at("type")], [404, "urn:eventfold:problem:rule-not-found"])
          assert.notInclude(each(yield* read("/promotions"), "promotions", "ruleId"), ruleId)
          assert.strictEqual((yield* announce(body)).body.at("version"), 4)

          const discount = { name: "Large order", atLeast: eur(100_000_000), discount: 500 }
          const discountPath = `/order-value-discounts/${ruleId}`
          assert.strictEqual((yield* request("PUT", discountPath, { body: discount })).body.at("version"), 1)
          const discounts = yield* read("/order-value-discounts")
          assert.deepInclude(discounts.at("discounts"), { ruleId, version: 1, discount })
          assert.strictEqual((yield* request("DELETE", discountPath)).status, 200)
          assert.strictEqual((yield* request("DELETE", `/promotions/${ruleId}`)).status, 200)
        })
      )

      it.effect("is made of the log where its documents are gone", () =>
        Effect.gen(function* () {
          const productId = yield* listed(700)
          const id = ProductId.fromUuid(productId.slice("product_".length))
          yield* request("PUT", `/products/${id}/price`, { body: { price: eur(800) } })
          const before = (yield* products.find("main", [id])).get(id)
          const documents = yield* Documents
          // As after an import: nothing is known of any document.
          const bare = { ...documents, list: () => Effect.succeed([]) }
          const put: Array<unknown> = []
          const forgetful = Documents.of({ ...bare, put: (change) => Effect.sync(() => void put.push(change)) })
          assert.isAbove(yield* Effect.provideService(products.restore("main"), Documents, forgetful), 0)
          const content = { productId: id, name: "Enamel mug", price: eur(800), status: "sold" }
          assert.deepInclude(put, {
            stream: productStreamOf("main", id),
            content,
            expected: 0,
            version: before?.version
          })
          assert.strictEqual(yield* products.restore("main"), 0)
        })
      )
    })
  })
}

describe("the catalogue", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("refuses with a problem that names the rule", () =>
      Effect.gen(function* () {
        const productId = yield* listed(1250)
        const typeOf = (answer: Effect.Success<ReturnType<typeof request>>) => [answer.status, answer.body.at("type")]
        const other = yield* list({ productId, name: "Enamel mug", price: eur(1) })
        assert.deepStrictEqual(typeOf(other), [409, "urn:eventfold:problem:product-already-listed"])
        assert.deepInclude(other.body.at("refusal"), { productId, differs: "price" })
        yield* request("POST", `/products/${productId}/discontinue`)
        const gone = yield* request("PUT", `/products/${productId}/price`, { body: { price: eur(1) } })
        assert.deepStrictEqual(typeOf(gone), [409, "urn:eventfold:problem:product-discontinued"])
        assert.strictEqual((yield* list({ productId, name: "Mug", price: eur(1) })).status, 201)
        const unknown = ["GET", "PUT"] as const
        for (const method of unknown) {
          const path = `/products/${newProduct()}${method === "PUT" ? "/price" : ""}`
          const answer = yield* request(method, path, method === "PUT" ? { body: { price: eur(1) } } : {})
          assert.deepStrictEqual(typeOf(answer), [404, "urn:eventfold:problem:product-not-found"])
        }
      })
    )

    it.effect("names every field that is wrong", () =>
      Effect.gen(function* () {
        const fieldsOf = (answer: Effect.Success<ReturnType<typeof request>>) => each(answer.body, "errors", "field")
        const product = yield* list({ name: " ", price: { amount: -1, currency: "EUR" } })
        assert.deepStrictEqual(fieldsOf(product), ["name", "price.amount"])
        const rule = yield* request("PUT", "/promotions/spring", {
          body: promotion([newProduct()], 20_000, { from: "2030-01-01T00:00:00Z" })
        })
        assert.deepStrictEqual(fieldsOf(rule), ["discount"])
        const backwards = promotion([newProduct()], 1000, { from: "2200-01-01T00:00:00Z" })
        assert.deepStrictEqual(fieldsOf(yield* request("PUT", "/promotions/spring", { body: backwards })), ["until"])
        assert.deepStrictEqual(fieldsOf(yield* request("PUT", "/promotions/Spring", { body: backwards })).slice(0, 1), [
          "ruleId"
        ])
      })
    )

    it.effect("has room for 200 promotions, and says so", () =>
      Effect.gen(function* () {
        const there = (yield* read("/promotions")).all("promotions").length
        const body = promotion([newProduct()], 1000, { until: "2020-02-01T00:00:00.000Z" })
        yield* Effect.forEach(Array.from({ length: 200 - there }, newRule), (ruleId) =>
          request("PUT", `/promotions/${ruleId}`, { body })
        )
        const more = yield* request("PUT", "/promotions/one-more", { body })
        assert.deepStrictEqual([more.status, more.body.at("type")], [409, "urn:eventfold:problem:too-many-rules"])
        assert.lengthOf((yield* read("/promotions")).all("promotions"), 200)
        assert.strictEqual((yield* request("DELETE", "/promotions/one-more")).status, 404)
      })
    )
  })
})
