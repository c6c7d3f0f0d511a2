/** Orders that are fulfilled by five services with a store each: the same ends as in one, with a coordinator and with none. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { five } from "../src/services/InOneProgram.ts"
import { placed, reaches } from "./FulfilmentSamples.ts"
import { layer as services } from "./HostedServices.ts"
import { counts } from "./InventorySamples.ts"
import { read, until } from "./Reading.ts"
import { bodies } from "./Samples.ts"
import { tell } from "./ShipmentSamples.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

for (const fulfilment of ["orchestrated", "choreographed"] as const) {
  describe(`an order that is placed with a card at five services, ${fulfilment}`, () => {
    layer(
      services(five, { fulfilment }),
      live
    )((it) => {
      it.effect("has its stock, its payment and its shipment, is delivered, and is invoiced", () =>
        Effect.gen(function* () {
          const order = yield* placed()
          yield* reaches(order.shipment, "requested")
          yield* reaches(order.path, "approved")
          assert.strictEqual((yield* read(order.payment)).at("status"), "captured")
          assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 2, shipped: 0 })
          yield* tell(order.shipment, "pack")
          yield* tell(order.shipment, "dispatch")
          yield* reaches(order.path, "shipped")
          yield* reaches(order.reservation, "committed")
          yield* tell(order.shipment, "deliver")
          yield* reaches(order.path, "delivered")
          assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 0, shipped: 2 })
          yield* until(`/invoices/invoice_${order.path.slice(-36)}`, (body) => body.at("status") === "paid")
        })
      )

      it.effect("is cancelled when there is too little in stock, and nobody pays", () =>
        Effect.gen(function* () {
          const order = yield* placed({ stock: 1 })
          yield* reaches(order.path, "cancelled")
          const { body, status } = yield* request("GET", order.payment)
          if (status === 200) assert.include(["barred", "voided"], body.at("status"))
          assert.deepInclude(yield* counts(order.productId), { available: 1, reserved: 0 })
        })
      )

      it.effect("is cancelled when the card is declined, and its stock is available again", () =>
        Effect.gen(function* () {
          const order = yield* placed({ token: "tok_insufficient_funds" })
          yield* reaches(order.path, "cancelled")
          yield* reaches(order.reservation, "released")
          assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
        })
      )

      it.effect("that its customer cancels before it leaves is undone in every service", () =>
        Effect.gen(function* () {
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
      )
    })
  })
}
