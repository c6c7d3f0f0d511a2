import { NodeCrypto, NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Path, Schema } from "effect"
import * as DerivedIds from "../demo/DerivedIds.ts"
import * as Expected from "../demo/Expected.ts"
import * as Samples from "../demo/Samples.ts"

const line = (unitPrice: bigint, quantity: number, discount: number) => ({
  product: "1",
  productName: "Chai",
  unitPrice,
  quantity,
  discount
})

describe("the price of a line", () => {
  it("is exact where nothing is to be rounded", () => {
    assert.strictEqual(Expected.lineCents(line(1860n, 9, 0)), 16_740n)
    assert.strictEqual(Expected.lineCents(line(4240n, 35, 1500)), 126_140n)
    assert.strictEqual(Expected.lineCents(line(500n, 3, 10_000)), 0n)
  })

  it("is rounded to the nearest cent", () => {
    // 7.70 × 3 × 0.94 = 21.714; 0.99 × 1 × 0.85 = 0.8415; 4.59 × 1 × 0.85 = 3.9015; 2.07 × 1 × 0.95 = 1.9665
    assert.strictEqual(Expected.lineCents(line(770n, 3, 600)), 2171n)
    assert.strictEqual(Expected.lineCents(line(99n, 1, 1500)), 84n)
    assert.strictEqual(Expected.lineCents(line(459n, 1, 1500)), 390n)
    assert.strictEqual(Expected.lineCents(line(207n, 1, 500)), 197n)
  })

  it("goes to the even cent from the middle between two", () => {
    // 0.10 × 1 × 0.95 = 0.095; 0.30 × 1 × 0.95 = 0.285; 0.50 × 1 × 0.95 = 0.475; 0.70 × 1 × 0.95 = 0.665
    assert.strictEqual(Expected.lineCents(line(10n, 1, 500)), 10n)
    assert.strictEqual(Expected.lineCents(line(30n, 1, 500)), 28n)
    assert.strictEqual(Expected.lineCents(line(50n, 1, 500)), 48n)
    assert.strictEqual(Expected.lineCents(line(70n, 1, 500)), 66n)
  })
})

layer(NodeServices.layer)("the totals of Northwind", (it) => {
  it.effect("are those somebody else computed from the same files", () =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      const folder = yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url))
      const totals = Expected.totals(yield* Samples.read(folder))
      // 77.00 + 42.40 × 35 × 0.85 + 16.80 × 15 × 0.85 = 77.00 + 1261.40 + 214.20
      assert.deepStrictEqual(totals.get("10250"), { customer: "HANAR", year: 1996, cents: 155_260n })
      const sumOf = (belongs: (total: Expected.OrderTotal) => boolean) =>
        Array.from(totals.values())
          .filter(belongs)
          .reduce((sum, { cents }) => sum + cents, 0n)
      // By Python's decimal, ROUND_HALF_EVEN.
      assert.strictEqual(
        sumOf(({ year }) => year === 1996),
        13_843_277n
      )
      assert.strictEqual(
        sumOf(({ year }) => year === 1997),
        42_761_254n
      )
      assert.strictEqual(
        sumOf(({ year }) => year === 1998),
        33_078_112n
      )
      assert.strictEqual(
        sumOf(({ customer }) => customer === "QUICK"),
        8_645_394n
      )
    })
  )
})

layer(NodeCrypto.layerDigest)("derived identifiers", (it) => {
  it.effect("are UUIDs of version 5", () =>
    Effect.gen(function* () {
      // The example of RFC 9562, appendix A.4.
      const example = yield* DerivedIds.uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")
      assert.strictEqual(example, "2ed6657d-e927-568b-95e1-2665a8aea6a2")
      assert.isTrue(Schema.is(Schema.String.check(Schema.isUUID(5)))(yield* DerivedIds.order("10249")))
    })
  )

  it.effect("are the same each time and differ by kind, name and step", () =>
    Effect.gen(function* () {
      const all = yield* Effect.all([
        DerivedIds.order("10249"),
        DerivedIds.order("10250"),
        DerivedIds.customer("10249"),
        DerivedIds.product("10249"),
        DerivedIds.command("10249", "place"),
        DerivedIds.command("10249", "approve")
      ])
      assert.strictEqual(new Set(all).size, all.length)
      assert.strictEqual(yield* DerivedIds.order("10249"), all[0])
    })
  )
})
