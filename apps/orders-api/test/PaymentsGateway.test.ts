/** Payments with a gateway over HTTP that is in trouble, and what the gateway tells by itself. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { CardGatewayHttp, type GatewayLanguage, Webhooks } from "@eventfold/card-gateway"
import { CardGatewaySimulator, Simulator, type Trouble } from "@eventfold/card-gateway-simulator"
import { CommandLog, EventStore } from "@eventfold/event-store"
import { Clock, Duration, Effect, Layer, Redacted } from "effect"
import { GatewayAccess, webhookPath } from "../src/gateway/GatewayAccess.ts"
import { eur, paid, pay, tell } from "./PaymentSamples.ts"
import { until } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import { ask, request, TestService } from "./TestService.ts"

const [apiKey, secret] = [Redacted.make("sk_test"), Redacted.make("whsec_test")]
const simulator = Simulator.layer({ apiKey, patience: Duration.seconds(2) })
const gateway = Layer.merge(
  Layer.succeed(GatewayAccess, { description: "simulated", webhookSecret: secret, introduce: () => Effect.void }),
  Layer.unwrap(
    Effect.map(CardGatewaySimulator, ({ url }) =>
      CardGatewayHttp.layer({ url, apiKey, timeLimit: Duration.millis(500) })
    )
  )
).pipe(Layer.provide([NodeHttpClient.layerUndici, simulator]), Layer.orDie)
const service = Layer.merge(TestService.layer({ gateway }), simulator)

const follow = (rules: Trouble.Script["rules"], copies = 0) =>
  Effect.flatMap(CardGatewaySimulator, ({ follow }) => follow({ seed: "a test", rules, webhook_copies: copies }))
const charges = (orderId: string) =>
  Effect.map(CardGatewaySimulator, ({ book }) =>
    book.find(`payment_${orderId.slice(-36)}`).map((charge) => [charge.status, charge.amount_captured_cents])
  )
const statusOf = (path: string) => Effect.map(request("GET", path), ({ body }) => body.at("status"))

/** A webhook about a payment, as the gateway would sign it. */
const webhook = Effect.fnUntraced(function* (paymentId: string, key: Redacted.Redacted = secret) {
  const object: GatewayLanguage.Charge = {
    id: "ch_1",
    object: "charge",
    status: "captured",
    amount_cents: 1,
    amount_captured_cents: 1,
    amount_refunded_cents: 0,
    currency: "eur",
    reference: paymentId
  }
  const body = JSON.stringify({
    id: `evt_${uuid()}`,
    object: "event",
    type: "charge.captured",
    created: 1,
    data: { object }
  })
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  return { body, headers: { "gateway-signature": Webhooks.sign(key, body, seconds) } }
})

describe("payments, with a gateway in trouble", () => {
  layer(service, { excludeTestServices: true })((it) => {
    it.effect.each([
      { operation: "authorize", kind: "lost_answer" },
      { operation: "capture", kind: "lost_answer" },
      { operation: "authorize", kind: "dropped" },
      { operation: "capture", kind: "outage" },
      { operation: "capture", kind: "time_out" }
    ] as const)("take the money once when $operation meets $kind, and say meanwhile that they cannot", (trouble) =>
      Effect.gen(function* () {
        yield* follow([{ operation: trouble.operation, times: 1, trouble: { kind: trouble.kind } }])
        const orderId = `order_${uuid()}`
        const headers = { "idempotency-key": uuid() }
        const first = yield* pay({ orderId }, { headers })
        assert.deepInclude(first.body.value, { status: 503, reason: "outside" })
        assert.strictEqual(first.headers["retry-after"], "5")
        const again = yield* pay({ orderId }, { headers })
        assert.deepInclude(again.body.value, { status: "captured", captured: eur(500) })
        assert.deepStrictEqual(yield* charges(orderId), [["captured", 500]])
      })
    )

    it.effect("give all of it back that was taken without an answer", () =>
      Effect.gen(function* () {
        yield* follow([{ operation: "capture", times: 1, trouble: { kind: "lost_answer" } }])
        const orderId = `order_${uuid()}`
        assert.strictEqual((yield* pay({ orderId })).status, 503)
        const path = `/payments/payment_${orderId.slice(-36)}`
        const given = yield* tell(path, "refunds", { reason: "The order was cancelled" })
        assert.deepInclude(given.body.value, { captured: eur(500), refunded: eur(500), feesKept: eur(12) })
        const { body } = yield* request("GET", `/orders/${orderId}/payments`)
        assert.deepStrictEqual(body.at("payments"), [{ captured: eur(500), refunded: eur(500), feesKept: eur(12) }])
      })
    )

    it.effect("are brought to their end by what the gateway tells, which may come three times", () =>
      Effect.gen(function* () {
        const { tell } = yield* CardGatewaySimulator
        const { url } = yield* TestService
        yield* tell({ url: `${url}${webhookPath}`, secret })
        yield* follow([{ operation: "capture", times: 1, trouble: { kind: "lost_answer" } }], 3)
        const orderId = `order_${uuid()}`
        assert.strictEqual((yield* pay({ orderId })).status, 503)
        const path = `/payments/payment_${orderId.slice(-36)}`
        const settled = yield* until(path, (body) => body.at("status") === "captured")
        assert.strictEqual(settled.at("version"), 4)
        yield* tell(undefined)
      })
    )
  })
})

describe("a webhook of the gateway", () => {
  layer(service, { excludeTestServices: true })((it) => {
    it.effect("is believed with the right signature only, and in nothing but that something has happened", () =>
      Effect.gen(function* () {
        const path = yield* paid({ capture: false })
        const paymentId = path.slice("/payments/".length)
        const genuine = yield* webhook(paymentId)
        for (let copy = 0; copy < 2; copy += 1) {
          assert.strictEqual((yield* request("POST", webhookPath, genuine)).status, 204)
        }
        assert.strictEqual(yield* statusOf(path), "authorised")
        const forged = yield* webhook(paymentId, Redacted.make("guessed"))
        const unsigned = { body: genuine.body }
        const changed = { ...genuine, body: genuine.body.replace('"amount_cents":1', '"amount_cents":2') }
        for (const wrong of [forged, unsigned, changed]) {
          const answer = yield* request("POST", webhookPath, wrong)
          assert.deepInclude(answer.body.value, { status: 401, type: "urn:eventfold:problem:webhook-refused" })
        }
        const unknown = yield* webhook(`payment_${uuid()}`)
        assert.strictEqual((yield* request("POST", webhookPath, unknown)).status, 204)
        assert.strictEqual((yield* request("POST", webhookPath, yield* webhook("somebody else's"))).status, 204)
      })
    )

    it.effect("leads to no card in an event, a log, a remembered command or a webhook", () =>
      Effect.gen(function* () {
        const number = "5555555555554444"
        const simulated = yield* CardGatewaySimulator
        const vault = yield* ask(simulated.url, "POST", "/v1/tokens", {
          body: { number, exp_month: 12, exp_year: 2030, cvc: "987" }
        })
        const token = vault.body.text("id")
        const { log, url } = yield* TestService
        yield* simulated.tell({ url: `${url}${webhookPath}`, secret })
        yield* follow([{ operation: "capture", times: 1, trouble: { kind: "dropped" } }], 1)
        const orderId = `order_${uuid()}`
        const headers = { "idempotency-key": uuid() }
        const answers = [yield* pay({ orderId, token }, { headers }), yield* pay({ orderId, token }, { headers })]
        assert.strictEqual(answers[1]?.status, 201)
        const path = `/payments/payment_${orderId.slice(-36)}`
        answers.push(yield* tell(path, "refunds", { reason: "Changed my mind" }), yield* request("GET", path))
        const store = yield* EventStore
        const { events } = yield* store.readLog({ after: 0, limit: 1000 })
        assert.isTrue(events.some(({ type }) => type === "PaymentRefunded"))
        const claim = {
          tenant: "main",
          commandId: headers["idempotency-key"],
          command: "payments.TakePayment",
          fingerprint: ""
        }
        const remembered = yield* Effect.flatMap(CommandLog, (commands) => Effect.exit(commands.find(claim)))
        const everything = JSON.stringify([
          events,
          log,
          answers.map(({ text }) => text),
          simulated.book.all(),
          remembered
        ])
        assert.include(everything, orderId)
        assert.notInclude(everything, number)
        assert.notInclude(JSON.stringify([log, answers.map(({ text }) => text)]), token)
      })
    )
  })
})
