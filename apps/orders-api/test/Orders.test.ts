import { assert, describe, layer } from "@effect/vitest"
import { Effect, Struct } from "effect"
import { bodies, draft, mug, orderThrough, shippingAddress, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

describe("orders over HTTP", () => {
  layer(
    TestService.layer(),
    live
  )((it) => {
    it.effect("drafts an order with items and says where it is", () =>
      Effect.gen(function* () {
        const orderId = `order_${uuid()}`
        const { answer } = yield* draft({ orderId, items: [{ ...mug, discount: 1000 }] })
        assert.strictEqual(answer.status, 201)
        assert.deepStrictEqual(answer.body.value, {
          orderId,
          status: "draft",
          version: 2,
          total: { amount: 2250, currency: "EUR" }
        })
        assert.strictEqual(answer.headers["location"], `/orders/${orderId}`)
        assert.strictEqual(answer.headers["etag"], '"2"')
      })
    )

    it.effect("takes a bare UUID in any case and answers the one canonical id", () =>
      Effect.gen(function* () {
        const id = uuid()
        yield* draft({ orderId: id.toUpperCase() })
        const answer = yield* request("GET", `/orders/${id}`)
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.body.at("orderId"), `order_${id}`)
      })
    )

    it.effect("adds, changes and removes items of a draft", () =>
      Effect.gen(function* () {
        const { path } = yield* draft({ items: [] })
        const item = `${path}/items/${mug.productId}`
        const added = yield* request("POST", `${path}/items`, { body: mug })
        assert.deepStrictEqual([added.status, added.body.at("total", "amount")], [200, 2500])
        const changed = yield* request("PUT", item, { body: { quantity: 3 } })
        assert.deepStrictEqual([changed.status, changed.body.at("total", "amount")], [200, 3750])
        const removed = yield* request("DELETE", `${item}?occurredAt=2024-05-17T09:30:00Z`)
        assert.deepStrictEqual(
          [removed.status, removed.body.at("total", "amount"), removed.body.at("version")],
          [200, 0, 4]
        )
        const history = yield* request("GET", `${path}/events`)
        assert.strictEqual(history.body.at("events", 3, "occurredAt"), "2024-05-17T09:30:00.000Z")
      })
    )

    it.effect("takes an order from draft to delivery, and tells it with lines, totals and a timeline", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place", "approve")
        const shipped = yield* request("POST", `${path}/ship`, {
          body: { ...bodies.ship, occurredAt: "2024-05-18T08:00:00+02:00", estimatedDelivery: "2024-05-20" }
        })
        assert.strictEqual(shipped.body.at("status"), "shipped")
        const delivered = yield* request("POST", `${path}/deliver`, { body: bodies.deliver })
        assert.strictEqual(delivered.body.at("status"), "delivered")
        const { body, headers } = yield* request("GET", path)
        assert.strictEqual(headers["etag"], '"6"')
        assert.deepInclude(body.value, {
          status: "delivered",
          version: 6,
          currency: "EUR",
          lines: [
            {
              ...Struct.omit(mug, ["priceReason"]),
              discount: 0,
              total: { amount: 2500, currency: "EUR" },
              madeBy: [{ rule: "given", reason: mug.priceReason }]
            }
          ],
          total: { amount: 2500, currency: "EUR" },
          shippingAddress,
          approvedBy: "M. de Vries",
          shipment: { ...bodies.ship, estimatedDelivery: "2024-05-20T00:00:00.000Z" },
          signedBy: "Ada Jansen"
        })
        assert.deepStrictEqual(
          body.all("timeline").map((milestone) => [milestone.at("status"), milestone.at("version")]),
          [
            ["draft", 1],
            ["placed", 3],
            ["approved", 4],
            ["shipped", 5],
            ["delivered", 6]
          ]
        )
        assert.strictEqual(body.at("timeline", 3, "occurredAt"), "2024-05-18T06:00:00.000Z")
      })
    )

    it.effect("cancels an order and tells why", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place")
        const cancelled = yield* request("POST", `${path}/cancel`, { body: bodies.cancel })
        assert.deepStrictEqual([cancelled.status, cancelled.body.at("status")], [200, "cancelled"])
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual(body.at("cancellation"), { ...bodies.cancel, refundDue: false })
      })
    )

    it.effect("tells the history readably, page by page", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place", "approve", "ship", "deliver")
        const whole = yield* request("GET", `${path}/events`)
        assert.deepStrictEqual(
          whole.body.all("events").map((event) => [event.at("version"), event.at("type"), event.at("summary")]),
          [
            [1, "OrderDrafted", "Drafted in EUR"],
            [2, "ItemAdded", "Added 2 × Enamel mug at 12.50 EUR; total 25.00 EUR"],
            [3, "OrderPlaced", "Placed with 1 line for 25.00 EUR"],
            [4, "OrderApproved", "Approved by M. de Vries"],
            [5, "OrderShipped", "Shipped with PostNL, tracking number 3SABCD1234567"],
            [6, "OrderDelivered", "Delivered, signed for by Ada Jansen"]
          ]
        )
        assert.deepInclude(whole.body.at("events", 3, "data"), { approvedBy: "M. de Vries" })
        assert.isUndefined(whole.body.at("nextAfter"))
        const first = yield* request("GET", `${path}/events?limit=4`)
        const second = yield* request("GET", `${path}/events?limit=4&after=${first.body.number("nextAfter")}`)
        assert.deepStrictEqual(
          [...first.body.all("events"), ...second.body.all("events")].map(({ value }) => value),
          whole.body.at("events")
        )
        assert.isUndefined(second.body.at("nextAfter"))
      })
    )

    it.effect("answers 404 for an order nobody has drafted, whatever is asked of it", () =>
      Effect.gen(function* () {
        const orderId = `order_${uuid()}`
        const path = `/orders/${orderId}`
        const answers = yield* Effect.all([
          request("GET", path),
          request("GET", `${path}/events`),
          request("POST", `${path}/items`, { body: mug }),
          request("PUT", `${path}/items/${mug.productId}`, { body: { quantity: 1 } }),
          request("DELETE", `${path}/items/${mug.productId}`),
          ...Object.entries(bodies).map(([step, body]) => request("POST", `${path}/${step}`, { body }))
        ])
        for (const { body, headers, status } of answers) {
          assert.strictEqual(status, 404)
          assert.strictEqual(headers["content-type"], "application/problem+json")
          assert.deepInclude(body.value, { type: "urn:eventfold:problem:order-not-found", status: 404, orderId })
        }
      })
    )

    it.effect("answers 404 for an item the order does not have", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const productId = `product_${uuid()}`
        const { body, status } = yield* request("DELETE", `${path}/items/${productId}`)
        assert.strictEqual(status, 404)
        assert.deepInclude(body.value, { type: "urn:eventfold:problem:item-not-found", productId })
      })
    )

    it.effect("refuses an illegal move with 409, its reason and where the order stands", () =>
      Effect.gen(function* () {
        const placed = yield* orderThrough("place")
        const tooEarly = yield* request("POST", `${placed}/ship`, { body: bodies.ship })
        assert.strictEqual(tooEarly.status, 409)
        assert.strictEqual(tooEarly.headers["content-type"], "application/problem+json")
        assert.deepInclude(tooEarly.body.value, {
          type: "urn:eventfold:problem:order-not-approved",
          title: "Order not approved",
          status: 409,
          orderStatus: "placed"
        })
        assert.strictEqual(tooEarly.body.at("refusal", "_tag"), "OrderNotApproved")
        const delivered = yield* orderThrough("place", "approve", "ship", "deliver")
        const tooLate = yield* request("POST", `${delivered}/cancel`, { body: bodies.cancel })
        assert.deepInclude(tooLate.body.value, { status: 409, orderStatus: "delivered" })
        assert.deepInclude(tooLate.body.at("refusal"), { _tag: "OrderAlreadyDelivered", status: "delivered" })
        const changed = yield* request("POST", `${delivered}/items`, { body: mug })
        assert.deepInclude(changed.body.value, {
          type: "urn:eventfold:problem:order-not-draft",
          orderStatus: "delivered"
        })
      })
    )

    it.effect("records nothing for what is so already", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place", "approve")
        const again = yield* request("POST", `${path}/approve`, { body: bodies.approve })
        assert.deepStrictEqual([again.status, again.body.at("version")], [200, 4])
      })
    )

    it.effect("answers HEAD like GET, without a body", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough()
        const { headers, status, text } = yield* request("HEAD", path)
        assert.deepStrictEqual([status, text, headers["etag"]], [200, "", '"2"'])
      })
    )
  })
})
