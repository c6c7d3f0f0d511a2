/**
 * The rules that take something off prices, as deciders: a promotion and a discount on the value of orders are announced, and
 * withdrawn. Each is kept as a document while it is announced; the events tell others.
 */
import { Decider } from "@eventfold/decider"
import { Equal, Result, Schema } from "effect"
import * as Refused from "./CatalogErrors.ts"
import { OrderValueDiscount, Promotion } from "./PricingRules.ts"
import type * as Commands from "./RuleCommands.ts"
import { OrderValueDiscountEvent, PromotionEvent } from "./RuleEvents.ts"
import { RuleId } from "./RuleId.ts"

const none = Schema.Struct({ status: Schema.tag("none") })
const announced = { status: Schema.tag("announced"), ruleId: RuleId }

/** The schema of what is known of a promotion; `none` before it is announced, and when it is withdrawn. */
export const PromotionState = Schema.Union([none, Schema.Struct({ ...announced, promotion: Promotion })])
/** What is known of a promotion. */
export type PromotionState = typeof PromotionState.Type

/** The schema of what is known of a discount; `none` before it is announced, and when it is withdrawn. */
export const DiscountState = Schema.Union([none, Schema.Struct({ ...announced, discount: OrderValueDiscount })])
/** What is known of a discount. */
export type DiscountState = typeof DiscountState.Type

const unknown = (ruleId: RuleId) => Result.fail(new Refused.RuleNotFound({ ruleId }))

const decidePromotion = (
  command: Commands.PromotionCommand,
  state: PromotionState
): Result.Result<ReadonlyArray<PromotionEvent>, Refused.RuleRefusal> => {
  if (command._tag === "WithdrawPromotion") {
    return state.status === "none"
      ? unknown(command.ruleId)
      : Result.succeed([{ ...command, _tag: "PromotionWithdrawn" }])
  }
  const isSo = state.status === "announced" && Equal.equals(state.promotion, command.promotion)
  return Result.succeed(isSo ? [] : [{ ...command, _tag: "PromotionAnnounced" }])
}

const decideDiscount = (
  command: Commands.OrderValueDiscountCommand,
  state: DiscountState
): Result.Result<ReadonlyArray<OrderValueDiscountEvent>, Refused.RuleRefusal> => {
  if (command._tag === "WithdrawOrderValueDiscount") {
    return state.status === "none"
      ? unknown(command.ruleId)
      : Result.succeed([{ ...command, _tag: "OrderValueDiscountWithdrawn" }])
  }
  const isSo = state.status === "announced" && Equal.equals(state.discount, command.discount)
  return Result.succeed(isSo ? [] : [{ ...command, _tag: "OrderValueDiscountAnnounced" }])
}

/** A promotion as a decider. Its documents and streams are named `promotion`. */
export const PromotionRule = Decider.make<
  PromotionState,
  Commands.PromotionCommand,
  PromotionEvent,
  Refused.RuleRefusal
>({
  category: "promotion",
  State: PromotionState,
  Event: PromotionEvent,
  initial: { status: "none" },
  evolve: (_, event) =>
    event._tag === "PromotionWithdrawn"
      ? { status: "none" }
      : { status: "announced", ruleId: event.ruleId, promotion: event.promotion },
  decide: decidePromotion
})

/** A discount on the value of orders as a decider. Its documents and streams are named `order-value-discount`. */
export const DiscountRule = Decider.make<
  DiscountState,
  Commands.OrderValueDiscountCommand,
  OrderValueDiscountEvent,
  Refused.RuleRefusal
>({
  category: "order-value-discount",
  State: DiscountState,
  Event: OrderValueDiscountEvent,
  initial: { status: "none" },
  evolve: (_, event) =>
    event._tag === "OrderValueDiscountWithdrawn"
      ? { status: "none" }
      : { status: "announced", ruleId: event.ruleId, discount: event.discount },
  decide: decideDiscount
})
