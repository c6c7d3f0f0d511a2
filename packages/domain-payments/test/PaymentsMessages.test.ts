import { assert, describe, it } from "@effect/vitest"
import { DeclineCode, PaymentEvents, PaymentsMessages } from "@eventfold/domain-payments"
import { MessageSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const { eur, occurredAt, orderId, paymentId, payments, recorded, refundId } = Scenario

/** What is said when a command is carried out on a payment, or the gateway answers. */
const saidOf = (payment: typeof payments.none, asked: Parameters<typeof payment.when>[0]) =>
  MessageSpec.told(PaymentsMessages, recorded(payment.when(asked)))

const at = "2024-05-01T00:00:00.000Z"

describe("the published language of payments", () => {
  it("says that the money is ours", () => {
    assert.deepStrictEqual(saidOf(payments.capturing, Scenario.captured), [
      {
        type: "payments.payment-captured.v1",
        key: orderId,
        data: { orderId, paymentId, money: { ...eur(500) }, capturedAt: at }
      }
    ])
  })

  it("says how much was given back, and not what people noted about it", () => {
    const refunding = Scenario.given(
      ...payments.captured.events,
      ...recorded(payments.captured.when(Scenario.refundPart(eur(200))))
    )
    assert.deepStrictEqual(saidOf(refunding, Scenario.refunded()), [
      {
        type: "payments.payment-refunded.v1",
        key: orderId,
        data: { orderId, paymentId, refundId, money: { ...eur(200) }, refundedAt: at }
      }
    ])
  })

  it("says that a card was declined, and why, in a word", () => {
    assert.deepStrictEqual(saidOf(payments.requested, Scenario.declined), [
      {
        type: "payments.card-declined.v1",
        key: orderId,
        data: { orderId, paymentId, attempt: 1, code: "insufficient-funds", declinedAt: at }
      }
    ])
  })

  it("has a word for every reason there is", () => {
    for (const code of DeclineCode.DeclineCode.literals) {
      const event = PaymentEvents.CardDeclined.make({ paymentId, orderId, occurredAt, attempt: 1, code })
      const [message] = MessageSpec.said(PaymentsMessages.language, PaymentsMessages.messagesOf(event))
      assert.deepInclude(message?.data, { code })
    }
  })

  it("says nothing of what is between the payment and its gateway", () => {
    for (const asked of [Scenario.take, Scenario.refund]) {
      assert.deepStrictEqual(saidOf(payments.none, asked), [], asked._tag)
    }
    assert.deepStrictEqual(saidOf(payments.authorised, Scenario.capture), [])
    assert.deepStrictEqual(saidOf(payments.voiding, Scenario.voided), [])
  })
})
