import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { end, pathOf, receive, reserve, stocked } from "./InventorySamples.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { uuid } from "./Samples.ts"

describe("the lists of inventory", () => {
  layer(readyService(), { excludeTestServices: true })((it) => {
    it.effect("tell what there is of every product, the scarcest first, and what becomes of reservations", () =>
      Effect.gen(function* () {
        const [many, few] = [yield* stocked(100), yield* stocked(5)]
        const orderId = `order_${uuid()}`
        const occurredAt = "2099-05-01T00:00:00Z"
        const lines = [
          { productId: many, quantity: 10 },
          { productId: few, quantity: 5 }
        ]
        const held = yield* reserve(lines, { orderId, occurredAt, holdForSeconds: 60 })
        const first = lines.slice(0, 1)
        const released = yield* reserve(first, { orderId, occurredAt: "2024-04-01T00:00:00Z" })
        yield* end(pathOf(released), "release", { occurredAt })
        const other = yield* reserve(first, { occurredAt: "2024-03-01T00:00:00Z" })
        const last = yield* receive(many, 1)
        const headers = after(last)
        const [id, releasedId, otherId] = [held, released, other].map(({ body }) => body.text("reservationId"))

        const stock = yield* read("/inventory", headers)
        assert.deepStrictEqual(each(stock, "stock", "productId"), [few, many])
        assert.deepInclude(stock.at("stock", 0), { onHand: 5, available: 0, reserved: 5, received: 5, shipped: 0 })
        assert.deepInclude(stock.at("stock", 1), { onHand: 101, available: 81, reserved: 20, received: 101 })
        assert.deepInclude(stock.value, { total: 2, upToDate: true })
        const empty = yield* read("/inventory?availableAtMost=0", headers)
        assert.deepStrictEqual([each(empty, "stock", "productId"), empty.at("total")], [[few], 1])
        const page = yield* read("/inventory?limit=1", headers)
        const rest = yield* read(`/inventory?limit=1&cursor=${page.text("nextCursor")}`, headers)
        assert.deepStrictEqual([each(rest, "stock", "productId"), rest.at("nextCursor")], [[many], undefined])

        for (const [query, wanted] of [
          ["", [id, releasedId, otherId]],
          [`orderId=${orderId}`, [id, releasedId]],
          ["status=held", [id, otherId]],
          [`status=released&orderId=${orderId}`, [releasedId]],
          ["overdueAt=2099-05-01T00:01:00Z", [id]],
          ["overdueAt=2099-05-01T00:00:59Z", []]
        ] as const) {
          const found = yield* read(`/reservations?${query}`, headers)
          assert.deepStrictEqual(
            [each(found, "reservations", "reservationId"), found.at("total")],
            [wanted, wanted.length]
          )
        }
        const { value } = yield* read(`/reservations?orderId=${orderId}&limit=1`, headers)
        assert.deepInclude(value, {
          reservations: [
            {
              reservationId: id,
              status: "held",
              orderId,
              lines,
              madeAt: "2099-05-01T00:00:00.000Z",
              expiresAt: "2099-05-01T00:01:00.000Z"
            }
          ]
        })
      })
    )
  })
})
