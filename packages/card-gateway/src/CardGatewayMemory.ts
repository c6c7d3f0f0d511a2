/**
 * A card gateway in memory: for programs and tests that need none of its language and no trouble. Everything is gone when the
 * program ends. It knows the cards of {@link cards} and {@link declinedOnce}, and keeps no fee.
 */
import { CardData, CardGateway, type DeclineCode } from "@eventfold/domain-payments"
import type { PaymentId } from "@eventfold/domain-payments/PaymentIds"
import { Effect, Layer, Option, Result } from "effect"

/** The cards it knows: what each token's card says, none when it has money without end. */
export const cards: ReadonlyMap<string, Option.Option<DeclineCode.DeclineCode>> = new Map([
  ["tok_visa", Option.none()],
  ["tok_mastercard", Option.none()],
  ["tok_insufficient_funds", Option.some("insufficient-funds")],
  ["tok_expired_card", Option.some("card-expired")],
  ["tok_do_not_honor", Option.some("card-refused")],
  ["tok_fraudulent", Option.some("suspected-fraud")]
])

/** A card that is refused the first time a payment asks for money, and never again. */
export const declinedOnce = CardData.CardToken.make("tok_declined_once")

/** A card with money without end. */
export const visa = CardData.CardToken.make("tok_visa")

interface Held {
  readonly paymentId: PaymentId
  readonly amount: number
  readonly captured: number
  readonly refunded: number
  readonly isVoid: boolean
}

type Outcome<A> = Result.Result<A, DeclineCode.DeclineCode>

/** A card gateway in memory. */
export const layerMemory: Layer.Layer<CardGateway.CardGateway> = Layer.sync(CardGateway.CardGateway, () => {
  const held = new Map<string, Held>()
  const barred = new Set<PaymentId>()
  const declined = new Set<PaymentId>()
  const outcomes = new Map<string, Outcome<string>>()

  /** Does it once per key, and answers the same ever after. */
  const once = ({ key, paymentId }: CardGateway.GatewayRequest, act: () => Outcome<string>) =>
    Effect.suspend(() => {
      const outcome = outcomes.get(key) ?? act()
      outcomes.set(key, outcome)
      return Effect.fromResult(Result.mapError(outcome, (code) => new CardGateway.GatewayDeclined({ paymentId, code })))
    })

  const find = (authorisation: string, act: (found: Held) => Outcome<Held>): Outcome<string> => {
    const found = held.get(authorisation)
    if (found === undefined) return Result.fail("other")
    return Result.map(act(found), (changed) => {
      held.set(authorisation, changed)
      return authorisation
    })
  }

  const authorise = ({ money, paymentId, token }: CardGateway.Authorise): Outcome<string> => {
    const card = token === declinedOnce ? cards.get(visa) : cards.get(token)
    if (barred.has(paymentId)) return Result.fail("payment-void")
    if (token === declinedOnce && !declined.has(paymentId)) {
      declined.add(paymentId)
      return Result.fail("card-refused")
    }
    if (card === undefined) return Result.fail("token-unknown")
    if (Option.isSome(card)) return Result.fail(card.value)
    const authorisation = `mem_${held.size + 1}`
    held.set(authorisation, { paymentId, amount: money.amount, captured: 0, refunded: 0, isVoid: false })
    return Result.succeed(authorisation)
  }

  const capture = ({ authorisation, money }: CardGateway.Capture) =>
    find(authorisation, (found) => {
      if (found.isVoid) return Result.fail("payment-void")
      if (found.captured === money.amount) return Result.succeed(found)
      if (found.captured > 0) return Result.fail("already-captured")
      return money.amount > found.amount
        ? Result.fail("amount-not-supported")
        : Result.succeed({ ...found, captured: money.amount })
    })

  const refund = ({ authorisation, money }: CardGateway.Refund) =>
    find(authorisation, (found) =>
      found.refunded + money.amount > found.captured
        ? Result.fail("already-refunded")
        : Result.succeed({ ...found, refunded: found.refunded + money.amount })
    )

  const release = ({ paymentId }: CardGateway.GatewayRequest): Outcome<string> => {
    const ofPayment = [...held].filter(([, found]) => found.paymentId === paymentId)
    if (ofPayment.some(([, found]) => found.captured > 0)) return Result.fail("already-captured")
    barred.add(paymentId)
    for (const [authorisation, found] of ofPayment) held.set(authorisation, { ...found, isVoid: true })
    return Result.succeed(paymentId)
  }

  return {
    authorise: (request) =>
      Effect.map(
        once(request, () => authorise(request)),
        (authorisation) => ({ authorisation })
      ),
    capture: (request) => Effect.asVoid(once(request, () => capture(request))),
    refund: (request) =>
      Effect.as(
        once(request, () => refund(request)),
        { feeKept: { amount: 0, currency: request.money.currency } }
      ),
    void: (request) => Effect.asVoid(once(request, () => release(request)))
  }
})
