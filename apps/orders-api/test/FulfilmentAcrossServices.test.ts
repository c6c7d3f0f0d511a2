/** Orders that are fulfilled by five services with a store each: the same ends as in one, with a coordinator and with none. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { five } from "../src/services/InOneProgram.ts"
import * as Ends from "./FulfilmentEnds.ts"
import { placed, reaches } from "./FulfilmentSamples.ts"
import { layer as services } from "./HostedServices.ts"
import { counts } from "./InventorySamples.ts"
import { read, until } from "./Reading.ts"
import { tell } from "./ShipmentSamples.ts"

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

      it.effect("is cancelled when there is too little in stock, and nobody pays", () => Ends.shortOfStock)

      it.effect("is cancelled when the card is declined, and its stock is available again", () => Ends.declined)

      it.effect("that its customer cancels before it leaves is undone in every service", () => Ends.cancelledInTime)
    })
  })
}
