import { assert, describe, it } from "@effect/vitest"
import { GatewaySteps, Payment, PaymentErrors, PaymentIds } from "@eventfold/domain-payments"
import { Option, Result } from "effect"
import * as Scenario from "./Scenario.ts"

const { after, capture, captureOf, captured, eur, payments, refund, refundPart, refunded, take, told, usd } = Scenario

const next = ({ state }: ReturnType<typeof after>) => Option.getOrUndefined(GatewaySteps.next(state))
const whole = PaymentIds.RefundId.fromUuid(PaymentIds.PaymentId.uuidOf(Scenario.paymentId))
const other = PaymentIds.RefundId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-00000000000f")
const asked = ({ state }: ReturnType<typeof after>) => {
  if (state.status === "none" || state.status === "barred") throw new Error("nobody has asked for it")
  return state
}

describe("a payment that is taken", () => {
  it("is authorised and captured, one step after the other, each under a key of its own", () => {
    const first = next(after(take))
    assert.deepInclude(first, { _tag: "Authorise", key: `${Scenario.paymentId}:authorise:1`, money: eur(500) })
    const second = next(after(take, Scenario.authorised))
    assert.deepInclude(second, { _tag: "Capture", key: `${Scenario.paymentId}:capture:1`, authorisation: "ch_1" })
    assert.isUndefined(next(after(take, Scenario.authorised, captured)))
  })

  it("is asked for under the same key when it is asked for again", () => {
    assert.strictEqual(told(after(take).when(take)), "nothing")
    assert.deepStrictEqual(next(after(take, take)), next(after(take)))
  })

  it("is refused when it was declined, however often it is asked for, until the next attempt", () => {
    const declined = after(take, Scenario.declined)
    const refusal = Result.getOrThrow(Result.flip(declined.when(take)))
    assert.deepInclude(refusal, { _tag: "PaymentDeclined", code: "insufficient-funds" })
    assert.include(refusal.message, "not enough money")
    const again = after(take, Scenario.declined, Scenario.takeAgain(2))
    assert.strictEqual(next(again)?.key, `${Scenario.paymentId}:authorise:2`)
    assert.strictEqual(told(again.when(Scenario.authorised)), "nothing", "the answer to the first attempt comes late")
    assert.strictEqual(told(again.when({ ...Scenario.authorised, attempt: 2 })), "PaymentAuthorised CaptureRequested")
  })

  it("is no other payment: order, money, card and whether it is captured at once must be the same", () => {
    const { requested } = payments
    const differs = (step: Parameters<typeof requested.when>[0]) => {
      const refusal = Result.getOrThrow(Result.flip(requested.when(step)))
      return refusal instanceof PaymentErrors.PaymentDiffers ? refusal.differs : refusal._tag
    }
    assert.strictEqual(told(requested.when(take)), "nothing")
    assert.strictEqual(differs({ ...take, orderId: Scenario.otherOrderId }), "order")
    assert.strictEqual(differs({ ...take, money: eur(501) }), "money")
    assert.strictEqual(differs({ ...take, money: usd(500) }), "money")
    assert.strictEqual(differs({ ...take, token: Scenario.otherToken }), "token")
    assert.strictEqual(differs(Scenario.authorise), "capture")
  })
})

describe("capturing", () => {
  it("takes a part, and never more than is authorised", () => {
    const { authorised } = payments
    assert.strictEqual(told(authorised.when(captureOf(eur(501)))), "AmountTooLarge")
    assert.strictEqual(told(authorised.when(captureOf(usd(100)))), "AmountTooLarge")
    const part = after(Scenario.authorise, Scenario.authorised, captureOf(eur(300)), captured)
    assert.strictEqual(asked(part).captured, 300)
    assert.strictEqual(told(part.when(captureOf(eur(300)))), "nothing")
    assert.strictEqual(told(part.when(capture)), "nothing")
    assert.strictEqual(told(part.when(captureOf(eur(200)))), "PaymentAlreadyCaptured")
  })

  it("ends the attempt when the gateway declines it", () => {
    const declined = after(take, Scenario.authorised, Scenario.captureDeclined)
    assert.strictEqual(told(declined.when(take)), "PaymentDeclined")
    assert.strictEqual(told(declined.when(capture)), "PaymentDeclined")
    assert.strictEqual(asked(declined).authorised, 0)
  })
})

describe("giving back", () => {
  it("happens in parts, never more than was captured, each part once", () => {
    const some = after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded())
    assert.strictEqual(asked(some).refunded, 200)
    assert.strictEqual(told(some.when(refundPart(eur(200)))), "nothing")
    assert.strictEqual(told(some.when(refundPart(eur(201)))), "RefundDiffers")
    assert.strictEqual(told(some.when(refundPart(eur(301), other))), "AmountTooLarge")
    assert.strictEqual(told(some.when(refundPart(eur(1), whole))), "RefundIdReserved")
    assert.strictEqual(told(some.when(refundPart(usd(1), other))), "AmountTooLarge")
    const all = after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded(), refund, refunded(0, whole))
    assert.strictEqual(asked(all).refunded, 500)
    assert.isUndefined(next(all))
  })

  it("counts what is on its way: it is not given back twice", () => {
    const pending = after(take, Scenario.authorised, captured, refundPart(eur(200)))
    assert.strictEqual(told(pending.when(refundPart(eur(301), other))), "AmountTooLarge")
    const both = after(take, Scenario.authorised, captured, refundPart(eur(200)), refund)
    assert.strictEqual(next(both)?.key, `${Scenario.paymentId}:${Scenario.refundId}`)
    const rest = after(take, Scenario.authorised, captured, refundPart(eur(200)), refund, refunded())
    assert.deepInclude(next(rest), { refundId: whole, money: eur(300) })
  })

  it("records the fee that the gateway keeps as a discrepancy", () => {
    const fee = after(take, Scenario.authorised, captured, refundPart(eur(200)))
    assert.strictEqual(told(fee.when(refunded(12))), "PaymentRefunded FeeNotReturned")
    assert.strictEqual(
      asked(after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded(12))).feesKept,
      12
    )
    assert.strictEqual(told(fee.when(refunded())), "PaymentRefunded")
  })

  it("is refused when the gateway declines it, and what was declined may be given back otherwise", () => {
    const declined = after(take, Scenario.authorised, captured, refund, Scenario.refundDeclined(whole))
    assert.strictEqual(told(declined.when(refund)), "RefundRefused")
    assert.strictEqual(asked(declined).refunded, 0)
    assert.strictEqual(told(declined.when(refundPart(eur(500)))), "RefundRequested")
    const part = [take, Scenario.authorised, captured, refund, Scenario.refundDeclined(whole), refundPart(eur(200))]
    assert.strictEqual(told(after(...part, refunded()).when(refund)), "RefundRefused")
    const all = after(...part, refunded(), refundPart(eur(300), other), refunded(0, other))
    assert.strictEqual(told(all.when(refund)), "nothing")
  })

  it("happens in a hundred parts at most, the last of which gives the payment up", () => {
    const parts = Array.from({ length: PaymentErrors.mostRefunds - 1 }, (_, index) =>
      refundPart(
        eur(1),
        PaymentIds.RefundId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(index + 10).padStart(12, "0")}`)
      )
    )
    const many = after(take, Scenario.authorised, captured, ...parts)
    assert.strictEqual(told(many.when(refundPart(eur(1), other))), "TooManyRefunds")
    assert.strictEqual(told(many.when(refund)), "PaymentBarred RefundRequested")
  })
})

describe("giving up", () => {
  it("is harmless for what never was, and bars what comes late", () => {
    const never = after(refund)
    assert.strictEqual(told(never.when(take)), "PaymentIsVoid")
    assert.strictEqual(told(never.when(refund)), "nothing")
    assert.isUndefined(next(never))
  })

  it("releases what may be held, when nobody knows yet whether it is", () => {
    const unknown = after(take, refund)
    assert.deepInclude(next(unknown), { _tag: "Void", key: `${Scenario.paymentId}:void` })
    assert.strictEqual(told(unknown.when(Scenario.authorised)), "nothing")
    assert.strictEqual(told(unknown.when(take)), "PaymentIsVoid")
    assert.strictEqual(told(unknown.when(Scenario.voided)), "PaymentVoided")
  })

  it("gives back what turns out to have been captured meanwhile", () => {
    const voiding = after(take, Scenario.authorised, refund)
    const captureFirst = after(take, Scenario.authorised, refund, captured)
    assert.deepInclude(next(captureFirst), { _tag: "Refund", refundId: whole, money: eur(500) })
    const voidFirst = after(take, Scenario.authorised, refund, Scenario.voidDeclined)
    assert.deepInclude(next(voidFirst), { _tag: "Capture", key: `${Scenario.paymentId}:capture:1` })
    assert.strictEqual(told(voidFirst.when(captured)), "PaymentCaptured RefundRequested")
    assert.strictEqual(told(captureFirst.when(Scenario.voidDeclined)), "nothing")
    assert.strictEqual(told(voiding.when(Scenario.voided)), "PaymentVoided")
  })

  it("bars a payment that was declined, so that no later attempt takes money", () => {
    const declined = after(take, Scenario.declined, refund)
    assert.strictEqual(told(declined.when(Scenario.takeAgain(2))), "PaymentIsVoid")
  })
})

describe("the answer", () => {
  it("tells where the payment stands and what went which way", () => {
    const { state } = after(take, Scenario.authorised, captured, refundPart(eur(200)), refunded(12))
    const answer = Result.getOrThrow(Payment.outcomeOf(take, state, 7))
    assert.deepStrictEqual(answer, {
      paymentId: Scenario.paymentId,
      status: "captured",
      version: 7,
      orderId: Scenario.orderId,
      money: eur(500),
      authorised: eur(500),
      captured: eur(500),
      refunded: eur(200),
      feesKept: eur(12)
    })
    assert.notInclude(JSON.stringify(answer), "tok_")
    assert.deepStrictEqual(Payment.answerOf(payments.barred.state, 1), {
      paymentId: Scenario.paymentId,
      status: "barred",
      version: 1
    })
    assert.throws(() => Payment.answerOf(payments.none.state, 0), RangeError)
  })
})
