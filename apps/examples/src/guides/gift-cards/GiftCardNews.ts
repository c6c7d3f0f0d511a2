/** What gift cards say to other contexts: the example of the guides "publish an event" and "change a message". */
import { PublishedMessage } from "@eventfold/decider"
import { OutboxRelay, Subscriber } from "@eventfold/messaging"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { HandlerRunner } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"
import { GiftCardEvent, GiftCardId } from "./GiftCard.ts"

type CardId = typeof GiftCardId.Type

// #region message
/** Part of a gift card was spent. */
export const CardSpentV1 = PublishedMessage.make(
  "giftcards",
  "card-spent",
  1,
  Schema.Struct({
    cardId: GiftCardId,
    amount: Money.NonNegativeMoney,
    spentAt: PublishedMessage.Instant
  }).annotate({ description: "Part of a gift card was spent." })
)
// #endregion message

// #region version
/** Part of a gift card was spent, on an order. */
export const CardSpentV2 = PublishedMessage.make(
  "giftcards",
  "card-spent",
  2,
  Schema.Struct({
    cardId: GiftCardId,
    orderId: OrderId,
    amount: Money.NonNegativeMoney,
    spentAt: PublishedMessage.Instant
  }).annotate({ description: "Part of a gift card was spent on an order." })
)
// #endregion version

// #region mapping
/** All that gift cards say. */
export const language = PublishedMessage.language("giftcards", [CardSpentV1, CardSpentV2])

/** What an event of a card means to others. */
export const messagesOf = (cardId: CardId, event: GiftCardEvent): ReadonlyArray<PublishedMessage.Outgoing> => {
  switch (event._tag) {
    case "GiftCardIssued":
      return []
    case "GiftCardRedeemed": {
      const { amount, occurredAt: spentAt, orderId } = event
      return [
        PublishedMessage.say(CardSpentV1, { cardId, amount, spentAt }),
        PublishedMessage.say(CardSpentV2, { cardId, orderId, amount, spentAt })
      ]
    }
  }
}
// #endregion mapping

// #region relay
/** Says it: an event handler, which `HandlerRunner` runs beside others. */
export const relay = OutboxRelay.make({
  language,
  events: GiftCardEvent,
  schemas: "https://cards.example/schemas",
  publish: (event: GiftCardEvent, { stream }) => Effect.succeed(messagesOf(GiftCardId.make(stream.id), event))
})

/** Runs the relay while it lives. */
export const relaying = HandlerRunner.layer([relay])
// #endregion relay

// #region readers
/** Keeps what was spent, by the id of the event that says so: what it has already changes nothing. */
export type Keep = (event: string, amount: Money.Money) => Effect.Effect<void>

const first = (keep: Keep) => Subscriber.on(CardSpentV1, ({ amount }, { message }) => keep(message.causationid, amount))
const second = (keep: Keep) =>
  Subscriber.on(CardSpentV2, ({ amount }, { message }) => keep(message.causationid, amount))

/** Adds up what was spent, and has heard that there will be a second version. */
export const books = (keep: Keep) => Subscriber.make("books", [first(keep)], { passesOver: [CardSpentV2.type] })

/** The same while both are said: of both it makes one. */
export const booksOfBoth = (keep: Keep) => Subscriber.make("books", [first(keep), second(keep)])

/** The same since the first version is not said any more. */
export const booksSince = (keep: Keep) => Subscriber.make("books", [second(keep)], { passesOver: [CardSpentV1.type] })
// #endregion readers
