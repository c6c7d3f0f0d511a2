/** A whole program over the gift cards context: the example of the guide "use eventfold in your program". */
// #region program
import { CommandBus, layerMemory, QueryBus } from "@eventfold/event-store"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Console, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { GiftCardId } from "./gift-cards/GiftCard.ts"
import { GiftCardBalance, IssueGiftCard, RedeemGiftCard } from "./gift-cards/GiftCardMessages.ts"
import * as GiftCardService from "./gift-cards/GiftCardService.ts"

const euros = (amount: number): Money.Money => ({ amount: amount * 100, currency: "EUR" })

/** Sells a card, pays for an order with it, tells what is left. */
export const program = Effect.gen(function* () {
  const [commands, queries] = [yield* CommandBus, yield* QueryBus]
  const occurredAt = yield* DateTime.now
  const cardId = GiftCardId.fromUuid(SecureRandom.uuidV7Unsafe())
  const orderId = OrderId.fromUuid(SecureRandom.uuidV7Unsafe())

  yield* commands.dispatch(IssueGiftCard, {
    id: SecureRandom.uuidV7Unsafe(),
    tenant: "main",
    payload: { _tag: "IssueGiftCard", cardId, value: euros(50), occurredAt }
  })
  yield* commands.dispatch(RedeemGiftCard, {
    id: SecureRandom.uuidV7Unsafe(),
    tenant: "main",
    payload: { _tag: "RedeemGiftCard", cardId, orderId, amount: euros(20), occurredAt }
  })
  const { balance } = yield* queries.ask(GiftCardBalance, { _tag: "GiftCardBalance", cardId })
  yield* Console.log(`left on the card: ${Money.format(balance)}`)
})

/** The context in memory: nothing is kept after the end. */
export const InMemory = GiftCardService.layer.pipe(Layer.provide(layerMemory))
// #endregion program
