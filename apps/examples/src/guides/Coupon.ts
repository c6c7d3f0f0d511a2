/** A whole aggregate in twelve lines: the decider of the README. A coupon is used once. */
import { Decider, DomainEvent } from "@eventfold/decider"
import { type DateTime, Result, Schema } from "effect"

/** Asks for the coupon to be used. */
export interface Redeem {
  readonly by: string
  readonly occurredAt: DateTime.Utc
}

// #region coupon
const Redeemed = DomainEvent.make("CouponRedeemed", { by: Schema.String })
class CouponUsed extends Schema.TaggedError<CouponUsed>()("CouponUsed", { by: Schema.String }) {}

export const Coupon = Decider.make({
  category: "coupon",
  State: Schema.Struct({ usedBy: Schema.NullOr(Schema.String) }),
  Event: Schema.Union([Redeemed]),
  initial: { usedBy: null },
  evolve: (_coupon, redeemed) => ({ usedBy: redeemed.by }),
  decide: ({ by, occurredAt }: Redeem, { usedBy }) =>
    usedBy === null ? Result.succeed([Redeemed.make({ by, occurredAt })]) : Result.fail(new CouponUsed({ by: usedBy }))
})
// #endregion coupon
