/** What gift cards say, as the guides show it, and what others hear of it. */
import { CommandHandler, layerMemory, StreamId } from "@eventfold/event-store"
import { InboxMemory, MessageBrokerMemory, SubscriberRunner } from "@eventfold/messaging"
import type { Money } from "@eventfold/shared-kernel"
import {
  ConsumerProgress,
  ConsumerRegistry,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { GiftCard } from "../../src/guides/gift-cards/GiftCard.ts"
import * as GiftCardNews from "../../src/guides/gift-cards/GiftCardNews.ts"
import { until } from "../../src/ReadSide.ts"
// #region tests
import { MessageSpec } from "@eventfold/testing"
import { OrderId } from "@eventfold/shared-kernel"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import { GiftCardId, GiftCardIssued, GiftCardRedeemed } from "../../src/guides/gift-cards/GiftCard.ts"
import { language, messagesOf } from "../../src/guides/gift-cards/GiftCardNews.ts"

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const cardId = GiftCardId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55")
const orderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e56")
const amount = { amount: 20_00, currency: "EUR" } as const
const redeemed = GiftCardRedeemed.make({ occurredAt, orderId, amount })

describe("what gift cards say", () => {
  it("is what was spent, in both versions", () => {
    const spent = { cardId, amount, spentAt: "2026-03-02T09:00:00.000Z" }
    assert.deepStrictEqual(MessageSpec.said(language, messagesOf(cardId, redeemed)), [
      { type: "giftcards.card-spent.v1", data: spent },
      { type: "giftcards.card-spent.v2", data: { ...spent, orderId } }
    ])
  })

  it("is nothing when a card is sold", () => {
    assert.deepStrictEqual(messagesOf(cardId, GiftCardIssued.make({ occurredAt, value: amount })), [])
  })
})
// #endregion tests

describe("what others hear of gift cards", () => {
  const inMemory = Layer.fresh(
    GiftCardNews.relaying.pipe(
      Layer.provide([ConsumerProgress.layer, ConsumerRegistry.layer, Subscriptions.layer]),
      Layer.provideMerge(Layer.merge(MessageBrokerMemory.layerMemory(), InboxMemory.layerMemory)),
      Layer.provide(readSideInMemory),
      Layer.provideMerge(layerMemory)
    )
  )

  const cards = CommandHandler.make(GiftCard)
  const spend = Effect.gen(function* () {
    const stream = StreamId.make("main", GiftCard.category, cardId)
    const common = { cardId, occurredAt }
    yield* cards.handle(stream, { _tag: "IssueGiftCard", ...common, value: amount })
    yield* cards.handle(stream, { _tag: "RedeemGiftCard", ...common, orderId, amount })
  })

  for (const [who, reader, passedOver] of [
    ["who knows the first version", GiftCardNews.books, 1],
    ["who knows both", GiftCardNews.booksOfBoth, 0],
    ["who knows the second version", GiftCardNews.booksSince, 1]
  ] as const) {
    it.live(`is kept once by ${who}, and nothing is given up`, () =>
      Effect.gen(function* () {
        const kept = new Map<string, Money.Money>()
        const subscriber = reader((event, spent) => Effect.sync(() => void kept.set(event, spent)))
        yield* Effect.gen(function* () {
          yield* spend
          const { statuses } = yield* SubscriberRunner
          const counts = Effect.map(statuses, ([status]) => status?.topics[0]?.counts)
          yield* until(
            "both versions are dealt with",
            Effect.map(counts, (all) => (all?.handled ?? 0) + (all?.["passed-over"] ?? 0) === 2)
          )
          assert.deepInclude(yield* counts, { handled: 2 - passedOver, "passed-over": passedOver, "given-up": 0 })
          assert.deepStrictEqual([...kept.values()], [amount])
        }).pipe(Effect.provide(SubscriberRunner.layer([subscriber])))
      }).pipe(Effect.provide(inMemory))
    )
  }
})
