/** Items that are priced by the catalogue: their price is settled when the order is placed, and who made it is kept. */
import { assert, describe, it } from "@effect/vitest"
import { Order, type OrderLines, type PricedItem, type PricedPlacement } from "@eventfold/domain-ordering"
import { Percentage } from "@eventfold/shared-kernel"
import * as Scenario from "./Scenario.ts"

const { after, change, draft, item, orderId, place, product, recorded, refusal, told, usd } = Scenario

/** An item at the price that the catalogue has for it today. */
const listed = (number: number, count: number, unitPrice: number): PricedItem => ({
  ...Scenario.add(number, count, unitPrice),
  madeBy: [{ rule: "catalogue" }]
})
const given = (number: number, unitPrice: number, reason: string): PricedItem => ({
  ...Scenario.add(number, 1, unitPrice),
  madeBy: [{ rule: "given", reason }]
})
const line = (number: number, count: number, unitPrice: number, off: number = 0): OrderLines.OrderLine => ({
  ...item(number, count, unitPrice),
  total: usd(count * unitPrice - off),
  madeBy: [{ rule: "catalogue" }, ...(off === 0 ? [] : [{ rule: "promotion", name: "May", off: usd(off) } as const])]
})
const placedAt = (...lines: ReadonlyArray<OrderLines.OrderLine>): PricedPlacement => ({ ...place, lines })

describe("an item of the catalogue", () => {
  it("has the newest price of the catalogue, for all pieces of it", () => {
    const { state } = after(draft, listed(1, 2, 100), listed(1, 3, 120))
    assert.isTrue(state.status === "draft" && state.lines[0]?.unitPrice.amount === 120)
    assert.deepStrictEqual(Order.answerOf(state, 3).total, usd(600))
  })

  it("is no item at a price that was given, nor one that was given for another reason", () => {
    const order = after(draft, listed(1, 1, 100), given(2, 80, "scratched"))
    assert.strictEqual(told(order.when(given(1, 100, "as agreed"))), "ItemPriceDiffers")
    assert.strictEqual(told(order.when(listed(2, 1, 80))), "ItemPriceDiffers")
    assert.strictEqual(told(order.when(given(2, 80, "a present"))), "ItemPriceDiffers")
    assert.strictEqual(told(order.when(given(2, 80, "scratched"))), "ItemAdded")
  })

  it("is the same item when it is drafted again at another price; at a given one it is not", () => {
    const drafted = (unitPrice: number) => ({ ...draft, items: [listed(1, 2, unitPrice)] })
    assert.strictEqual(told(after(drafted(100)).when(drafted(120))), "nothing")
    assert.strictEqual(told(after(drafted(100), placedAt(line(1, 2, 90))).when(drafted(120))), "nothing")
    const other = { ...draft, items: [given(1, 100, "as agreed")] }
    assert.strictEqual(told(after(drafted(100)).when(other)), "OrderAlreadyExists")
  })
})

describe("placing at prices", () => {
  const order = after(draft, listed(1, 2, 100), listed(2, 3, 50), change(1, 4))

  it("tells the lines at these prices, with the rules that made them and their sums", () => {
    const lines = [line(1, 4, 110, 40), line(2, 3, 50)]
    const [placed] = recorded(order.when(placedAt(...lines)))
    assert.deepInclude(placed, { lines, gross: usd(590), discount: usd(40), total: usd(550) })
    const { state } = after(draft, listed(1, 2, 100), listed(2, 3, 50), change(1, 4), placedAt(...lines))
    assert.isTrue(state.status === "placed" && state.lines[0]?.madeBy?.length === 2)
    assert.deepStrictEqual(Order.answerOf(state, 5).total, usd(550))
  })

  it("of other lines is refused: another product, another quantity, another order, another currency", () => {
    const foreign = { ...line(2, 3, 50), total: { amount: 150, currency: "EUR" } as const }
    for (const lines of [
      [line(1, 4, 110)],
      [line(1, 2, 110), line(2, 3, 50)],
      [line(2, 3, 50), line(1, 4, 110)],
      [line(1, 4, 110), foreign]
    ]) {
      const refused = refusal(order.when(placedAt(...lines)))
      assert.strictEqual(refused._tag, "PricesOfOtherLines")
      assert.include(refused.message, orderId)
    }
  })

  it("of more than money can hold, or than its pieces cost, is refused", () => {
    const much = [line(1, 4, Number.MAX_SAFE_INTEGER - 1), line(2, 3, 50)]
    assert.strictEqual(
      told(order.when(placedAt(...much.map((one) => ({ ...one, total: usd(1) }))))),
      "OrderTotalTooLarge"
    )
    const dearer = [line(1, 4, 110), { ...line(2, 3, 50), total: usd(151) }]
    assert.strictEqual(told(order.when(placedAt(...dearer))), "PricesOfOtherLines")
  })

  it("leaves an order as it is that was drafted before there was a catalogue", () => {
    const old = after(draft, Scenario.add(1, 2, 100, 15))
    assert.deepInclude(recorded(old.when(place))[0], {
      lines: [{ ...item(1, 2, 100, 15), discount: Percentage.Percentage.make(1_500), total: usd(170) }],
      total: usd(170)
    })
    assert.isTrue(old.state.status === "draft" && old.state.lines[0]?.productId === product(1))
  })
})
