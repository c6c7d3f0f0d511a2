/** What happens to the rules that take something off prices. Names and shapes are a storage format. */
import { DomainEvent } from "@eventfold/decider"
import { Schema } from "effect"
import { OrderValueDiscount, Promotion } from "./PricingRules.ts"
import { RuleId } from "./RuleId.ts"

/** A promotion holds as it says, in place of the one of this id that there was. */
export const PromotionAnnounced = DomainEvent.make("PromotionAnnounced", { ruleId: RuleId, promotion: Promotion })
/** A promotion holds as it says, in place of the one of this id that there was. */
export interface PromotionAnnounced extends Schema.Schema.Type<typeof PromotionAnnounced> {}

/** A promotion holds no more. */
export const PromotionWithdrawn = DomainEvent.make("PromotionWithdrawn", { ruleId: RuleId })
/** A promotion holds no more. */
export interface PromotionWithdrawn extends Schema.Schema.Type<typeof PromotionWithdrawn> {}

/** A discount on the value of orders holds, in place of the one of this id that there was. */
export const OrderValueDiscountAnnounced = DomainEvent.make("OrderValueDiscountAnnounced", {
  ruleId: RuleId,
  discount: OrderValueDiscount
})
/** A discount on the value of orders holds, in place of the one of this id that there was. */
export interface OrderValueDiscountAnnounced extends Schema.Schema.Type<typeof OrderValueDiscountAnnounced> {}

/** A discount on the value of orders holds no more. */
export const OrderValueDiscountWithdrawn = DomainEvent.make("OrderValueDiscountWithdrawn", { ruleId: RuleId })
/** A discount on the value of orders holds no more. */
export interface OrderValueDiscountWithdrawn extends Schema.Schema.Type<typeof OrderValueDiscountWithdrawn> {}

/** The schema of everything that happens to a promotion. */
export const PromotionEvent = Schema.Union([PromotionAnnounced, PromotionWithdrawn])
/** Something that happened to a promotion. */
export type PromotionEvent = typeof PromotionEvent.Type

/** The schema of everything that happens to a discount on the value of orders. */
export const OrderValueDiscountEvent = Schema.Union([OrderValueDiscountAnnounced, OrderValueDiscountWithdrawn])
/** Something that happened to a discount on the value of orders. */
export type OrderValueDiscountEvent = typeof OrderValueDiscountEvent.Type
