/**
 * The laws of the card gateway as values: what every layer of the port guarantees. No test framework is needed to run
 * them; `CardGatewayContract` registers them with vitest.
 *
 * They pay with the tokens `tok_visa`, which has money without end, `tok_insufficient_funds`, which has none, and
 * `tok_declined_once`, which is refused the first time a payment asks, with `card-refused`.
 */
import { CardData, CardGateway, type DeclineCode, PaymentIds } from "@eventfold/domain-payments"
import type { Money } from "@eventfold/shared-kernel"
import { Effect, Equal } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make, type Violation } from "./Law.ts"

/** A card with money without end. */
export const visa = CardData.CardToken.make("tok_visa")
/** A card that is refused the first time. */
const declinedOnce = CardData.CardToken.make("tok_declined_once")
/** A card without money. */
export const empty = CardData.CardToken.make("tok_insufficient_funds")

const eur = (amount: number): Money.Money => ({ amount, currency: "EUR" })
const yen = (amount: number): Money.Money => ({ amount, currency: "JPY" })

const fresh = Effect.map(Scenario.uuid, PaymentIds.PaymentId.fromUuid)

/** A new payment of which so much is held. */
const hold = Effect.fnUntraced(function* (money: Money.Money) {
  const gateway = yield* CardGateway.CardGateway
  const paymentId = yield* fresh
  const key = `${paymentId}:authorise`
  const { authorisation } = yield* gateway.authorise({ key, paymentId, money, token: visa })
  return {
    paymentId,
    authorisation,
    /** Asks for it again, under the same key. */
    again: gateway.authorise({ key, paymentId, money, token: visa }),
    capture: (money: Money.Money, name = "capture") =>
      gateway.capture({ key: `${paymentId}:${name}`, paymentId, authorisation, money }),
    refund: (money: Money.Money, name: string) =>
      gateway.refund({ key: `${paymentId}:${name}`, paymentId, authorisation, money }),
    release: gateway.void({ key: `${paymentId}:void`, paymentId })
  }
})

/** A new payment of which all was captured. */
const taken = Effect.fnUntraced(function* (money: Money.Money) {
  const payment = yield* hold(money)
  yield* payment.capture(money)
  return payment
})

const expectDeclined = Effect.fnUntraced(function* <A, R>(
  what: string,
  code: DeclineCode.DeclineCode,
  effect: Effect.Effect<A, CardGateway.GatewayError, R>
): Effect.fn.Return<void, Violation, R> {
  const error = yield* expectFailure(what, effect)
  yield* expectEqual(what, error._tag === "GatewayDeclined" ? error.code : error._tag, code)
})

/** The laws of the card gateway. */
export const laws: ReadonlyArray<Law<CardGateway.CardGateway>> = [
  make(
    "what is authorised is held once, however often it is asked for under its key, also at the same moment",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const paymentId = yield* fresh
      const request = { key: `${paymentId}:authorise`, paymentId, money: eur(500), token: visa }
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () =>
          // That the same request is being answered is no answer yet.
          Effect.retry(gateway.authorise(request), { times: 50, while: (error) => error._tag === "GatewayUnavailable" })
        ),
        { concurrency: "unbounded" }
      )
      for (const answer of answers) yield* expectEqual("an answer", answer, answers[0] ?? answer)
      const another = yield* hold(eur(500))
      yield* expect(another.authorisation !== answers[0]?.authorisation, "two payments must be held apart")
    })
  ),

  make(
    "a card that declines is told why, and says the same when it is asked again under the same key",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const paymentId = yield* fresh
      const request = { key: `${paymentId}:1`, paymentId, money: eur(500) }
      yield* expectDeclined("the card", "insufficient-funds", gateway.authorise({ ...request, token: empty }))
      yield* expectDeclined("the card again", "insufficient-funds", gateway.authorise({ ...request, token: empty }))
      const other = { ...request, key: `${paymentId}:2`, token: visa }
      const { authorisation } = yield* gateway.authorise(other)
      yield* gateway.capture({ key: `${paymentId}:capture`, paymentId, authorisation, money: eur(500) })
    })
  ),

  make(
    "a card that is declined may be taken the next time, under another key",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const paymentId = yield* fresh
      const attempt = (number: number) =>
        gateway.authorise({ key: `${paymentId}:${number}`, paymentId, money: eur(500), token: declinedOnce })
      yield* expectDeclined("the first attempt", "card-refused", attempt(1))
      const { authorisation } = yield* attempt(2)
      yield* gateway.capture({ key: `${paymentId}:capture`, paymentId, authorisation, money: eur(500) })
    })
  ),

  make(
    "a token nobody knows is declined",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const paymentId = yield* fresh
      const token = CardData.CardToken.make("tok_nobody_knows")
      const request = { key: `${paymentId}:1`, paymentId, money: eur(500), token }
      yield* expectDeclined("the token", "token-unknown", gateway.authorise(request))
    })
  ),

  make(
    "never is more captured than is held, and to capture as much once more is harmless under any key",
    Effect.gen(function* () {
      const payment = yield* hold(eur(500))
      yield* expectDeclined("a capture of more", "amount-not-supported", payment.capture(eur(501), "more"))
      yield* payment.capture(eur(300))
      yield* payment.capture(eur(300))
      yield* payment.capture(eur(300), "once more")
      yield* expectDeclined("a capture of the rest", "already-captured", payment.capture(eur(200), "rest"))
      yield* expectDeclined("a refund of what was not captured", "already-refunded", payment.refund(eur(301), "all"))
      yield* payment.refund(eur(300), "captured")
    })
  ),

  make(
    "a refund happens once under its key, and never is more given back than was captured",
    Effect.gen(function* () {
      const payment = yield* taken(eur(500))
      const first = yield* payment.refund(eur(200), "a")
      const again = yield* payment.refund(eur(200), "a")
      yield* expect(Equal.equals(first, again), "a refund asked for again must be answered as before")
      yield* expect(
        first.feeKept.currency === "EUR" && first.feeKept.amount >= 0,
        "the fee must be money of the refund"
      )
      yield* payment.refund(eur(300), "b")
      yield* expectDeclined("a refund of more", "already-refunded", payment.refund(eur(1), "c"))
      yield* expectDeclined("the same again", "already-refunded", payment.refund(eur(1), "c"))
    })
  ),

  make(
    "of refunds at the same moment as many happen as there is money",
    Effect.gen(function* () {
      const payment = yield* taken(eur(500))
      const results = yield* Effect.forEach(
        Array.from({ length: 8 }, (_, index) => index),
        (index) => Effect.result(payment.refund(eur(200), `refund-${index}`)),
        { concurrency: "unbounded" }
      )
      const done = results.filter(({ _tag }) => _tag === "Success").length
      yield* expectEqual("refunds of 200 out of 500", done, 2)
    })
  ),

  make(
    "what is released cannot be captured, and nothing more is held for its payment, however late it is asked for",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const payment = yield* hold(eur(500))
      yield* payment.release
      yield* payment.release
      yield* expectDeclined("the capture", "payment-void", payment.capture(eur(500)))
      const { paymentId } = payment
      const late = { key: `${paymentId}:late`, paymentId, money: eur(500), token: visa }
      yield* expectDeclined("a late authorisation", "payment-void", gateway.authorise(late))
    })
  ),

  make(
    "to release what never was is harmless, and bars it",
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const paymentId = yield* fresh
      yield* gateway.void({ key: `${paymentId}:void`, paymentId })
      const late = { key: `${paymentId}:authorise`, paymentId, money: eur(500), token: visa }
      yield* expectDeclined("a late authorisation", "payment-void", gateway.authorise(late))
    })
  ),

  make(
    "what was captured is not released, and can be given back",
    Effect.gen(function* () {
      const payment = yield* taken(eur(500))
      yield* expectDeclined("the release", "already-captured", payment.release)
      yield* payment.refund(eur(500), "all")
    })
  ),

  make(
    "money of a currency without decimals is exact, too",
    Effect.gen(function* () {
      const payment = yield* hold(yen(1000))
      yield* expectDeclined("a capture of one more", "amount-not-supported", payment.capture(yen(1001), "more"))
      yield* payment.capture(yen(1000))
      yield* payment.refund(yen(999), "most")
      yield* expectDeclined("a refund of two more", "already-refunded", payment.refund(yen(2), "two"))
      yield* payment.refund(yen(1), "rest")
    })
  )
]
