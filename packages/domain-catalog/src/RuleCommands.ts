/**
 * What can be asked of the rules that take something off prices. Every command carries `ruleId` and `occurredAt`; what is
 * already so records nothing.
 */
import { Message } from "@eventfold/decider"
import { Schema } from "effect"
import { RuleRefusal } from "./CatalogErrors.ts"
import { OrderValueDiscount, Promotion } from "./PricingRules.ts"
import { RuleId } from "./RuleId.ts"

/** The schema of what the commands answer: which rule it is about, and how many events there are about it. */
export const RuleAnswer = Schema.Struct({ ruleId: RuleId, version: Schema.Int }).annotate({ identifier: "RuleAnswer" })
/** Which rule it is about, and how many events there are about it. */
export interface RuleAnswer extends Schema.Schema.Type<typeof RuleAnswer> {}

const rules = { context: "catalog", answer: RuleAnswer, refusal: RuleRefusal } as const
const common = { ruleId: RuleId, occurredAt: Schema.DateTimeUtc }

/** Lets a promotion hold, in place of the one of this id that there is. */
export const AnnouncePromotion = Schema.TaggedStruct("AnnouncePromotion", { ...common, promotion: Promotion })
/** Lets a promotion hold, in place of the one of this id that there is. */
export interface AnnouncePromotion extends Schema.Schema.Type<typeof AnnouncePromotion> {}
/** The message that carries {@link AnnouncePromotion}. */
export const announcePromotion = Message.command({ ...rules, payload: AnnouncePromotion })

/** Lets a promotion hold no more. */
export const WithdrawPromotion = Schema.TaggedStruct("WithdrawPromotion", common)
/** Lets a promotion hold no more. */
export interface WithdrawPromotion extends Schema.Schema.Type<typeof WithdrawPromotion> {}
/** The message that carries {@link WithdrawPromotion}. */
export const withdrawPromotion = Message.command({ ...rules, payload: WithdrawPromotion })

/** Lets a discount on the value of orders hold, in place of the one of this id that there is. */
export const AnnounceOrderValueDiscount = Schema.TaggedStruct("AnnounceOrderValueDiscount", {
  ...common,
  discount: OrderValueDiscount
})
/** Lets a discount on the value of orders hold, in place of the one of this id that there is. */
export interface AnnounceOrderValueDiscount extends Schema.Schema.Type<typeof AnnounceOrderValueDiscount> {}
/** The message that carries {@link AnnounceOrderValueDiscount}. */
export const announceOrderValueDiscount = Message.command({ ...rules, payload: AnnounceOrderValueDiscount })

/** Lets a discount on the value of orders hold no more. */
export const WithdrawOrderValueDiscount = Schema.TaggedStruct("WithdrawOrderValueDiscount", common)
/** Lets a discount on the value of orders hold no more. */
export interface WithdrawOrderValueDiscount extends Schema.Schema.Type<typeof WithdrawOrderValueDiscount> {}
/** The message that carries {@link WithdrawOrderValueDiscount}. */
export const withdrawOrderValueDiscount = Message.command({ ...rules, payload: WithdrawOrderValueDiscount })

/** The schema of everything that can be asked of a promotion. */
export const PromotionCommand = Schema.Union([AnnouncePromotion, WithdrawPromotion])
/** Something that can be asked of a promotion. */
export type PromotionCommand = typeof PromotionCommand.Type

/** The schema of everything that can be asked of a discount on the value of orders. */
export const OrderValueDiscountCommand = Schema.Union([AnnounceOrderValueDiscount, WithdrawOrderValueDiscount])
/** Something that can be asked of a discount on the value of orders. */
export type OrderValueDiscountCommand = typeof OrderValueDiscountCommand.Type
