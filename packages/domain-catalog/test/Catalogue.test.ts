import { assert, describe, it } from "@effect/vitest"
import { CatalogMessages, Listing, PricingRules } from "@eventfold/domain-catalog"
import { MessageSpec } from "@eventfold/testing"
import { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"
import { Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { after, discontinue, eur, list, productId, productsBy, reprice } = Scenario

describe("a product", () => {
  it("is what was said of it last", () => {
    const { state } = after(list, reprice, discontinue)
    assert.deepStrictEqual(state, { status: "discontinued", productId, name: "Enamel mug", price: eur(1_400) })
    assert.deepStrictEqual(Listing.answerOf(state, 3), { ...state, version: 3 })
    assert.throws(() => Listing.answerOf(Listing.initial, 0), RangeError)
  })

  it("that is listed, repriced or discontinued again as it is records nothing", () => {
    assert.strictEqual(told(productsBy.sold.when(list)), "nothing")
    assert.strictEqual(told(after(list, reprice).when(reprice)), "nothing")
    assert.strictEqual(told(productsBy.discontinued.when(discontinue)), "nothing")
  })

  it("is not listed anew with another name or price, unless it was discontinued", () => {
    const other = { ...list, price: eur(1) }
    assert.deepInclude(refusal(productsBy.sold.when(other)), { productId, differs: "price" })
    assert.deepInclude(refusal(productsBy.sold.when({ ...list, name: "Mug" })), { productId, differs: "name" })
    assert.deepInclude(after(list, discontinue, other).state, { status: "sold", price: eur(1) })
  })

  it("is told to others by messages of its own", () => {
    const said = MessageSpec.said(
      CatalogMessages.language,
      after(list, reprice, discontinue).events.flatMap(CatalogMessages.messagesOf)
    )
    const [at, key] = ["2024-05-01T00:00:00.000Z", productId]
    assert.deepStrictEqual(said, [
      {
        type: "catalog.product-listed.v1",
        key,
        data: { productId, name: "Enamel mug", price: eur(1_250), listedAt: at }
      },
      {
        type: "catalog.product-repriced.v1",
        key,
        data: { productId, price: eur(1_400), former: eur(1_250), repricedAt: at }
      },
      { type: "catalog.product-discontinued.v1", key, data: { productId, discontinuedAt: at } }
    ])
  })
})

describe("a rule", () => {
  it("is announced, changed and withdrawn; as it is already it records nothing", () => {
    const { announce, promotion, promotions, withdraw } = Scenario
    const changed = { ...announce, promotion: { ...promotion, minimumQuantity: 9 } }
    assert.strictEqual(told(promotions.after(announce).when(announce)), "nothing")
    assert.deepInclude(promotions.after(announce, changed).state, { promotion: changed.promotion })
    assert.deepStrictEqual(promotions.after(announce, withdraw).state, { status: "none" })
    assert.strictEqual(told(promotions.after(announce, withdraw).when(withdraw)), "RuleNotFound")
  })

  it("on the value of orders is, too", () => {
    const { announceDiscount, discount, discounts, withdrawDiscount } = Scenario
    const changed = { ...announceDiscount, discount: { ...discount, name: "Larger order" } }
    assert.strictEqual(told(discounts.after(announceDiscount).when(announceDiscount)), "nothing")
    assert.deepInclude(discounts.after(announceDiscount, changed).state, { discount: changed.discount })
    assert.deepStrictEqual(recorded(discounts.after(announceDiscount).when(withdrawDiscount)).length, 1)
    assert.strictEqual(told(discounts.after().when(withdrawDiscount)), "RuleNotFound")
  })

  it("holds for some time and some products", () => {
    const { promotion } = Scenario
    const decode = Schema.decodeUnknownResult(Schema.toType(PricingRules.Promotion))
    assert.isTrue(Result.isSuccess(decode(promotion)))
    assert.isTrue(Result.isFailure(decode({ ...promotion, until: promotion.from })))
    assert.isTrue(Result.isFailure(decode({ ...promotion, products: [] })))
  })
})
