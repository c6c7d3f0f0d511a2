/** What others may send to the gift cards context: the example of the guide "add your own context". */
import { Message } from "@eventfold/decider"
import { Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as GiftCard from "./GiftCard.ts"

// #region commands
const context = "giftcards"
const answer = Schema.Struct({ version: Schema.Int })
const refusal = GiftCard.GiftCardRefusal

/** Sells a card; answers the version it has then. */
export const IssueGiftCard = Message.command({ context, payload: GiftCard.IssueGiftCard, answer, refusal })
/** Pays for an order with it; answers the version it has then. */
export const RedeemGiftCard = Message.command({ context, payload: GiftCard.RedeemGiftCard, answer, refusal })
// #endregion commands

// #region query
/** Asks what is left on a card. */
export const GiftCardBalance = Message.query({
  context,
  payload: Schema.TaggedStruct("GiftCardBalance", { cardId: GiftCard.GiftCardId }),
  answer: Schema.Struct({ balance: Money.Money }),
  refusal: GiftCard.GiftCardUnknown
})
// #endregion query
