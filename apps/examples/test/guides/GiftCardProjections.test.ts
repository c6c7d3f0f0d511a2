// #region tests
import { Projection } from "@eventfold/decider"
import { type Money, OrderId } from "@eventfold/shared-kernel"
import { ProjectionSpec } from "@eventfold/testing"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import { GiftCardId, GiftCardIssued, GiftCardRedeemed } from "../../src/guides/gift-cards/GiftCard.ts"
import { Cards, GiftCardTurnover } from "../../src/guides/gift-cards/GiftCardProjections.ts"

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const cardId = GiftCardId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55")
const orderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e56")
const euros = (amount: number): Money.Money => ({ amount: amount * 100, currency: "EUR" })
const issued = (value: Money.Money) => GiftCardIssued.make({ occurredAt, value })
const redeemed = (amount: Money.Money) => GiftCardRedeemed.make({ occurredAt, orderId, amount })
const onCard = (...events: ReadonlyArray<typeof GiftCardIssued.Type | typeof GiftCardRedeemed.Type>) =>
  ProjectionSpec.inStream("gift-card", cardId, events)

describe("the gift cards of the shop", () => {
  const row = { cardId, balance: euros(50), orders: 0 }

  it("tell what is left on each", () => {
    ProjectionSpec.given(Cards)
      .when(onCard(issued(euros(50)), redeemed(euros(20))))
      .thenRows([{ cardId, balance: euros(30), orders: 1, lastUsedAt: occurredAt }])
  })

  it("change once for a whole batch", () => {
    ProjectionSpec.given(Cards, [row])
      .when(onCard(redeemed(euros(20)), redeemed(euros(5))))
      .thenChanges([Projection.upsert({ cardId, balance: euros(25), orders: 2, lastUsedAt: occurredAt })])
  })

  it("hold back a card that was spent in another currency", () => {
    ProjectionSpec.given(Cards, [row])
      .when(onCard(redeemed({ amount: 20_00, currency: "USD" }), redeemed(euros(5))))
      .thenFailedAt(1)
      .thenRows([row])
  })
})

describe("the turnover of gift cards", () => {
  it("is added up per currency", () => {
    ProjectionSpec.given(GiftCardTurnover, [{ currency: "EUR", sold: 100_00, spent: 0 }])
      .when(onCard(issued(euros(50)), redeemed(euros(20)), issued({ amount: 10_00, currency: "USD" })))
      .thenRows([
        { currency: "EUR", sold: 150_00, spent: 20_00 },
        { currency: "USD", sold: 10_00, spent: 0 }
      ])
  })
})
// #endregion tests

describe("what could run inline", () => {
  it("is what is keyed by the stream, and what does nothing but increment", () => {
    assert.isUndefined(Projection.inlineProblem(Cards))
    assert.isUndefined(Projection.inlineProblem(GiftCardTurnover))
  })
})
