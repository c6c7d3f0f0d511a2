/** What becomes of answers no gateway should give, and of none. */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewayHttp } from "@eventfold/card-gateway"
import { CardData, CardGateway, PaymentIds } from "@eventfold/domain-payments"
import type { Money } from "@eventfold/shared-kernel"
import { Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"

const paymentId = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
const request = {
  key: "k",
  paymentId,
  money: { amount: 500, currency: "EUR" } satisfies Money.Money,
  token: CardData.CardToken.make("tok_visa")
}
const charge = {
  id: "ch_1",
  object: "charge",
  status: "authorized",
  currency: "eur",
  reference: paymentId,
  amount_cents: 500,
  amount_captured_cents: 0,
  amount_refunded_cents: 0
}

/** A gateway that answers so. */
const answering = (answer: Response | "nothing" | "silence") =>
  CardGatewayHttp.layer({
    url: "http://gateway",
    apiKey: Redacted.make("sk_secret"),
    timeLimit: Duration.seconds(3)
  }).pipe(
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((asked) => {
          assert.strictEqual(asked.headers["idempotency-key"], "k")
          assert.strictEqual(asked.headers["authorization"], "Bearer sk_secret")
          if (answer === "silence") return Effect.never
          return answer === "nothing"
            ? Effect.fail(
                new HttpClientError.HttpClientError({
                  reason: new HttpClientError.TransportError({ request: asked, cause: new Error("refused") })
                })
              )
            : Effect.succeed(HttpClientResponse.fromWeb(asked, answer))
        })
      )
    )
  )

const authorised = Effect.flatMap(CardGateway.CardGateway, (gateway) => gateway.authorise(request))
const told = (answer: Parameters<typeof answering>[0], asked = authorised) =>
  Effect.provide(asked, answering(answer)).pipe(
    Effect.map(({ authorisation }) => authorisation),
    Effect.catchTags({
      GatewayDeclined: ({ code }) => Effect.succeed(code),
      GatewayUnavailable: ({ problem }) => Effect.succeed(problem)
    })
  )

describe("the client of the gateway", () => {
  it.effect("believes an answer that fits what was asked, and no other", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* told(Response.json(charge, { status: 201 })), "ch_1")
      assert.strictEqual(yield* told(Response.json({ ...charge, amount_cents: 501 })), "unexpected")
      assert.strictEqual(yield* told(Response.json({ ...charge, currency: "usd" })), "unexpected")
      assert.strictEqual(yield* told(Response.json({ ...charge, status: "lost in space" })), "unexpected")
      assert.strictEqual(yield* told(new Response("<html>", { status: 200 })), "unexpected")
      assert.strictEqual(yield* told(new Response(null, { status: 204 })), "unexpected")
    })
  )

  it.effect("tells failures from declines", () =>
    Effect.gen(function* () {
      const error = { type: "card_error", code: "card_declined", decline_code: "expired_card", message: "no" }
      assert.strictEqual(yield* told(Response.json({ error }, { status: 402 })), "card-expired")
      assert.strictEqual(yield* told(new Response("Bad Gateway", { status: 502 })), "failing")
      assert.strictEqual(yield* told("nothing"), "unreachable")
    })
  )

  it.effect("waits no longer than its time limit", () =>
    Effect.gen(function* () {
      const asked = yield* Effect.forkChild(told("silence"))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* Fiber.join(asked), "timeout")
    })
  )

  it.effect("declines by itself what cannot be said in cents", () =>
    Effect.gen(function* () {
      const asked = Effect.flatMap(CardGateway.CardGateway, (gateway) =>
        gateway.authorise({ ...request, money: { amount: 1, currency: "KWD" } })
      )
      assert.strictEqual(yield* told("nothing", asked), "amount-not-supported")
    })
  )
})
