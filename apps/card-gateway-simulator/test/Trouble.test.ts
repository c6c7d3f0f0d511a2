/** The simulator's trouble, as the client of the gateway meets it over HTTP. */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewaySimulator, Trouble } from "@eventfold/card-gateway-simulator"
import { CardData, CardGateway, PaymentIds } from "@eventfold/domain-payments"
import type { Money } from "@eventfold/shared-kernel"
import { Duration, Effect, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { apiKey, layer } from "./Simulated.ts"

const eur = (amount: number): Money.Money => ({ amount, currency: "EUR" })
const payment = (last: number) =>
  PaymentIds.PaymentId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`)
const token = CardData.CardToken.make("tok_visa")

const authorise = Effect.fnUntraced(function* (paymentId: PaymentIds.PaymentId) {
  const gateway = yield* CardGateway.CardGateway
  return yield* gateway.authorise({ key: `${paymentId}:authorise`, paymentId, money: eur(500), token })
})
const told = <A, R>(asked: Effect.Effect<A, CardGateway.GatewayError, R>) =>
  Effect.match(asked, {
    onSuccess: () => "done",
    onFailure: (error) => (error._tag === "GatewayDeclined" ? error.code : error.problem)
  })
const follow = (...rules: ReadonlyArray<Trouble.Rule>) =>
  Effect.flatMap(CardGatewaySimulator, ({ follow }) => follow({ seed: "a test", rules }))
const chargesOf = (paymentId: PaymentIds.PaymentId) =>
  Effect.map(CardGatewaySimulator, ({ book }) => book.find(paymentId))

const shared = layer({ patience: Duration.seconds(1) }, Duration.millis(400))

describe("a gateway in trouble", () => {
  it.live("loses an answer, and gives it when it is asked again: the money is held once", () =>
    Effect.gen(function* () {
      yield* follow({ operation: "authorize", times: 1, trouble: { kind: "lost_answer" } })
      assert.strictEqual(yield* told(authorise(payment(1))), "unreachable")
      assert.strictEqual((yield* chargesOf(payment(1))).length, 1)
      assert.strictEqual(yield* told(authorise(payment(1))), "done")
      assert.strictEqual((yield* chargesOf(payment(1))).length, 1)
    }).pipe(Effect.provide(shared))
  )

  it.live("breaks the connection, has errors, is out of order or silent, and has done nothing", () =>
    Effect.gen(function* () {
      const troubles = [
        ["dropped", "unreachable"],
        ["error", "failing"],
        ["outage", "failing"],
        ["time_out", "timeout"]
      ] as const
      for (const [kind, problem] of troubles) {
        yield* follow({ trouble: { kind } })
        assert.strictEqual(yield* told(authorise(payment(2))), problem, kind)
        assert.deepStrictEqual(yield* chargesOf(payment(2)), [])
      }
      yield* follow()
      assert.strictEqual(yield* told(authorise(payment(2))), "done")
    }).pipe(Effect.provide(shared))
  )

  it.live("declines, and says the same when it is asked again", () =>
    Effect.gen(function* () {
      yield* follow({ times: 1, trouble: { kind: "decline", decline_code: "stolen_card" } })
      assert.strictEqual(yield* told(authorise(payment(3))), "suspected-fraud")
      assert.strictEqual(yield* told(authorise(payment(3))), "suspected-fraud")
      yield* follow({ operation: "capture", trouble: { kind: "decline", decline_code: "generic_decline" } })
      const { authorisation } = yield* authorise(payment(4))
      const gateway = yield* CardGateway.CardGateway
      const capture = { key: "capture", paymentId: payment(4), authorisation, money: eur(500) }
      assert.strictEqual(yield* told(gateway.capture(capture)), "authorisation-expired")
    }).pipe(Effect.provide(shared))
  )

  it.live("keeps a fee of what it gives back", () =>
    Effect.gen(function* () {
      const gateway = yield* CardGateway.CardGateway
      const { authorisation } = yield* authorise(payment(5))
      const request = { paymentId: payment(5), authorisation, money: eur(500) }
      yield* gateway.capture({ key: "capture 5", ...request })
      const { feeKept } = yield* gateway.refund({ key: "refund 5", ...request })
      assert.deepStrictEqual(feeKept, eur(12))
    }).pipe(Effect.provide(shared))
  )

  it("strikes the same requests whenever the seed is the same, in whatever order payments come", () => {
    const script: Trouble.Script = {
      seed: "seven",
      rules: [
        { trouble: { kind: "latency", min_ms: 5, max_ms: 50 } },
        { probability: 0.3, trouble: { kind: "outage" } },
        { operation: "capture", probability: 0.5, times: 1, trouble: { kind: "lost_answer" } }
      ]
    }
    const references = Array.from({ length: 40 }, (_, index) => `payment ${index}`)
    const fates = (order: ReadonlyArray<string>) => {
      const { fateOf } = Trouble.make(script)
      return new Map(
        order.map((name) => [name, [fateOf("authorize", name), fateOf("capture", name), fateOf("capture", name)]])
      )
    }
    const one = fates(references)
    const other = fates(references.toReversed())
    for (const name of references) assert.deepStrictEqual(one.get(name), other.get(name))
    const kinds = [...one.values()].flat().map(({ trouble }) => trouble?.kind)
    assert.sameMembers([...new Set(kinds)], [undefined, "outage", "lost_answer"])
    assert.isTrue([...one.values()].flat().every(({ delay }) => delay >= 5 && delay <= 50))
  })

  it.live("is told by its administrator, who needs the key", () =>
    Effect.gen(function* () {
      const { url } = yield* CardGatewaySimulator
      const script: Trouble.Script = { seed: "by hand", rules: [{ trouble: { kind: "outage" } }] }
      const put = HttpClientRequest.put(`${url}/admin/script`).pipe(HttpClientRequest.bodyJsonUnsafe(script))
      assert.strictEqual((yield* HttpClient.execute(put)).status, 401)
      const known = HttpClientRequest.bearerToken(apiKey)
      assert.strictEqual((yield* HttpClient.execute(known(put))).status, 200)
      assert.strictEqual(yield* told(authorise(payment(6))), "failing")
      const wrong = HttpClientRequest.put(`${url}/admin/script`).pipe(HttpClientRequest.bodyJsonUnsafe({ rules: 1 }))
      assert.strictEqual((yield* HttpClient.execute(known(wrong))).status, 400)
      yield* HttpClient.execute(known(HttpClientRequest.make("DELETE")(`${url}/admin/script`)))
      assert.strictEqual(yield* told(authorise(payment(6))), "done")
      const charges = yield* HttpClient.execute(
        known(HttpClientRequest.get(`${url}/admin/charges?reference=${payment(6)}`))
      )
      assert.include(yield* charges.text, payment(6))
      const stranger = HttpClientRequest.post(`${url}/v1/reversals`).pipe(
        HttpClientRequest.bearerToken(Redacted.make("guessed"))
      )
      assert.strictEqual((yield* HttpClient.execute(stranger)).status, 401)
    }).pipe(Effect.provide(shared))
  )
})
