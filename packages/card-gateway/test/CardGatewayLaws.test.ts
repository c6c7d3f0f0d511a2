/** The laws of the card gateway are sharp: for each there is a gateway that breaks it, and it only. */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import { CardGateway, PaymentIds } from "@eventfold/domain-payments"
import { CardGatewayLaws } from "@eventfold/testing"
import { Context, Effect, Layer } from "effect"

type Gateway = CardGateway.CardGateway["Service"]

/** The gateway in memory, with something changed. */
const broken = (change: (sound: Gateway) => Partial<Gateway>) =>
  Layer.effect(
    CardGateway.CardGateway,
    Effect.gen(function* () {
      const context = yield* Layer.build(Layer.fresh(CardGatewayMemory.layerMemory))
      const sound = Context.get(context, CardGateway.CardGateway)
      return { ...sound, ...change(sound) }
    })
  )

const fresh = () => {
  let count = 0
  return (key: string) => `${key} ${(count += 1)}`
}
const free = { feeKept: { amount: 0, currency: "EUR" } } as const

const faults: Readonly<Record<string, (sound: Gateway) => Partial<Gateway>>> = {
  "what is authorised is held once, however often it is asked for under its key, also at the same moment": (sound) => {
    const another = fresh()
    return { authorise: (request) => sound.authorise({ ...request, key: another(request.key) }) }
  },
  "a card that declines is told why, and says the same when it is asked again under the same key": (sound) => ({
    authorise: (request) =>
      Effect.mapError(sound.authorise(request), (error) =>
        error._tag === "GatewayDeclined" && error.code === "insufficient-funds"
          ? new CardGateway.GatewayDeclined({ paymentId: request.paymentId, code: "other" })
          : error
      )
  }),
  "a card that is declined may be taken the next time, under another key": (sound) => ({
    authorise: (request) =>
      request.token === CardGatewayMemory.declinedOnce
        ? Effect.fail(new CardGateway.GatewayDeclined({ paymentId: request.paymentId, code: "card-refused" }))
        : sound.authorise(request)
  }),
  "a token nobody knows is declined": (sound) => ({
    authorise: (request) =>
      sound.authorise(
        CardGatewayMemory.cards.has(request.token) || request.token === CardGatewayMemory.declinedOnce
          ? request
          : { ...request, token: CardGatewayMemory.visa }
      )
  }),
  "never is more captured than is held, and to capture as much once more is harmless under any key": (sound) => {
    const keys = new Map<string, string>()
    return {
      capture: (request) => {
        const { authorisation, key, paymentId } = request
        const first = keys.get(authorisation) ?? key
        return first === key
          ? Effect.tap(sound.capture(request), () => Effect.sync(() => keys.set(authorisation, key)))
          : Effect.fail(new CardGateway.GatewayDeclined({ paymentId, code: "already-captured" }))
      }
    }
  },
  "a refund happens once under its key, and never is more given back than was captured": (sound) => {
    const another = fresh()
    return { refund: (request) => sound.refund({ ...request, key: another(request.key) }) }
  },
  "of refunds at the same moment as many happen as there is money": (sound) => {
    let running = 0
    return {
      refund: (request) =>
        Effect.gen(function* () {
          running += 1
          yield* Effect.yieldNow
          return running > 1 ? free : yield* sound.refund(request)
        }).pipe(Effect.ensuring(Effect.sync(() => (running -= 1))))
    }
  },
  "what is released cannot be captured, and nothing more is held for its payment, however late it is asked for": (
    sound
  ) => {
    const [held, released] = [new Set<PaymentIds.PaymentId>(), new Set<PaymentIds.PaymentId>()]
    const other = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000009")
    return {
      authorise: (request) => {
        held.add(request.paymentId)
        return sound.authorise(released.has(request.paymentId) ? { ...request, paymentId: other } : request)
      },
      void: (request) => {
        if (held.has(request.paymentId)) released.add(request.paymentId)
        return sound.void(request)
      }
    }
  },
  "to release what never was is harmless, and bars it": (sound) => {
    const held = new Set<PaymentIds.PaymentId>()
    return {
      authorise: (request) => {
        held.add(request.paymentId)
        return sound.authorise(request)
      },
      void: (request) => (held.has(request.paymentId) ? sound.void(request) : Effect.void)
    }
  },
  "what was captured is not released, and can be given back": (sound) => ({
    void: (request) =>
      Effect.catchIf(
        sound.void(request),
        (error) => error._tag === "GatewayDeclined" && error.code === "already-captured",
        () => Effect.void
      )
  }),
  "money of a currency without decimals is exact, too": (sound) => ({
    capture: (request) =>
      sound.capture(
        request.money.currency === "JPY" && request.money.amount === 1001
          ? { ...request, money: { amount: 1000, currency: "JPY" } }
          : request
      )
  })
}

/** The names of the laws a gateway breaks. */
const brokenLaws = (gateway: Layer.Layer<CardGateway.CardGateway>) =>
  Effect.filter(CardGatewayLaws.laws, (law) => Effect.isFailure(law.check)).pipe(
    Effect.map((laws) => laws.map(({ name }) => name)),
    Effect.provide(gateway)
  )

describe("the laws of the card gateway", () => {
  it("have each a broken gateway", () => {
    assert.sameMembers(
      Object.keys(faults),
      CardGatewayLaws.laws.map(({ name }) => name)
    )
  })

  for (const [name, fault] of Object.entries(faults)) {
    it.effect(`broken, and no other: ${name}`, () =>
      Effect.map(brokenLaws(broken(fault)), (names) => assert.deepStrictEqual(names, [name]))
    )
  }
})
