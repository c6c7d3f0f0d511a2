/** The sales of the demo: what the files come to, and how a service that says something else is found out. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import * as Report from "../demo/Report.ts"
import * as SalesFigures from "../demo/SalesFigures.ts"
import type { SampleOrder } from "../demo/Samples.ts"
import { demoCustomer } from "./DemoCustomer.ts"

const order = (number: string, country: string, unitPrice: bigint): SampleOrder => ({
  number,
  customer: "AAA",
  orderedOn: DateTime.makeUnsafe("1997-01-01"),
  requiredOn: DateTime.makeUnsafe("1997-01-31"),
  shippedOn: Option.none(),
  carrier: "Speedy Express",
  shipTo: { name: "A", street: "S 1", city: "C", region: Option.none(), postalCode: Option.none(), country },
  lines: [{ product: "1", productName: "Chai", unitPrice, quantity: 1, discount: 0 }]
})

const samples = {
  orders: [order("1", "Ireland", 100_000n), order("2", "France", 100_001n), order("3", "France", 10_000n)],
  products: [],
  customers: new Map([demoCustomer("AAA", "Alfreds")])
}

describe("the sales of the files", () => {
  const figures = SalesFigures.expected(samples, new Set(["2"]))

  it("count every order in gross, and leave cancelled ones out of net", () => {
    const all = { orders: 3, gross: 210_001n, net: 110_000n }
    for (const name of ["day 1997-01-01", "product 1", "customer AAA", "dashboard AAA"]) {
      assert.deepStrictEqual(figures.get(name), all, name)
    }
    assert.deepStrictEqual(figures.get("region France"), { orders: 2, gross: 110_001n, net: 10_000n })
    assert.deepStrictEqual(figures.get("segment premium"), { orders: 1, gross: 100_001n, net: 0n })
    assert.deepStrictEqual(figures.get("segment standard"), { orders: 1, gross: 100_000n, net: 100_000n })
    assert.deepStrictEqual(figures.get("segment basic"), { orders: 1, gross: 10_000n, net: 10_000n })
  })

  it("agree with themselves, and with nothing that is a cent off, missing or too much", () => {
    const differences = (found: SalesFigures.Figures) => SalesFigures.differences(figures, found, Report.formatCents)
    assert.deepStrictEqual(differences(new Map(figures)), [])
    const off = new Map(figures).set("region Ireland", { orders: 1, gross: 100_000n, net: 99_999n })
    assert.deepStrictEqual(differences(off), [
      "sales, region Ireland: 1 orders, gross 1,000.00 USD, net 999.99 USD in the service, 1 orders, gross 1,000.00 USD, net 1,000.00 USD in the files"
    ])
    const missing = new Map(figures)
    missing.delete("product 1")
    assert.lengthOf(differences(missing), 1)
    assert.lengthOf(differences(new Map(figures).set("region Peru", { orders: 1, gross: 1n, net: 1n })), 1)
  })
})
