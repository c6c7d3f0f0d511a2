/** Orders that are fulfilled by themselves: the same ends with a coordinator and with none. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Ends from "./FulfilmentEnds.ts"
import { placed, reaches } from "./FulfilmentSamples.ts"
import { counts } from "./InventorySamples.ts"
import type { Json } from "./Json.ts"
import { each, read, readyService, until } from "./Reading.ts"
import { bodies, orderThrough, uuid } from "./Samples.ts"
import { tell } from "./ShipmentSamples.ts"
import { request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

/** Whether somebody who looks at the fulfilment of an order sees that something is to be decided. */
const asksAPerson = (body: Json) =>
  each(body, "sagas", "status").includes("parked") ||
  body.all("processes").some((found) => found.at("manager") === "payment" && found.at("phase") === "disputed")

for (const fulfilment of ["orchestrated", "choreographed"] as const) {
  describe(`an order that is placed with a card, ${fulfilment}`, () => {
    layer(
      readyService({ settings: { fulfilment } }),
      live
    )((it) => {
      it.effect("has its stock, its payment and its shipment, and is delivered", () =>
        Effect.gen(function* () {
          const order = yield* placed()
          yield* reaches(order.shipment, "requested")
          yield* reaches(order.path, "approved")
          assert.strictEqual((yield* read(order.payment)).at("status"), "captured")
          assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 2, shipped: 0 })
          yield* tell(order.shipment, "pack")
          yield* tell(order.shipment, "dispatch")
          const shipped = yield* reaches(order.path, "shipped")
          assert.strictEqual(shipped.at("shipment", "trackingNumber"), "3SABCD1234567")
          yield* reaches(order.reservation, "committed")
          yield* tell(order.shipment, "deliver")
          const delivered = yield* reaches(order.path, "delivered")
          assert.strictEqual(delivered.at("signedBy"), "Zebedee Incomparable")
          assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 0, shipped: 2 })
        })
      )

      it.effect("is cancelled when there is too little in stock, and nobody pays", () => Ends.shortOfStock)

      it.effect("is cancelled when the card is declined, and its stock is available again", () =>
        Effect.gen(function* () {
          const order = yield* Ends.declined
          yield* until(`${order.path}/fulfilment`, (body) =>
            [...each(body, "sagas", "status"), ...each(body, "processes", "status")].every(
              (status) => status === "compensated" || status === "ended"
            )
          )
          const late = yield* request("POST", "/payments", {
            body: {
              orderId: order.path.slice("/orders/".length),
              money: { amount: 2500, currency: "EUR" },
              token: "tok_visa",
              attempt: 9
            }
          })
          assert.strictEqual(late.status, 409, late.text)
          assert.include(late.text, "payment-is-void")
        })
      )

      it.effect("is paid with a card that is declined once: it is asked again", () =>
        Effect.gen(function* () {
          const order = yield* placed({ token: "tok_declined_once" })
          yield* reaches(order.path, "approved")
          yield* reaches(order.shipment, "requested")
          assert.strictEqual((yield* read(order.payment)).at("status"), "captured")
        })
      )

      it.effect("is cancelled when nobody goes there: the money is given back, the stock available again", () =>
        Effect.gen(function* () {
          const order = yield* placed({ country: "Antarctica" })
          yield* reaches(order.path, "cancelled")
          yield* reaches(order.reservation, "released")
          const payment = yield* until(order.payment, (body) => body.number("refunded", "amount") > 0)
          assert.deepStrictEqual(payment.at("refunded"), payment.at("captured"))
          assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
        })
      )

      it.effect("that its customer cancels before it leaves is undone", () => Ends.cancelledInTime)

      it.effect("that is cancelled at the moment it leaves keeps stock and money right, and a person can see it", () =>
        Effect.gen(function* () {
          for (let round = 0; round < 4; round += 1) {
            const order = yield* placed()
            yield* reaches(order.shipment, "requested")
            yield* reaches(order.path, "approved")
            yield* tell(order.shipment, "pack")
            const leave = tell(order.shipment, "dispatch")
            const cancel = request("POST", `${order.path}/cancel`, { body: bodies.cancel })
            // One or the other is a little ahead, or neither.
            const both = round % 2 === 0 ? [leave, cancel] : [cancel, leave]
            yield* Effect.all(both, { concurrency: 2 })
            const shipment = yield* read(order.shipment)
            const isCancelled = (yield* read(order.path)).at("status") === "cancelled"
            if (shipment.at("status") !== "dispatched") {
              yield* reaches(order.reservation, "released")
              const payment = yield* until(order.payment, (body) => body.number("refunded", "amount") > 0)
              assert.deepStrictEqual(payment.at("refunded"), payment.at("captured"))
              continue
            }
            yield* reaches(order.reservation, "committed")
            assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 0, shipped: 2 })
            if (isCancelled) {
              const told = yield* until(`${order.path}/fulfilment`, asksAPerson)
              assert.isTrue(asksAPerson(told), JSON.stringify(told.value))
            } else {
              yield* reaches(order.path, "shipped")
            }
            assert.strictEqual((yield* read(order.payment)).number("refunded", "amount"), 0)
          }
        })
      )

      it.effect("and one that names no card is left to people", () =>
        Effect.gen(function* () {
          const path = yield* orderThrough("place", "approve", "ship", "deliver")
          assert.strictEqual((yield* read(path)).at("status"), "delivered")
          assert.deepStrictEqual((yield* read(`${path}/fulfilment`)).at("sagas"), [])
          assert.strictEqual((yield* request("GET", `/reservations/${path.slice(-36)}`)).status, 404)
        })
      )
    })
  })
}

describe("who looks after fulfilment", () => {
  layer(
    readyService({ settings: { fulfilment: "orchestrated" } }),
    live
  )((it) => {
    it.effect("sees a saga with its steps, in lists and of its order, and how many there are", () =>
      Effect.gen(function* () {
        const order = yield* placed()
        const saga = yield* reaches(order.saga, "completed")
        assert.deepStrictEqual(each(saga, "steps", "step"), [
          "reserve-stock",
          "take-payment",
          "approve-order",
          "request-shipment",
          "tell-customer"
        ])
        assert.deepInclude(saga.value, { saga: "order-fulfilment", next: "nothing: it is completed" })
        assert.deepStrictEqual(
          saga.all("steps").map((step) => step.at("compensation", "status")),
          ["not-needed", "not-needed", "not-needed", "not-needed", undefined]
        )
        const refused = yield* placed({ stock: 0 + 1 })
        yield* reaches(refused.saga, "compensated")
        const listed = yield* until("/sagas?state=compensated", (body) => body.at("total") === 1)
        assert.deepStrictEqual(each(listed, "sagas", "sagaId"), [refused.saga.slice("/sagas/".length)])
        const statistics = yield* until("/sagas/statistics", (body) => body.at("completed") === 1)
        assert.deepInclude(statistics.value, { compensated: 1, parked: 0, failed: 1, completionRate: 0.5 })
        const ofOrder = yield* until(`${order.path}/fulfilment`, (body) => body.all("processes").length === 1)
        assert.deepStrictEqual(each(ofOrder, "sagas", "status"), ["completed"])
        assert.deepInclude(ofOrder.at("processes", 0), { manager: "shipping", status: "running" })
        assert.strictEqual((yield* request("GET", `/orders/${uuid()}/fulfilment`)).status, 404)
        const id = order.saga.slice("/sagas/".length)
        for (const spelling of [id.slice("order_".length), id.toUpperCase(), id.slice(-36).toUpperCase()]) {
          assert.strictEqual((yield* read(`/sagas/${spelling}`)).at("sagaId"), id)
        }
        const undoing = yield* request("GET", `/sagas/cancelled-${id.slice(-36).toUpperCase()}`)
        assert.deepStrictEqual([undoing.status, undoing.body.at("sagaId")], [404, `cancelled-${id}`])
        assert.match(undoing.body.text("detail"), /GET \/sagas lists them/u)
      })
    )

    it.effect("can end nothing that has ended, or never was, and is told why", () =>
      Effect.gen(function* () {
        const order = yield* placed()
        yield* reaches(order.saga, "completed")
        const body = { reason: "to see it" }
        const abandoned = yield* request("POST", `${order.saga}/abandon`, { body })
        assert.strictEqual(abandoned.status, 409)
        assert.deepInclude(abandoned.body.value, {
          type: "urn:eventfold:problem:saga-not-possible",
          reason: "SagaEnded"
        })
        for (const what of ["retry", "abandon"]) {
          assert.strictEqual((yield* request("POST", `/sagas/nobody/${what}`, { body })).status, 404)
        }
        const skipped = yield* request("POST", "/sagas/nobody/skip", { body: { ...body, step: "take-payment" } })
        assert.strictEqual(skipped.status, 404)
        assert.strictEqual((yield* request("GET", "/sagas/nobody")).status, 404)
      })
    )

    it.effect("hears of timers and of the health of sagas", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* read("/timers?manager=shipping")).value, { timers: [] })
        const health = yield* read("/health")
        assert.strictEqual(health.at("components", "sagas", "status"), "up")
        const { log } = yield* TestService
        assert.isFalse(log.some((line) => line.includes("Oudegracht")))
      })
    )
  })
})
