import { assert, describe, it, layer } from "@effect/vitest"
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, type Layer } from "effect"
import * as Service from "../src/Service.ts"
import * as StockForecast from "../src/queries/StockForecast.ts"
import * as LongTests from "./LongTests.ts"
import { newProduct, receive, reserve, stocked } from "./InventorySamples.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { bodies, draft, mug, shippingAddress } from "./Samples.ts"
import { type Answer, request } from "./TestService.ts"

describe("the forecast of a product", () => {
  const productId = ProductId.make(newProduct())
  const of = (available: number, sold: number) =>
    StockForecast.of({ productId, onHand: available + 3, available, reserved: 3 }, sold)

  it("tells for how many whole days what is available lasts, at the rate of the last 28", () => {
    assert.deepInclude(of(10, 28), { onHand: 13, sold: 28, soldPerDay: 1, daysLeft: 10 })
    assert.deepInclude(of(10, 100), { soldPerDay: 3.57, daysLeft: 2 })
    assert.deepInclude(of(10, 1), { soldPerDay: 0.04, daysLeft: 280 })
    assert.deepInclude(of(0, 5), { daysLeft: 0 })
  })

  it("has no end where nothing was sold", () => {
    assert.deepInclude(of(10, 0), { sold: 0, soldPerDay: 0 })
    assert.notProperty(of(10, 0), "daysLeft")
  })

  it("counts 28 days, the last one among them, across months and leap years", () => {
    assert.strictEqual(StockForecast.firstDay("2024-05-28"), "2024-05-01")
    assert.strictEqual(StockForecast.firstDay("2024-03-01"), "2024-02-03")
    assert.strictEqual(StockForecast.firstDay("2023-03-01"), "2023-02-02")
  })
})

/** Places an order of one product on a day. */
const sold = Effect.fnUntraced(function* (productId: string, quantity: number, occurredAt: string) {
  const { path } = yield* draft({ items: [{ ...mug, productId, quantity }] })
  const body = { shippingAddress, occurredAt }
  const placed = yield* request("POST", `${path}/place`, { body })
  assert.strictEqual(placed.status, 200, placed.text)
  return path
})

const forecast = (query: string, command: Answer) => read(`/inventory/forecast?${query}`, after(command))

const suite = <E>(where: string, ports: Layer.Layer<Service.Ports, E>) =>
  describe(`forecasts of stock, ${where}`, () => {
    layer(readyService({ ports }), { excludeTestServices: true, timeout: 300_000 })((it) => {
      it.effect("are of what is in stock, the scarcest first, and of what was sold in the 28 days", () =>
        Effect.gen(function* () {
          const [tea, mugs] = [yield* stocked(56), yield* stocked(500)]
          yield* sold(tea, 100, "2024-05-03T23:59:59.999Z")
          yield* sold(tea, 10, "2024-05-04T00:00:00Z")
          yield* sold(tea, 18, "2024-05-31T23:59:59.999Z")
          yield* sold(tea, 50, "2024-06-01T00:00:00Z")
          const cancelled = yield* sold(tea, 7, "2024-05-20T00:00:00Z")
          yield* request("POST", `${cancelled}/cancel`, { body: bodies.cancel })
          yield* reserve([{ productId: tea, quantity: 14 }])
          // What was sold and never came in is not in stock.
          yield* sold(newProduct(), 1, "2024-05-20T00:00:00Z")
          const last = yield* receive(mugs, 1)

          const page = yield* forecast("day=2024-05-31", last)
          assert.deepStrictEqual(page.value, {
            forecasts: [
              { productId: tea, onHand: 56, available: 42, reserved: 14, sold: 28, soldPerDay: 1, daysLeft: 42 },
              { productId: mugs, onHand: 501, available: 501, reserved: 0, sold: 0, soldPerDay: 0 }
            ],
            day: "2024-05-31",
            total: 2,
            upToDate: true
          })
          assert.deepStrictEqual(
            each(yield* forecast(`day=2024-06-01&productId=${tea}`, last), "forecasts", "sold"),
            [68]
          )
          // Nothing was sold in the 28 days that end today.
          assert.deepStrictEqual(each(yield* forecast("", last), "forecasts", "sold"), [0, 0])
          const first = yield* forecast("limit=1", last)
          const rest = yield* forecast(`limit=1&cursor=${first.text("nextCursor")}`, last)
          assert.deepStrictEqual(each(rest, "forecasts", "productId"), [mugs])
        })
      )

      it.effect("tell every wrong field at once", () =>
        Effect.gen(function* () {
          const { body, status } = yield* request("GET", "/inventory/forecast?day=today&limit=36&productId=7&by=x")
          assert.strictEqual(status, 400)
          const fields = body.all("errors").map((error) => error.text("field"))
          assert.sameMembers(fields, ["day", "limit", "productId", "by"])
        })
      )
    })
  })

suite("in memory", Service.portsMemory)
for (const [where, ports] of LongTests.databases) suite(where, ports)
