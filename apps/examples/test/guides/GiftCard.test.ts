// #region tests
import { DeciderSpec } from "@eventfold/testing"
import { type Money, OrderId } from "@eventfold/shared-kernel"
import { describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import {
  BalanceTooLow,
  GiftCard,
  GiftCardId,
  GiftCardIssued,
  GiftCardRedeemed
} from "../../src/guides/gift-cards/GiftCard.ts"

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const cardId = GiftCardId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55")
const orderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e56")
const euros = (amount: number): Money.Money => ({ amount: amount * 100, currency: "EUR" })

const issued = GiftCardIssued.make({ occurredAt, value: euros(50) })
const redeemed = GiftCardRedeemed.make({ occurredAt, orderId, amount: euros(20) })
const redeem = (amount: Money.Money) => ({ _tag: "RedeemGiftCard", cardId, orderId, amount, occurredAt }) as const

describe("a gift card", () => {
  it("pays for an order", () => {
    DeciderSpec.given(GiftCard, [issued])
      .when(redeem(euros(20)))
      .thenEvents([redeemed])
  })

  it("pays for an order once, however often it is asked", () => {
    DeciderSpec.given(GiftCard, [issued, redeemed])
      .when(redeem(euros(20)))
      .thenNothing()
  })

  it("does not pay more than is left on it", () => {
    DeciderSpec.given(GiftCard, [issued])
      .when(redeem(euros(60)))
      .thenRefused(new BalanceTooLow({ balance: euros(50), requested: euros(60) }))
  })

  it("pays in its own currency only", () => {
    DeciderSpec.given(GiftCard, [issued])
      .when(redeem({ amount: 20_00, currency: "USD" }))
      .thenRefused("CurrencyMismatch")
  })
})
// #endregion tests

describe("what the guide leaves to the reader", () => {
  it("sells a card once", () => {
    const issue = { _tag: "IssueGiftCard", cardId, value: euros(50), occurredAt } as const
    DeciderSpec.given(GiftCard).when(issue).thenEvents([issued])
    DeciderSpec.given(GiftCard, [issued]).when(issue).thenRefused("GiftCardAlreadyIssued")
  })

  it("knows no card that was never sold", () => {
    DeciderSpec.given(GiftCard)
      .when(redeem(euros(20)))
      .thenRefused("GiftCardUnknown")
      .thenState({ _tag: "NotIssued" })
  })

  it("takes what was redeemed off the balance", () => {
    DeciderSpec.given(GiftCard, [issued])
      .when(redeem(euros(20)))
      .thenState({ _tag: "Issued", balance: euros(30), orders: [orderId] })
  })

  it("keeps its balance when history takes off another currency", () => {
    const foreign = GiftCardRedeemed.make({ occurredAt, orderId, amount: { amount: 1, currency: "USD" } })
    DeciderSpec.given(GiftCard, [issued, foreign])
      .when(redeem(euros(20)))
      .thenState({ _tag: "Issued", balance: euros(50), orders: [orderId] })
  })

  it("stays unsold when history redeems it before it was sold", () => {
    DeciderSpec.given(GiftCard, [redeemed])
      .when(redeem(euros(20)))
      .thenState({ _tag: "NotIssued" })
  })
})
