import { assert, describe, it } from "@effect/vitest"
import * as Invoices from "../demo/Invoices.ts"

const wanted = new Map([
  ["a", { name: "10248", cents: 44_000n }],
  ["b", { name: "10249", cents: 186_340n }]
])
const invoice = (orderId: string, sequence: number, cents: bigint, year = 1996): Invoices.Invoice => ({
  number: `INV-${year}-00000${sequence}`,
  orderId,
  year,
  sequence,
  cents
})
const sound = [invoice("b", 1, 186_340n), invoice("a", 2, 44_000n), invoice("other", 1, 5n, 1997)]

describe("the invoices of the demo", () => {
  it("are right when each order has one of what it comes to, and no number is missing", () => {
    assert.deepStrictEqual(Invoices.differences(wanted, sound), [])
  })

  it("tell what is missing, too much, or another amount", () => {
    const [first, ...rest] = sound
    assert.deepStrictEqual(Invoices.differences(wanted, rest), [
      "order 10249 was shipped and has no invoice",
      "the invoices of 1996 have holes: 1"
    ])
    assert.isDefined(first)
    assert.deepStrictEqual(Invoices.differences(wanted, [...sound, invoice("a", 3, 44_000n)]), [
      "order 10248 has 2 invoices"
    ])
    const cheap = [invoice("b", 1, 186_340n), invoice("a", 2, 43_999n)]
    assert.lengthOf(Invoices.differences(wanted, cheap), 1)
    assert.match(
      Invoices.differences(wanted, cheap)[0] ?? "",
      /^invoice INV-1996-000002 of order 10248: .*439\.99.*440\.00/u
    )
  })
})
