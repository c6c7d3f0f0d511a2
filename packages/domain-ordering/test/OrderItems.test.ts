import { assert, describe, it } from "@effect/vitest"
import { OrderCommands } from "@eventfold/domain-ordering"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { add, after, change, draft, item, orderId, product, refusal, remove, told, usd } = Scenario

describe("items", () => {
  it("tell the order's total and lines after each change", () => {
    const order = after(draft, add(1, 2, 150), add(1, 3, 150), add(2), change(1, 1), remove(2))
    const told = order.events
      .slice(1)
      .map((event) => ("lineCount" in event ? [event.lineCount, event.total.amount] : []))
    assert.deepStrictEqual(told, [
      [1, 300],
      [1, 750],
      [2, 2_610],
      [2, 2_010],
      [1, 150]
    ])
  })

  it("without a discount cost their full price", () => {
    const { productId, productName, quantity, unitPrice } = item(1)
    const bare = { orderId, occurredAt: Scenario.occurredAt, productId, productName, quantity, unitPrice }
    assert.strictEqual(OrderCommands.AddItem.make(bare).discount, 0)
    const decoded = Schema.decodeSync(Schema.toCodecJson(OrderCommands.AddItem))({
      _tag: "AddItem",
      ...bare,
      occurredAt: "1996-07-05T00:00:00Z"
    })
    assert.deepStrictEqual(decoded, OrderCommands.AddItem.make(bare))
  })

  it("of the same product at another price or discount are refused", () => {
    const order = after(draft, add(1, 1, 1_860, 15))
    const refused = refusal(order.when(add(1, 1, 1_900, 15)))
    assert.deepInclude(refused, { _tag: "ItemPriceDiffers", unitPrice: usd(1_860), discount: Scenario.percent(15) })
    assert.strictEqual(
      refused.message,
      `order ${orderId} has product ${product(1)} at 18.60 USD less 15 %: remove it first to change its price`
    )
    assert.strictEqual(told(order.when(add(1, 1, 1_860, 10))), "ItemPriceDiffers")
    assert.strictEqual(told(order.when(add(1, 1, 1_860, 15))), "ItemAdded")
  })

  it("in another currency are refused", () => {
    const refused = refusal(after(draft).when({ ...add(1), unitPrice: { amount: 1, currency: "JPY" } }))
    assert.deepInclude(refused, { _tag: "ItemCurrencyDiffers", orderCurrency: "USD", itemCurrency: "JPY" })
    assert.strictEqual(refused.message, `order ${orderId} is in USD, product ${product(1)} is priced in JPY`)
  })

  it("are at most a million pieces of a product", () => {
    const order = after(draft, add(1, 999_999))
    assert.strictEqual(told(order.when(add(1, 1))), "ItemAdded")
    const refused = refusal(order.when(add(1, 2)))
    assert.deepInclude(refused, { _tag: "ItemQuantityTooLarge", quantity: 1_000_001 })
    assert.match(refused.message, /would have 1000001 pieces of product product_\S+: at most 1000000$/u)
  })

  it("take at most 200 lines", () => {
    const full = after(draft, ...Array.from({ length: 200 }, (_, index) => add(index)))
    const refused = refusal(full.when(add(200)))
    assert.deepInclude(refused, { _tag: "TooManyLines", maximum: 200 })
    assert.strictEqual(refused.message, `order ${orderId} would have more than 200 lines`)
    assert.strictEqual(told(full.when(add(199))), "ItemAdded")
  })

  it("worth more than money can hold are refused", () => {
    const order = after(draft, add(1, 1, Number.MAX_SAFE_INTEGER))
    const refused = refusal(order.when(add(2, 1, 1)))
    assert.strictEqual(refused._tag, "OrderTotalTooLarge")
    assert.strictEqual(refused.message, `the total of order ${orderId} would be more than an amount of money can hold`)
    assert.strictEqual(told(order.when(change(1, 2))), "OrderTotalTooLarge")
    // The gross must fit too, even where a discount brings the total back into range.
    assert.strictEqual(told(after(draft).when(add(1, 2, Number.MAX_SAFE_INTEGER, 50))), "OrderTotalTooLarge")
  })

  it("set to the quantity they have record nothing", () => {
    assert.strictEqual(told(after(draft, add(1, 4)).when(change(1, 4))), "nothing")
  })

  it("that are not there can be neither changed nor removed", () => {
    const refused = refusal(after(draft, add(1), remove(1)).when(remove(1)))
    assert.strictEqual(refused.message, `order ${orderId} has no item of product ${product(1)}`)
    assert.strictEqual(told(after(draft, add(1)).when(change(2, 1))), "ItemNotFound")
  })
})
