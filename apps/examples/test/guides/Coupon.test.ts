/** The decider of the README. */
import { describe, it } from "@effect/vitest"
import { DeciderSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { Coupon } from "../../src/guides/Coupon.ts"

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const usedByAda = { _tag: "CouponRedeemed", by: "Ada", occurredAt } as const

describe("the coupon of the README", () => {
  it("can be used", () => {
    DeciderSpec.given(Coupon).when({ by: "Ada", occurredAt }).thenEvents([usedByAda]).thenState({ usedBy: "Ada" })
  })

  it("can be used once", () => {
    DeciderSpec.given(Coupon, [usedByAda]).when({ by: "Grace", occurredAt }).thenRefused("CouponUsed")
  })
})
