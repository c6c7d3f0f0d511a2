/** Given/when for the catalogue, with one of everything: a product, a promotion, a discount, a command of each kind. */
import { Listing, PricingRules, ProductCommands, RuleCommands, Rules } from "@eventfold/domain-catalog"
import { type Money, Percentage, ProductId } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export const productId = ProductId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const eur = (amount: number): Money.Money => ({ amount, currency: "EUR" })

const ofProduct = { productId, occurredAt }
export const list = ProductCommands.ListProduct.make({ ...ofProduct, name: "Enamel mug", price: eur(1_250) })
export const reprice = ProductCommands.RepriceProduct.make({ ...ofProduct, price: eur(1_400) })
export const discontinue = ProductCommands.DiscontinueProduct.make(ofProduct)

/** One command of each kind to a product. */
export const productCommands = { list, reprice, discontinue }

const listings = DeciderScenario.of(Listing.Listing)
export const after = listings.after

/** A product in every state. */
export const productsBy = {
  none: listings.after(),
  sold: listings.after(list),
  discontinued: listings.after(list, discontinue)
}

const ofRule = { ruleId: "spring-sale", occurredAt }
export const promotion = PricingRules.Promotion.make({
  name: "Spring sale",
  products: [productId],
  minimumQuantity: 2,
  discount: Percentage.Percentage.make(1_000),
  from: DateTime.makeUnsafe("2024-03-01T00:00:00Z"),
  until: DateTime.makeUnsafe("2024-06-01T00:00:00Z")
})
export const announce = RuleCommands.AnnouncePromotion.make({ ...ofRule, promotion })
export const withdraw = RuleCommands.WithdrawPromotion.make(ofRule)
export const discount = PricingRules.OrderValueDiscount.make({
  name: "Large order",
  atLeast: eur(100_000),
  discount: Percentage.Percentage.make(500)
})
export const announceDiscount = RuleCommands.AnnounceOrderValueDiscount.make({ ...ofRule, discount })
export const withdrawDiscount = RuleCommands.WithdrawOrderValueDiscount.make(ofRule)

export const promotions = DeciderScenario.of(Rules.PromotionRule)
export const discounts = DeciderScenario.of(Rules.DiscountRule)
