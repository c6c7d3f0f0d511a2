import { assert, describe, it } from "@effect/vitest"
import { Translation } from "@eventfold/card-gateway"
import { DeclineCode, PaymentIds } from "@eventfold/domain-payments"
import { Currency, type Money } from "@eventfold/shared-kernel"
import { Arbitrary, Option, Schema } from "effect"

const paymentId = PaymentIds.PaymentId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
const money = (amount: number, currency: Currency.Currency): Money.Money => ({ amount, currency })
const failure = (
  code: string,
  type: "card_error" | "invalid_request_error" = "invalid_request_error",
  decline?: string
) =>
  Option.some({
    error: { type, code, message: "card 4242", ...(decline === undefined ? {} : { decline_code: decline }) }
  })
const told = (status: number, answer: Parameters<typeof Translation.errorOf>[2]) => {
  const error = Translation.errorOf(paymentId, status, answer)
  return error._tag === "GatewayDeclined" ? error.code : error.problem
}

describe("amounts", () => {
  it("are hundredths of a major unit, whatever the currency", () => {
    assert.deepStrictEqual(Translation.centsOf(money(1840, "USD")), Option.some(1840))
    assert.deepStrictEqual(Translation.centsOf(money(1840, "JPY")), Option.some(184_000))
    assert.deepStrictEqual(Translation.centsOf(money(1840, "KWD")), Option.some(184))
    assert.deepStrictEqual(Translation.centsOf(money(1841, "KWD")), Option.none())
    assert.deepStrictEqual(Translation.centsOf(money(Number.MAX_SAFE_INTEGER, "JPY")), Option.none())
  })

  it("of cents that a currency does not have are no money", () => {
    assert.deepStrictEqual(Translation.moneyOf(184_050, "jpy"), Option.none())
    assert.deepStrictEqual(Translation.moneyOf(1, "xyz"), Option.none())
    assert.deepStrictEqual(Translation.moneyOf(Number.MAX_SAFE_INTEGER, "kwd"), Option.none())
  })

  it("of a fee are rounded up to what the currency has", () => {
    assert.deepStrictEqual(Translation.feeOf(12, "eur"), Option.some(money(12, "EUR")))
    assert.deepStrictEqual(Translation.feeOf(101, "jpy"), Option.some(money(2, "JPY")))
    assert.deepStrictEqual(Translation.feeOf(0, "jpy"), Option.some(money(0, "JPY")))
    assert.deepStrictEqual(Translation.feeOf(1, "xyz"), Option.none())
  })

  const Amount = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000_000 })))
  it.prop("come back as they went, in every currency", { amount: Amount }, ({ amount }) => {
    for (const currency of Currency.all) {
      const there = Translation.centsOf(money(amount, currency))
      if (Option.isNone(there)) continue
      const back = Translation.moneyOf(there.value, Translation.currencyCode(currency))
      assert.deepStrictEqual(back, Option.some(money(amount, currency)))
    }
  })
})

describe("what the gateway says", () => {
  it("becomes a code of ours, whether the card says it or the gateway", () => {
    assert.strictEqual(told(402, failure("card_declined", "card_error", "insufficient_funds")), "insufficient-funds")
    assert.strictEqual(told(402, failure("card_declined", "card_error", "stolen_card")), "suspected-fraud")
    assert.strictEqual(told(402, failure("card_declined", "card_error", "said_nobody_ever")), "other")
    assert.strictEqual(told(400, failure("source_missing")), "token-unknown")
    assert.strictEqual(told(409, failure("charge_already_captured")), "already-captured")
  })

  it("is no decline when the gateway is not well, is busy, does not know us, or cannot be understood", () => {
    assert.strictEqual(told(503, failure("card_declined", "card_error", "insufficient_funds")), "failing")
    assert.strictEqual(told(429, Option.none()), "failing")
    assert.strictEqual(told(409, failure("request_in_progress")), "failing")
    assert.strictEqual(told(401, failure("api_key_invalid")), "refused-us")
    assert.strictEqual(told(404, failure("resource_missing")), "refused-us")
    assert.strictEqual(told(418, Option.none()), "unexpected")
  })

  it("goes no further in its own words, which may name a card", () => {
    const error = Translation.errorOf(paymentId, 402, failure("card_declined", "card_error", "do_not_honor"))
    assert.notInclude(JSON.stringify(error) + error.message, "4242")
    assert.include(error.message, DeclineCode.reasonOf("card-refused"))
  })
})
