import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { eur, paid, pay, payment, tell } from "./PaymentSamples.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
}
const nothing = eur(0)

describe("payments over HTTP", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are taken for an order, under its UUID, once however often they are asked for", () =>
      Effect.gen(function* () {
        const body = payment()
        const asked = yield* request("POST", "/payments", { body })
        const paymentId = `payment_${body.orderId.slice(-36)}`
        const { orderId, money } = body
        const amounts = { money, authorised: money, captured: money, refunded: nothing, feesKept: nothing }
        assert.deepStrictEqual(
          [asked.status, asked.headers["location"], asked.headers["etag"], asked.body.value],
          [201, `/payments/${paymentId}`, '"4"', { paymentId, orderId, status: "captured", version: 4, ...amounts }]
        )
        assert.deepStrictEqual((yield* request("POST", "/payments", { body })).body.value, asked.body.value)
        const { body: found, headers } = yield* request("GET", `/payments/${paymentId}`)
        assert.strictEqual(headers["etag"], '"4"')
        assert.deepInclude(found.value, { status: "captured", attempts: 1, refunds: [], ...amounts })
        assert.deepStrictEqual(each(found, "timeline", "event"), [
          "PaymentRequested",
          "PaymentAuthorised",
          "CaptureRequested",
          "PaymentCaptured"
        ])
        const unchanged = yield* request("GET", `/payments/${paymentId}`, { headers: { "if-none-match": '"4"' } })
        assert.strictEqual(unchanged.status, 304)
      })
    )

    it.effect("are held, captured in part, and given back in parts", () =>
      Effect.gen(function* () {
        const path = yield* paid({ capture: false })
        assert.strictEqual((yield* request("GET", path)).body.at("status"), "authorised")
        isProblem(yield* tell(path, "capture", { money: eur(501) }), 409, "amount-too-large")
        const captured = yield* tell(path, "capture", { money: eur(300) })
        assert.deepInclude(captured.body.value, { status: "captured", captured: eur(300), authorised: eur(500) })
        const key = uuid()
        const part = { money: eur(100), reason: "One mug was broken" }
        const refunded = yield* tell(path, "refunds", part, { headers: { "idempotency-key": key } })
        assert.deepStrictEqual(refunded.body.at("refunded"), eur(100))
        const again = yield* tell(path, "refunds", part, { headers: { "idempotency-key": key } })
        assert.deepStrictEqual(again.body.value, refunded.body.value)
        isProblem(yield* tell(path, "refunds", { ...part, money: eur(201) }), 409, "amount-too-large")
        const rest = yield* tell(path, "refunds", { reason: "The order was cancelled" })
        assert.deepInclude(rest.body.value, { captured: eur(300), refunded: eur(300) })
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual(each(body, "refunds", "status"), ["done", "done"])
        assert.strictEqual(body.at("refunds", 0, "refundId"), `refund_${key}`)
      })
    )

    it.effect("are voided while they are only held", () =>
      Effect.gen(function* () {
        const path = yield* paid({ capture: false })
        const voided = yield* tell(path, "void", { reason: "Ordered twice" })
        assert.deepInclude(voided.body.value, { status: "voided", captured: nothing })
        isProblem(yield* tell(path, "capture"), 409, "payment-is-void")
        isProblem(yield* tell(yield* paid(), "void", { reason: "Too late" }), 409, "payment-already-captured")
      })
    )

    it.effect("are declined by the card, with the reason, and may be tried again with another", () =>
      Effect.gen(function* () {
        const orderId = `order_${uuid()}`
        const declined = yield* pay({ orderId, token: "tok_insufficient_funds" })
        isProblem(declined, 409, "payment-declined")
        assert.strictEqual(declined.body.at("refusal", "code"), "insufficient-funds")
        assert.include(declined.body.text("detail"), "not enough money")
        isProblem(yield* pay({ orderId, token: "tok_insufficient_funds" }), 409, "payment-declined")
        const { body } = yield* request("GET", `/payments/payment_${orderId.slice(-36)}`)
        assert.strictEqual(body.at("declined", "code"), "insufficient-funds")
        const again = yield* pay({ orderId, attempt: 2 })
        assert.deepInclude(again.body.value, { status: "captured", captured: eur(500) })
        isProblem(yield* pay({ token: "tok_nobody_knows" }), 409, "payment-declined")
      })
    )

    it.effect("that were given up before anybody asked for them are taken by nobody", () =>
      Effect.gen(function* () {
        const orderId = `order_${uuid()}`
        const path = `/payments/payment_${orderId.slice(-36)}`
        const given = yield* tell(path, "refunds", { reason: "The order was cancelled" })
        assert.deepInclude(given.body.value, { status: "barred", version: 1 })
        isProblem(yield* pay({ orderId }), 409, "payment-is-void")
        assert.strictEqual((yield* request("GET", path)).body.at("status"), "barred")
      })
    )

    it.effect("are not there when nobody has asked for them, and at no version but theirs", () =>
      Effect.gen(function* () {
        const path = `/payments/payment_${uuid()}`
        isProblem(yield* request("GET", path), 404, "payment-not-found")
        for (const what of ["capture", "settle"]) isProblem(yield* tell(path, what), 404, "payment-not-found")
        isProblem(yield* tell(path, "void", { reason: "No reason" }), 404, "payment-not-found")
        const held = yield* paid({ capture: false })
        isProblem(yield* tell(held, "capture", {}, { headers: { "if-match": '"1"' } }), 412, "version-mismatch")
        assert.strictEqual((yield* tell(held, "capture", {}, { headers: { "if-match": '"2"' } })).status, 200)
        assert.strictEqual((yield* tell(held, "settle")).body.at("status"), "captured")
      })
    )

    it.effect("take no card, and nothing that looks like one", () =>
      Effect.gen(function* () {
        const number = "4111 1111 1111 1111"
        // Two groups of it: an id may well hold one.
        const ofCard = /1111[ -]?1111/u
        const path = yield* paid({ capture: false })
        const answers = yield* Effect.all([
          pay({ token: number }),
          pay({ token: `tok_${number.replaceAll(" ", "")}` }),
          pay({ card: { number } }),
          pay({}, { headers: { "x-reason": `wrong card ${number}` } }),
          tell(path, "void", { reason: `the card ${number} was wrong` }),
          tell(path, "refunds", { reason: number })
        ])
        for (const answer of answers) {
          isProblem(answer, 400, "invalid-request")
          assert.notMatch(answer.text, ofCard)
        }
        const { log } = yield* TestService
        assert.deepStrictEqual(
          log.filter((line) => ofCard.test(line)),
          []
        )
      })
    )
  })

  layer(readyService({ ports: EmbeddedPorts.layer }), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("are listed by order and status, and added up per order", () =>
      Effect.gen(function* () {
        const orderId = `order_${uuid()}`
        const one = yield* pay({ orderId })
        const other = yield* pay({ orderId, paymentId: `payment_${uuid()}`, money: eur(200) })
        yield* pay({ token: "tok_do_not_honor" })
        const last = yield* tell(other.headers["location"] ?? "", "refunds", { money: eur(50), reason: "Scratched" })
        const listed = yield* read(`/payments?orderId=${orderId}`, after(last))
        assert.sameMembers(
          each(listed, "payments", "paymentId"),
          [one, other].map(({ body }) => body.at("paymentId"))
        )
        assert.sameDeepMembers(each(listed, "payments", "refunded"), [0, 50])
        const declined = yield* read("/payments?status=declined", after(last))
        assert.deepStrictEqual(each(declined, "payments", "code"), ["card-refused"])
        assert.notInclude(JSON.stringify(listed.value), "tok_")
        const totals = yield* read(`/orders/${orderId}/payments`)
        assert.deepStrictEqual(totals.value, {
          orderId,
          payments: [{ captured: eur(700), refunded: eur(50), feesKept: eur(0) }]
        })
        assert.deepStrictEqual((yield* read(`/orders/order_${uuid()}/payments`)).at("payments"), [])
      })
    )
  })
})
