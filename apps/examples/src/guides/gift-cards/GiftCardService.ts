/** The gift cards context, wired to whatever keeps its events: the example of the guide "add your own context". */
import {
  CommandBus,
  CommandHandler,
  type CommandServices,
  QueryBus,
  ReadModelFailure,
  StreamId
} from "@eventfold/event-store"
import { Context, Effect, Layer } from "effect"
import { GiftCard, type GiftCardId, type GiftCardState, GiftCardUnknown } from "./GiftCard.ts"
import { GiftCardBalance, IssueGiftCard, RedeemGiftCard } from "./GiftCardMessages.ts"

type CardId = typeof GiftCardId.Type

// #region commands
const giftCards = CommandHandler.make(GiftCard)
const streamOf = (tenant: string, cardId: CardId) => StreamId.make(tenant, GiftCard.category, cardId)

/** The handlers of every command to a gift card. */
export const commands = CommandBus.aggregate(giftCards, {
  commands: [IssueGiftCard, RedeemGiftCard],
  stream: (tenant, { cardId }) => streamOf(tenant, cardId),
  answer: (_card, version) => ({ version })
})
// #endregion commands

// #region reading
/** What is on the cards, for reading only. */
export class GiftCards extends Context.Service<
  GiftCards,
  { find(tenant: string, cardId: CardId): Effect.Effect<GiftCardState, ReadModelFailure> }
>()("@eventfold/examples/GiftCards") {
  /** Folds the card's events each time it is asked. A context with much to read keeps rows instead. */
  static readonly layer: Layer.Layer<GiftCards, never, CommandServices> = Layer.effect(
    GiftCards,
    Effect.map(Effect.context<CommandServices>(), (context) => ({
      find: (tenant, cardId) =>
        giftCards.load(streamOf(tenant, cardId)).pipe(
          Effect.provideContext(context),
          Effect.mapBoth({
            onSuccess: ({ state }) => state,
            onFailure: (cause) => new ReadModelFailure({ readModel: "gift cards", cause })
          })
        )
    }))
  )
}
// #endregion reading

// #region queries
const balance = Effect.fn("GiftCardBalance")(function* ({ cardId }: { readonly cardId: CardId }) {
  const card = yield* (yield* GiftCards).find("main", cardId)
  return card._tag === "Issued" ? { balance: card.balance } : yield* new GiftCardUnknown({ cardId })
})

/** The handlers of every query about gift cards. */
export const queries = [QueryBus.handler(GiftCardBalance, balance)]
// #endregion queries

// #region layer
/** The whole context: give it the ports, and it answers commands and queries. */
export const layer = Layer.merge(CommandBus.layer(commands), QueryBus.layer(queries)).pipe(
  Layer.provide(GiftCards.layer)
)
// #endregion layer
