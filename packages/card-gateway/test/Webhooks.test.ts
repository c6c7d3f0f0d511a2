import { assert, describe, it } from "@effect/vitest"
import { type GatewayLanguage, Webhooks } from "@eventfold/card-gateway"
import { PaymentIds } from "@eventfold/domain-payments"
import { Redacted } from "effect"

const secret = Redacted.make("whsec_test")
const reference = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
const charge: GatewayLanguage.Charge = {
  id: "ch_1",
  object: "charge",
  status: "captured",
  currency: "eur",
  reference,
  amount_cents: 500,
  amount_captured_cents: 500,
  amount_refunded_cents: 0
}
const bodyOf = (object: GatewayLanguage.Charge) =>
  JSON.stringify({ id: "evt_1", object: "event", type: "charge.captured", created: 1000, data: { object } })
const body = bodyOf(charge)
const signed = Webhooks.sign(secret, body, 1000)
const reasonOf = (...[text, signature, now]: [string, string | undefined, number]) => {
  const read = Webhooks.read(secret, text, signature, now)
  return read instanceof Webhooks.WebhookRefused ? read.reason : read
}

describe("a webhook", () => {
  it("tells which payment it is about, when it is signed with the secret", () => {
    assert.deepStrictEqual(Webhooks.read(secret, body, signed, 1010), { id: "evt_1", paymentId: reference })
  })

  it("is refused without a signature, with a wrong one, and when it is old", () => {
    assert.strictEqual(reasonOf(body, undefined, 1000), "no signature")
    assert.strictEqual(reasonOf(body, "t=1000,v1=abc", 1000), "no signature")
    assert.strictEqual(reasonOf(`${body} `, signed, 1000), "wrong signature")
    assert.strictEqual(reasonOf(body, signed.replace("t=1000", "t=1001"), 1000), "wrong signature")
    assert.strictEqual(reasonOf(body, Webhooks.sign(Redacted.make("guessed"), body, 1000), 1000), "wrong signature")
    assert.strictEqual(reasonOf(body, signed, 1000 + Webhooks.tolerance + 1), "too old")
    assert.strictEqual(reasonOf(body, signed, 1000 - Webhooks.tolerance - 1), "too old")
  })

  it("is refused when nobody can understand it, and left alone when it is about nothing of ours", () => {
    assert.strictEqual(reasonOf("{}", Webhooks.sign(secret, "{}", 1000), 1000), "not understood")
    const foreign = bodyOf({ ...charge, reference: "somebody else's" })
    assert.strictEqual(reasonOf(foreign, Webhooks.sign(secret, foreign, 1000), 1000), undefined)
  })
})
