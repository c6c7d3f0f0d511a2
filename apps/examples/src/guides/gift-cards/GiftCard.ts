/** A gift card as an aggregate: the example of the guides "model an aggregate" and "add your own context". */
import { Decider, DomainEvent } from "@eventfold/decider"
import { Identifier, Money, OrderId } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"

// #region events
/** Names a gift card: `giftcard_<uuid>`. */
export const GiftCardId = Identifier.make("giftcard")

/** A card was sold and can be spent. */
export const GiftCardIssued = DomainEvent.make("GiftCardIssued", { value: Money.NonNegativeMoney })
/** Part of its value paid for an order. */
export const GiftCardRedeemed = DomainEvent.make("GiftCardRedeemed", {
  orderId: OrderId,
  amount: Money.NonNegativeMoney
})

/** Everything that can happen to a gift card. */
export const GiftCardEvent = Schema.Union([GiftCardIssued, GiftCardRedeemed])
/** Everything that can happen to a gift card. */
export type GiftCardEvent = typeof GiftCardEvent.Type
// #endregion events

// #region commands
const common = { cardId: GiftCardId, occurredAt: Schema.DateTimeUtc }

/** Sells a card. */
export const IssueGiftCard = Schema.TaggedStruct("IssueGiftCard", { ...common, value: Money.NonNegativeMoney })
/** Pays for an order with it. */
export const RedeemGiftCard = Schema.TaggedStruct("RedeemGiftCard", {
  ...common,
  orderId: OrderId,
  amount: Money.NonNegativeMoney
})
/** Everything that can be asked of a gift card. */
export type GiftCardCommand = typeof IssueGiftCard.Type | typeof RedeemGiftCard.Type
// #endregion commands

// #region refusals
/** The card has been sold already. */
export class GiftCardAlreadyIssued extends Schema.TaggedError<GiftCardAlreadyIssued>()("GiftCardAlreadyIssued", {
  cardId: GiftCardId
}) {}

/** Nobody has sold a card with this number. */
export class GiftCardUnknown extends Schema.TaggedError<GiftCardUnknown>()("GiftCardUnknown", {
  cardId: GiftCardId
}) {}

/** There is less on the card than was asked for. */
export class BalanceTooLow extends Schema.TaggedError<BalanceTooLow>()("BalanceTooLow", {
  balance: Money.Money,
  requested: Money.Money
}) {}

/** Everything a command to a gift card can be refused with. */
export const GiftCardRefusal = Schema.Union([
  GiftCardAlreadyIssued,
  GiftCardUnknown,
  BalanceTooLow,
  Money.CurrencyMismatch
])
/** Everything a command to a gift card can be refused with. */
export type GiftCardRefusal = typeof GiftCardRefusal.Type
// #endregion refusals

// #region state
/** A gift card: not sold yet, or with what is left on it and the orders it has paid for. */
export const GiftCardState = Schema.TaggedUnion({
  NotIssued: {},
  Issued: { balance: Money.Money, orders: Schema.Array(OrderId) }
})
/** A gift card: not sold yet, or with what is left on it and the orders it has paid for. */
export type GiftCardState = typeof GiftCardState.Type

const evolve = (card: GiftCardState, event: GiftCardEvent): GiftCardState => {
  if (event._tag === "GiftCardIssued") return { _tag: "Issued", balance: event.value, orders: [] }
  if (card._tag === "NotIssued") return card
  // `decide` has checked the currency; if history says otherwise, an amount that cannot be taken off is not.
  const balance = Result.getOrElse(Money.subtract(card.balance, event.amount), () => card.balance)
  return { ...card, balance, orders: [...card.orders, event.orderId] }
}
// #endregion state

// #region decide
type Decision = Result.Result<ReadonlyArray<GiftCardEvent>, GiftCardRefusal>

const decide = (command: GiftCardCommand, card: GiftCardState): Decision => {
  switch (command._tag) {
    case "IssueGiftCard":
      return issue(command, card)
    case "RedeemGiftCard":
      return redeem(command, card)
  }
}

const issue = ({ cardId, occurredAt, value }: typeof IssueGiftCard.Type, card: GiftCardState): Decision =>
  card._tag === "NotIssued"
    ? Result.succeed([GiftCardIssued.make({ occurredAt, value })])
    : Result.fail(new GiftCardAlreadyIssued({ cardId }))

const redeem = (command: typeof RedeemGiftCard.Type, card: GiftCardState): Decision => {
  const { amount, cardId, occurredAt, orderId } = command
  if (card._tag === "NotIssued") return Result.fail(new GiftCardUnknown({ cardId }))
  // Asking for what is already so records nothing: an order is paid for once, however often it is asked.
  if (card.orders.includes(orderId)) return Result.succeed([])
  return Result.flatMap(Money.compare(card.balance, amount), (comparison) =>
    comparison === -1
      ? Result.fail(new BalanceTooLow({ balance: card.balance, requested: amount }))
      : Result.succeed([GiftCardRedeemed.make({ occurredAt, orderId, amount })])
  )
}
// #endregion decide

// #region decider
/** A gift card: issued once, redeemed until it is empty, in one currency. */
export const GiftCard = Decider.make({
  category: "gift-card",
  State: GiftCardState,
  Event: GiftCardEvent,
  initial: { _tag: "NotIssued" },
  evolve,
  decide
})
// #endregion decider
