/** Two projections of gift cards: the example of the guide "write a projection". */
import { Projection, ReadModel } from "@eventfold/decider"
import { Currency, Money } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import { GiftCard, GiftCardEvent, GiftCardId } from "./GiftCard.ts"

// #region read-model
/** What the shop shows of a gift card. */
export const CardRow = Schema.Struct({
  cardId: GiftCardId,
  balance: Money.Money,
  /** How many orders it has paid for. */
  orders: Schema.Int,
  lastUsedAt: Schema.optionalKey(Schema.DateTimeUtc)
})

/** The gift cards of the shop, one row each. */
export const cards = ReadModel.make({
  name: "gift_cards",
  key: ["cardId"],
  row: CardRow,
  indexes: [["lastUsedAt"]]
})
// #endregion read-model

// #region by-stream
/** Keeps the row of each card. */
export const Cards = Projection.make({
  readModel: cards,
  events: GiftCardEvent,
  keys: Projection.byStream(GiftCard.category, "cardId"),
  project: (event, [row], { stream }) => {
    if (event._tag === "GiftCardIssued") {
      return [Projection.upsert({ cardId: GiftCardId.make(stream.id), balance: event.value, orders: 0 })]
    }
    if (row === undefined) return Projection.unchanged
    const balance = Result.getOrThrow(Money.subtract(row.balance, event.amount))
    return [Projection.upsert({ ...row, balance, orders: row.orders + 1, lastUsedAt: event.occurredAt })]
  }
})
// #endregion by-stream

// #region counters
/** What has been sold and what has been spent in one currency, in its minor units. */
export const Turnover = Schema.Struct({ currency: Currency.Currency, sold: Schema.Int, spent: Schema.Int })

/** Adds up what cards were sold for and what they have paid. The currency is in the key, so no two are ever added up. */
export const GiftCardTurnover = Projection.counters({
  readModel: ReadModel.make({ name: "gift_card_turnover", key: ["currency"], row: Turnover }),
  events: GiftCardEvent,
  counters: ["sold", "spent"],
  initial: ({ currency }) => ({ currency, sold: 0, spent: 0 }),
  count: (event) =>
    event._tag === "GiftCardIssued"
      ? [Projection.increment({ currency: event.value.currency }, "sold", event.value.amount)]
      : [Projection.increment({ currency: event.amount.currency }, "spent", event.amount.amount)]
})
// #endregion counters
