/** What the payment of an order owes is sent again until it is answered; and a gateway that is down is asked to the end of its day. */
import { assert, describe, it } from "@effect/vitest"
import { Limits, PaymentProcess, Resending } from "@eventfold/domain-fulfilment"
import { ProcessManagerSpec } from "@eventfold/testing"
import { DateTime, Duration } from "effect"
import * as Scenario from "./Scenario.ts"

const { at, calledOff, cancelled, failed, orderId, placed, stalled } = Scenario
const payment = PaymentProcess.make()
const occurredAt = at(1)

describe("the order of a payment that is given up", () => {
  const cancelling = { command: "ordering.CancelOrder" } as const
  const givenUp = ProcessManagerSpec.given(payment, [placed]).after("60 seconds")
  const reason = "Not fulfilled: the stock was not reserved in time"
  const payload = { _tag: "CancelOrder", orderId, occurredAt: at(60), cancelledBy: "system", reason }

  it("is cancelled a minute later, or an hour after that, when nobody could be asked to", () => {
    const again = { ...cancelling, key: "give-up-again", payload }
    const waiting = givenUp
      .thenSends([{ ...cancelling, key: "give-up", payload }])
      .when(failed("ordering.CancelOrder", "give-up"))
      .thenTimers({ "give-up-again": "1 minute" })
    const tried = waiting.after("1 minute").thenSends([again]).thenTimers({})
    const failedAgain = tried
      .when(failed("ordering.CancelOrder", "give-up-again"))
      .thenTimers({ "give-up-again": "1 hour" })
    assert.doesNotThrow(() => failedAgain.after("1 hour").thenSends([again]).thenTimers({}))
    // It took effect all the same, or somebody else has cancelled it.
    const refund = { key: "refund-1", command: "payments.RefundPayment" }
    assert.doesNotThrow(() =>
      failedAgain.when(cancelled).thenTimers({}).when(calledOff).thenSends([refund]).thenTimers({})
    )
  })

  it("is cancelled, and its payment given back, after a standstill", () => {
    assert.doesNotThrow(() => givenUp.when(stalled).thenSends([{ ...cancelling, key: "give-up-again", payload }]))
    const still = ProcessManagerSpec.given(payment, [placed, cancelled, calledOff]).when(stalled)
    assert.doesNotThrow(() => still.thenSends([{ key: "refund-2", command: "payments.RefundPayment" }]))
    assert.doesNotThrow(() => ProcessManagerSpec.given(payment, [placed]).when(stalled).thenSends([]))
  })
})

describe("a gateway that is down", () => {
  it("is asked for the last time when the day is over for which it is waited", () => {
    const rarely = PaymentProcess.make({ ...Limits.usual, outageEvery: "23 hours" })
    const down = (attempt: number, hours: number) => ({
      ...failed("payments.TakePayment", `pay-${attempt}`),
      occurredAt: DateTime.add(occurredAt, { hours })
    })
    const waiting = ProcessManagerSpec.given(rarely, [placed, Scenario.reserved])
      .when(down(1, 0))
      .thenTimers({ gateway: "23 hours" })
      .after("23 hours")
      .when(down(2, 23))
      .thenTimers({ gateway: "1 hour" })
    const tried = waiting.after("1 hour").thenSends([{ key: "pay-3", command: "payments.TakePayment" }])
    const [end, reason] = [at(1 + 24 * 3_600), "Not fulfilled: the card gateway was down for 1d"]
    const payload = { _tag: "CancelOrder", orderId, occurredAt: end, cancelledBy: "system", reason }
    assert.doesNotThrow(() =>
      tried
        .when(down(3, 24))
        .thenSends([{ key: "give-up", command: "ordering.CancelOrder", payload }])
        .thenTimers({})
    )
  })
})

describe("when what failed is sent again", () => {
  it("is after a minute at the latest, and then as often as a gateway that is down is asked", () => {
    const waits = (outageEvery: Duration.Input) =>
      ["ship", "ship-again"].map((key) => {
        const { after, timer } = Resending.timer({ ...Limits.usual, outageEvery }, key)
        return [timer, Duration.toSeconds(after)]
      })
    assert.deepStrictEqual(waits("2 hours"), [
      ["ship-again", 60],
      ["ship-again", 7_200]
    ])
    assert.deepStrictEqual(waits("10 seconds"), [
      ["ship-again", 10],
      ["ship-again", 10]
    ])
  })
})
