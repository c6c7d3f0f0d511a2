/** What the simulator keeps, forgets and tells. */
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Webhooks } from "@eventfold/card-gateway"
import { CardGatewaySimulator } from "@eventfold/card-gateway-simulator"
import { CardData, CardGateway, PaymentIds } from "@eventfold/domain-payments"
import { Clock, Effect, Layer, Queue, Redacted, Schema } from "effect"
import {
  HttpClient,
  HttpClientRequest,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { layer } from "./Simulated.ts"

const paymentId = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
const ofPayment = { paymentId, money: { amount: 500, currency: "EUR" } } as const
const card = "4000000000009995"

const authorise = (token: string) =>
  Effect.flatMap(CardGateway.CardGateway, (gateway) =>
    gateway.authorise({ key: `authorise ${token}`, ...ofPayment, token: CardData.CardToken.make(token) })
  )
const handIn = Effect.gen(function* () {
  const { url } = yield* CardGatewaySimulator
  const request = HttpClientRequest.post(`${url}/v1/tokens`).pipe(
    HttpClientRequest.bodyJsonUnsafe({ number: card, exp_month: 12, exp_year: 2030, cvc: "123" })
  )
  const text = yield* Effect.flatMap(HttpClient.execute(request), (answer) => answer.text)
  return (yield* Schema.decodeEffect(Schema.fromJsonString(Schema.Struct({ id: CardData.CardToken })))(text)).id
})

describe("the simulator", () => {
  it.live("gives tokens for cards, whose numbers it forgets, and remembers all else when it is started again", () => {
    const journal = join(mkdtempSync(join(tmpdir(), "eventfold-")), "gateway.jsonl")
    return Effect.gen(function* () {
      const [token, authorisation] = yield* Effect.gen(function* () {
        const token = yield* handIn
        const declined = yield* Effect.flip(authorise(token))
        assert.strictEqual(declined._tag === "GatewayDeclined" ? declined.code : "", "insufficient-funds")
        return [token, (yield* authorise("tok_visa")).authorisation] as const
      }).pipe(Effect.provide(layer({ journal })))
      yield* Effect.gen(function* () {
        const gateway = yield* CardGateway.CardGateway
        assert.strictEqual((yield* authorise("tok_visa")).authorisation, authorisation)
        yield* gateway.capture({ key: "capture", authorisation, ...ofPayment })
        assert.strictEqual((yield* Effect.flip(authorise(token)))._tag, "GatewayDeclined")
      }).pipe(Effect.provide(layer({ journal })))
      yield* Effect.gen(function* () {
        const { book } = yield* CardGatewaySimulator
        assert.deepStrictEqual(
          book.find(paymentId).map(({ amount_captured_cents, status }) => [status, amount_captured_cents]),
          [["captured", 500]]
        )
      }).pipe(Effect.provide(layer({ journal })))
      assert.notInclude(readFileSync(journal, "utf8"), card)
    })
  })

  it.live("tells anybody that it is there, and nothing else", () =>
    Effect.gen(function* () {
      const { url } = yield* CardGatewaySimulator
      const health = yield* HttpClient.get(`${url}/health`)
      assert.deepStrictEqual([health.status, yield* health.text], [200, '{"status":"up"}'])
      assert.strictEqual((yield* HttpClient.get(`${url}/admin/charges`)).status, 401)
    }).pipe(Effect.provide(layer()))
  )

  it.live("reads no body without end", () =>
    Effect.gen(function* () {
      const { url } = yield* CardGatewaySimulator
      const request = HttpClientRequest.post(`${url}/v1/tokens`).pipe(
        HttpClientRequest.bodyText("x".repeat(300_000), "application/json")
      )
      assert.strictEqual((yield* HttpClient.execute(request)).status, 413)
    }).pipe(Effect.provide(layer()))
  )

  it.live("tells its merchant what has happened, signed, as often as the script says", () =>
    Effect.gen(function* () {
      const received = yield* Queue.unbounded<Webhooks.Hint | Webhooks.WebhookRefused | undefined>()
      const secret = Redacted.make("whsec_test")
      const merchant = HttpRouter.serve(
        HttpRouter.add(
          "POST",
          "/webhooks",
          Effect.gen(function* () {
            const { headers, text } = yield* HttpServerRequest.HttpServerRequest
            const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
            yield* Queue.offer(received, Webhooks.read(secret, yield* text, headers["gateway-signature"], now))
            return HttpServerResponse.empty()
          })
        ),
        { disableLogger: true, disableListenLog: true }
      ).pipe(Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" })))
      yield* Effect.gen(function* () {
        const { address } = yield* HttpServer.HttpServer
        const { follow, tell } = yield* CardGatewaySimulator
        yield* follow({ seed: "copies", rules: [], webhook_copies: 3 })
        yield* tell({
          url: `http://127.0.0.1:${address._tag === "UnixPathAddress" ? 0 : address.port}/webhooks`,
          secret
        })
        yield* authorise("tok_visa")
        const hints = yield* Effect.all([Queue.take(received), Queue.take(received), Queue.take(received)])
        const [first] = hints
        for (const hint of hints) assert.deepStrictEqual(hint, first)
        assert.deepInclude(first, { paymentId })
      }).pipe(Effect.provide(Layer.merge(layer(), merchant)))
    })
  )
})
