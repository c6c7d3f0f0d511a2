import { assert, describe, it } from "@effect/vitest"
import { PaymentProcess } from "@eventfold/domain-fulfilment"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { DateTime, Schema } from "effect"
import { due, event, walk } from "./ProcessWalk.ts"
import * as Scenario from "./Scenario.ts"

const { byHand, calledOff, cancelled, dispatched, free, paymentId, placed, reserved, shippedByHand } = Scenario
const refundId = `refund_${paymentId.slice(-36)}`
const process = PaymentProcess.make()
const take = "payments.TakePayment"

const pay = (attempt: number) => ({ command: take, key: `pay-${attempt}`, number: attempt }) as const
const paid = (attempt: number) => (_: unknown, occurredAt: DateTime.Utc) => ({
  ...pay(attempt),
  _tag: "CommandAnswered" as const,
  occurredAt,
  answer: { paymentId, status: "captured" as const, version: 4 }
})
const decodeRefusal = Schema.decodeUnknownSync(Schema.toCodecJson(takePayment.Refusal))
const refused = (attempt: number, refusal: unknown) => (_: unknown, occurredAt: DateTime.Utc) => ({
  ...pay(attempt),
  _tag: "CommandRefused" as const,
  occurredAt,
  refusal: decodeRefusal(refusal)
})
const declined = (attempt: number) => refused(attempt, Scenario.refusals.payment)
const down =
  (attempt: number, hours = 0) =>
  (_: unknown, at: DateTime.Utc) => ({
    ...pay(attempt),
    _tag: "CommandFailed" as const,
    occurredAt: DateTime.add(at, { hours }),
    error: "no answer"
  })
const give = "payments.RefundPayment"
const decodeRefund = Schema.decodeUnknownSync(Schema.toCodecJson(refundPayment.Refusal))
/** What becomes of giving it back. */
const refund =
  (_tag: "CommandAnswered" | "CommandFailed" | "CommandRefused", time = 1) =>
  ({ issued }: { readonly issued: number }, occurredAt: DateTime.Utc) => {
    const about = { command: give, key: `refund-${time}`, number: issued, occurredAt } as const
    switch (_tag) {
      case "CommandAnswered":
        return { ...about, _tag, answer: { paymentId, status: "captured" as const, version: 7 } }
      case "CommandFailed":
        return { ...about, _tag, error: "no answer" }
      case "CommandRefused":
        return { ...about, _tag, refusal: decodeRefund({ _tag: "RefundRefused", paymentId, refundId, code: "other" }) }
    }
  }
const begun = [event(placed), event(reserved)] as const

describe("the payment of an order, with nobody who coordinates", () => {
  it("is taken once the stock is reserved, and that is that when the goods have left", () => {
    assert.deepStrictEqual(walk(process, ...begun, paid(1), event(shippedByHand)).told, [
      ["stock in 60 s"],
      [take, "no stock", "payment in 30 s"],
      ["no payment"],
      ["ended: settled"]
    ])
  })

  it("is not wanted for an order that people see to, or that costs nothing", () => {
    assert.deepStrictEqual(walk(process, event(byHand)).told, [["ignored: the order names no card, or costs nothing"]])
    assert.deepStrictEqual(walk(process, event(free)).told, [["ignored: the order names no card, or costs nothing"]])
    assert.deepStrictEqual(walk(process, event(reserved)).told, [["ignored: no order with a card to pay is known of"]])
  })

  it("is given up when the stock is not reserved in time", () => {
    const {
      told,
      process: { state }
    } = walk(process, event(placed), due("stock"))
    assert.deepStrictEqual(told[1]?.slice(0, 1), ["ordering.CancelOrder"])
    assert.strictEqual(state.phase, "given-up")
  })

  it("is tried three times when the card is declined", () => {
    const {
      told,
      process: { state }
    } = walk(process, ...begun, declined(1), declined(2), declined(3))
    assert.deepStrictEqual(told.slice(2, 4), [
      [take, "payment in 30 s"],
      [take, "payment in 30 s"]
    ])
    assert.deepStrictEqual(told[4]?.slice(0, 1), ["ordering.CancelOrder"])
    assert.strictEqual(state.phase, "given-up")
  })

  it("counts an attempt whose time is up as failed, and what it answers late does no harm", () => {
    const { told } = walk(process, ...begun, due("payment"), declined(1), due("payment"), declined(3))
    assert.deepStrictEqual(told.slice(2, 5), [
      [take, "payment in 30 s"],
      ["ignored: another attempt is under way"],
      [take, "payment in 30 s"]
    ])
    assert.include(told[5] ?? [], "ordering.CancelOrder")
    assert.strictEqual(walk(process, ...begun, due("payment"), paid(1)).process.state.phase, "paid")
  })

  it("waits when the last attempt has no answer: nobody has declined, so the gateway is down", () => {
    const silent = [...begun, due("payment"), due("payment"), due("payment")]
    const { told } = walk(process, ...silent, due("gateway"), due("payment"), due("gateway"), paid(5))
    assert.deepStrictEqual(told.slice(3), [
      [take, "payment in 30 s"],
      ["gateway in 3600 s"],
      [take, "payment in 30 s"],
      ["gateway in 3600 s"],
      [take, "payment in 30 s"],
      ["no payment"]
    ])
    const hours = Array.from({ length: 24 }, () => [due("gateway"), due("payment")]).flat()
    const tired = walk(process, ...silent, ...hours)
    const waits = tired.told.flat().filter((line) => line.startsWith("gateway in"))
    // The last one is as long as is left of the day: each attempt has taken 30 seconds of it.
    assert.deepStrictEqual(waits, [...Array.from({ length: 23 }, () => "gateway in 3600 s"), "gateway in 2910 s"])
    assert.include(tired.told.at(-1) ?? [], "ordering.CancelOrder")
  })

  it("is tried three times when the card is declined after an outage", () => {
    const silent = [...begun, due("payment"), due("payment"), due("payment"), due("gateway")]
    const phaseAfter = (...attempts: ReadonlyArray<number>) =>
      walk(process, ...silent, ...attempts.map((attempt) => declined(attempt))).process.state.phase
    assert.deepStrictEqual([phaseAfter(4), phaseAfter(4, 5), phaseAfter(4, 5, 6)], ["paying", "paying", "given-up"])
  })

  it("waits for a day from when the gateway was heard last", () => {
    const heard = [...begun, down(1), due("gateway"), declined(2), down(3, 23)]
    assert.deepStrictEqual(walk(process, ...heard).told.at(-1), ["no payment", "gateway in 3600 s"])
    assert.strictEqual(walk(process, ...heard, due("gateway"), declined(4)).process.state.phase, "paying")
  })

  it("is not tried again when it is refused for good", () => {
    const { told } = walk(process, ...begun, refused(1, { _tag: "PaymentIsVoid", paymentId }))
    assert.include(told[2] ?? [], "ordering.CancelOrder")
  })

  it("waits for a gateway that is down: hourly for a day, and then the order is cancelled", () => {
    const { told } = walk(process, ...begun, down(1), due("gateway"), down(2, 5), due("gateway"), down(3, 25))
    assert.deepStrictEqual(told.slice(2, 6), [
      ["no payment", "gateway in 3600 s"],
      [take, "payment in 30 s"],
      ["no payment", "gateway in 3600 s"],
      [take, "payment in 30 s"]
    ])
    assert.include(told[6] ?? [], "ordering.CancelOrder")
  })

  it("is given back when the order is cancelled, however far it got", () => {
    for (const before of [[event(placed)], begun, [...begun, paid(1)], [...begun, down(1)]]) {
      for (const [one, other] of [
        [cancelled, calledOff],
        [calledOff, cancelled]
      ] as const) {
        const { told } = walk(process, ...before, event(one), event(other), refund("CommandAnswered"))
        // Not before both are known, in either order.
        assert.notInclude(told.at(-3) ?? [], give)
        assert.strictEqual(told.at(-2)?.[0], give)
        assert.deepStrictEqual(told.at(-1), ["ended: cancelled"])
      }
    }
  })

  it("stays where it is when the order is cancelled and the goods have left, in either order", () => {
    for (const [one, other] of [
      [cancelled, dispatched],
      [dispatched, cancelled]
    ] as const) {
      const { told } = walk(process, ...begun, paid(1), event(one), event(other), event(calledOff))
      assert.notInclude(told.flat(), give)
      assert.include(told.at(-2) ?? [], "ended: disputed")
    }
  })

  it("is not tried any more once the order is cancelled", () => {
    for (const outcome of [down(1), declined(1), due("payment"), due("gateway")]) {
      const { process: found, told } = walk(process, ...begun, event(cancelled), outcome)
      assert.strictEqual(found.state.phase, "cancelling")
      const done = told.at(-1) ?? []
      assert.deepStrictEqual(
        done.filter((line) => !line.startsWith("ignored: ")),
        []
      )
    }
  })

  it("is given back when a gateway that is down comes back, however late", () => {
    const failed = [refund("CommandFailed", 1), due("refund"), refund("CommandFailed", 2), due("refund")]
    const { told } = walk(
      process,
      ...begun,
      paid(1),
      event(cancelled),
      event(calledOff),
      ...failed,
      refund("CommandAnswered", 3)
    )
    assert.deepStrictEqual(told.slice(4), [
      [give],
      ["refund in 3600 s"],
      [give],
      ["refund in 3600 s"],
      [give],
      ["ended: cancelled"]
    ])
  })

  it("is for people to give back when the gateway will not", () => {
    const { told } = walk(process, ...begun, paid(1), event(cancelled), event(calledOff), refund("CommandRefused"))
    assert.deepStrictEqual(told.at(-1), ["ended: refund-refused"])
  })

  it("ignores what comes twice, or too late", () => {
    assert.deepStrictEqual(walk(process, event(placed), event(placed)).told[1], [
      "ignored: the order was placed already"
    ])
    assert.deepStrictEqual(walk(process, ...begun, event(reserved)).told[2], ["ignored: the payment is paying"])
    assert.deepStrictEqual(walk(process, ...begun, event(cancelled), event(cancelled)).told[3], [
      "ignored: the order was cancelled already"
    ])
    assert.deepStrictEqual(walk(process, ...begun, event(cancelled), event(calledOff), event(calledOff)).told[4], [
      "ignored: the payment is given back already"
    ])
  })
})
