/** What can be asked about the catalogue, as typed queries: all of it is read from its documents, and always up to date. */
import { Message } from "@eventfold/decider"
import { PricingErrors, PricingRules, ProductCommands, RuleId } from "@eventfold/domain-catalog"
import { StreamId } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The most products a page holds. */
export const largestProductPage = 500

/** A page of products in the order of their ids. */
export const ProductPage = Schema.Struct({
  products: Schema.Array(ProductCommands.ProductAnswer),
  /** Where the next page begins; absent on the last one. */
  next: Schema.optionalKey(Schema.String)
})

const announced = { ruleId: RuleId, version: Schema.Int }

/** A promotion that is announced. */
export const AnnouncedPromotion = Schema.Struct({ ...announced, promotion: PricingRules.Promotion }).annotate({
  identifier: "AnnouncedPromotion"
})

/** A discount on the value of orders. */
export const AnnouncedDiscount = Schema.Struct({ ...announced, discount: PricingRules.OrderValueDiscount }).annotate({
  identifier: "AnnouncedDiscount"
})

/** Asks what the catalogue says of a product. */
export const GetProduct = Schema.TaggedStruct("GetProduct", { tenant: StreamId.Tenant, productId: ProductId })
/** The message that carries {@link GetProduct}. */
export const getProduct = Message.query({
  context: "catalog",
  payload: GetProduct,
  answer: ProductCommands.ProductAnswer,
  refusal: PricingErrors.ProductNotInCatalogue
})

/** Asks for a page of products. */
export const FindProducts = Schema.TaggedStruct("FindProducts", {
  tenant: StreamId.Tenant,
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestProductPage })),
  /** The `next` of a page. */
  after: Schema.optionalKey(Schema.String)
})
/** The message that carries {@link FindProducts}. */
export const findProducts = Message.query({ context: "catalog", payload: FindProducts, answer: ProductPage })

/** Asks for all promotions that are announced. */
export const FindPromotions = Schema.TaggedStruct("FindPromotions", { tenant: StreamId.Tenant })
/** The message that carries {@link FindPromotions}. */
export const findPromotions = Message.query({
  context: "catalog",
  payload: FindPromotions,
  answer: Schema.Array(AnnouncedPromotion)
})

/** Asks for all discounts on the value of orders. */
export const FindDiscounts = Schema.TaggedStruct("FindDiscounts", { tenant: StreamId.Tenant })
/** The message that carries {@link FindDiscounts}. */
export const findDiscounts = Message.query({
  context: "catalog",
  payload: FindDiscounts,
  answer: Schema.Array(AnnouncedDiscount)
})
