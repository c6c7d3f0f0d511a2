import { assert, describe, it } from "@effect/vitest"
import type { Saga } from "@eventfold/decider"
import { FulfilmentInput, Limits, OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { Option } from "effect"
import * as Scenario from "./Scenario.ts"
import { walk } from "./SagaWalk.ts"

const { input, orderId, paymentId, refusals, reservationId, shipmentId } = Scenario
const saga = OrderFulfilment.make()
const stuckOf = ({ compensations }: Saga.Started) =>
  compensations.flatMap(({ status, step }) => (status === "failed" ? [step] : []))
const undone = ["undo: inventory.ReleaseReservation", "undo: ordering.CancelOrder"]

describe("an order that is placed", () => {
  it("has its stock reserved, its payment taken, is approved, shipped, and its customer told", () => {
    const { payloads, state, trace } = walk(saga, input)
    assert.strictEqual(state.status, "completed")
    assert.deepStrictEqual(trace, [
      "inventory.ReserveStock",
      "payments.TakePayment",
      "ordering.ApproveOrder",
      "shipping.RequestShipment",
      "fulfilment.NotifyCustomer"
    ])
    assert.deepInclude(payloads["reserve-stock"], { reservationId, orderId, lines: input.lines })
    assert.deepInclude(payloads["take-payment"], { paymentId, orderId, money: Scenario.money, token: Scenario.token })
    assert.deepInclude(payloads["request-shipment"], { shipmentId, orderId })
    assert.deepInclude(payloads["tell-customer"], { orderId, notice: "order-confirmed" })
  })

  it("is fulfilled by itself when it names a card and costs something", () => {
    assert.deepStrictEqual(FulfilmentInput.ofOrder(Scenario.placed), Option.some(input))
    assert.isTrue(Option.isNone(FulfilmentInput.ofOrder(Scenario.byHand)))
    assert.isTrue(Option.isNone(FulfilmentInput.ofOrder(Scenario.free)))
  })

  it("copies nothing of a person into the saga", () => {
    const { state } = walk(saga, input)
    assert.notInclude(JSON.stringify(state), "Jansen")
  })
})

describe("what is refused", () => {
  it("stock: the order is cancelled, and nobody pays", () => {
    const { payloads, state, trace } = walk(saga, input, { "reserve-stock": { refused: refusals.stock } })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace, ["inventory.ReserveStock", "undo: ordering.CancelOrder"])
    assert.deepInclude(payloads["undo start"], {
      orderId,
      cancelledBy: "system",
      reason: "Not fulfilled: reserve-stock was refused: InsufficientStock"
    })
  })

  it("payment: the card is asked three times; then the payment is barred, the stock released, the order cancelled", () => {
    const { payloads, state, trace } = walk(saga, input, { "take-payment": { refused: refusals.payment } })
    assert.strictEqual(state.status, "compensated")
    const asked = Array.from({ length: 3 }, () => "payments.TakePayment")
    assert.deepStrictEqual(trace, ["inventory.ReserveStock", ...asked, "undo: payments.RefundPayment", ...undone])
    assert.deepInclude(payloads["take-payment"], { paymentId, attempt: 3 })
    assert.deepInclude(payloads["undo start"], { reason: "Not fulfilled: take-payment was refused: PaymentDeclined" })
  })

  it("payment, once: the order goes on when the card is taken the next time", () => {
    const { payloads, state, trace } = walk(saga, input, { "take-payment": { refused: refusals.payment, times: 1 } })
    assert.strictEqual(state.status, "completed")
    assert.strictEqual(trace.filter((command) => command === "payments.TakePayment").length, 2)
    assert.deepInclude(payloads["take-payment"], { paymentId, attempt: 2 })
  })

  it("payment, for another reason than a decline: it is not asked again", () => {
    const isVoid = { _tag: "PaymentIsVoid", paymentId } as const
    const { state, trace } = walk(saga, input, { "take-payment": { refused: isVoid } })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace.slice(1), ["payments.TakePayment", "undo: payments.RefundPayment", ...undone])
  })

  it("payment: an outage is not held against a card that is declined after it", () => {
    const away = { failing: 300, after: { refused: refusals.payment, times: 1 } }
    const { state, trace } = walk(saga, input, { "take-payment": away })
    assert.strictEqual(state.status, "completed")
    assert.strictEqual(trace.filter((command) => command === "payments.TakePayment").length, 5)
  })

  it("shipment: the payment is refunded, the stock released, the order cancelled", () => {
    const { payloads, state, trace } = walk(saga, input, { "request-shipment": { refused: refusals.shipment } })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace.slice(4), ["undo: payments.RefundPayment", ...undone])
    assert.deepInclude(payloads["undo take-payment"], {
      paymentId,
      reason: "request-shipment was refused: ShipmentImpossible"
    })
  })
})

describe("what fails", () => {
  it("payment: after three attempts the gateway counts as down, whatever the breaker says, and is asked every hour", () => {
    for (const minutes of [1, 5, 59]) {
      const { seconds, state, trace } = walk(saga, input, { "take-payment": { failing: minutes * 60 } })
      assert.strictEqual(state.status, "completed")
      assert.strictEqual(trace.filter((command) => command === "payments.TakePayment").length, 4)
      assert.isBelow(seconds, 3_700)
    }
  })

  it("payment: for a day; then what may have been taken is given back, and the order is cancelled", () => {
    const { seconds, state, trace } = walk(saga, input, { "take-payment": "fails" })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace.slice(-3), ["undo: payments.RefundPayment", ...undone])
    assert.isAtLeast(seconds, 24 * 3_600)
    assert.isBelow(seconds, 24 * 3_600 + 60)
  })

  it("a gateway that is down is asked every hour; when it comes back, the order goes on", () => {
    const { seconds, state, trace } = walk(saga, input, { "take-payment": { down: 5 * 3_600 } })
    assert.strictEqual(state.status, "completed")
    assert.strictEqual(trace.filter((command) => command === "payments.TakePayment").length, 6)
    assert.isAtLeast(seconds, 5 * 3_600)
  })

  it("a gateway that is down for a day cancels the order", () => {
    const { seconds, state } = walk(saga, input, { "take-payment": { down: 30 * 3_600 } })
    assert.strictEqual(state.status, "compensated")
    assert.isAtLeast(seconds, 24 * 3_600)
    assert.isBelow(seconds, 24 * 3_600 + 60)
  })

  it("a gateway that stays down for days: the order is cancelled and its stock released after one, refund or not", () => {
    for (const away of ["fails", { down: 100 * 3_600 }] as const) {
      const { ended, seconds, state } = walk(saga, input, { "take-payment": away, "undo take-payment": away })
      assert.strictEqual(state.status, "parked")
      assert.deepStrictEqual(stuckOf(state), ["take-payment"])
      assert.isBelow(ended["undo reserve-stock"] ?? Infinity, 24 * 3_600 + 300)
      assert.isBelow(ended["undo start"] ?? Infinity, 24 * 3_600 + 300)
      // The refund has a day of its own.
      assert.isAtLeast(seconds, 48 * 3_600)
    }
  })

  it("a compensation that keeps failing parks the saga, and the others are done all the same", () => {
    const { state, trace } = walk(saga, input, {
      "request-shipment": { refused: refusals.shipment },
      "undo take-payment": "fails"
    })
    assert.strictEqual(state.status, "parked")
    assert.deepStrictEqual(trace.filter((command) => command !== "undo: payments.RefundPayment").slice(-2), undone)
  })

  it("a refund waits for a gateway that is away, and nobody has to decide about it", () => {
    const { state } = walk(saga, input, {
      "request-shipment": { refused: refusals.shipment },
      "undo take-payment": { failing: 300 }
    })
    assert.strictEqual(state.status, "compensated")
  })
})

describe("a context whose service is away", () => {
  const steps = ["reserve-stock", "take-payment", "approve-order", "request-shipment"] as const

  it("for minutes or hours, in front of any step: the order waits, and is fulfilled soon after the service is back", () => {
    for (const step of [...steps, "tell-customer"]) {
      for (const away of [16, 60, 600, 23 * 3_600]) {
        const { seconds, state } = walk(saga, input, { [step]: { away } })
        assert.strictEqual(state.status, "completed", `${step}, away for ${away} s`)
        // It waits as long again as it has waited, and five minutes at the most.
        assert.isBelow(seconds, away + Math.min(away, 300) + 20, `${step}, away for ${away} s`)
      }
    }
  })

  it("for a day: the order is cancelled, and what may have been done is undone", () => {
    for (const step of steps) {
      const { seconds, state, trace } = walk(saga, input, { [step]: { away: 30 * 3_600 } })
      assert.strictEqual(state.status, "compensated", step)
      assert.strictEqual(trace.at(-1), "undo: ordering.CancelOrder")
      assert.isAtLeast(seconds, 24 * 3_600)
      assert.isBelow(seconds, 24 * 3_600 + 60)
    }
  })

  it("and refuses when it is back: the order is cancelled at once", () => {
    const { seconds, state, trace } = walk(saga, input, {
      "reserve-stock": { away: 60, after: { refused: refusals.stock } }
    })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace.slice(-2), ["inventory.ReserveStock", "undo: ordering.CancelOrder"])
    assert.isBelow(seconds, 120)
  })

  it("while what was done there is to be undone: the rest is undone at once, and it is when the service is back", () => {
    const { ended, state } = walk(saga, input, {
      "request-shipment": { refused: refusals.shipment },
      "undo reserve-stock": { away: 3_600 }
    })
    assert.strictEqual(state.status, "compensated")
    assert.isBelow(ended["undo start"] ?? Infinity, 60)
    assert.isAtLeast(ended["undo reserve-stock"] ?? 0, 3_600)
  })

  it("for days, while something is to be undone: a person decides about that, after a day", () => {
    const { seconds, state } = walk(saga, input, {
      "request-shipment": { refused: refusals.shipment },
      "undo reserve-stock": { away: 100 * 3_600 }
    })
    assert.strictEqual(state.status, "parked")
    assert.deepStrictEqual(stuckOf(state), ["reserve-stock"])
    assert.isAtLeast(seconds, 24 * 3_600)
    assert.isBelow(seconds, 24 * 3_600 + 60)
  })

  it("for days, when an order is cancelled after its fulfilment: no money is given back before the shipment is withdrawn", () => {
    const { ended, state } = walk(OrderCancellation.make(), { orderId }, { "withdraw-shipment": { away: 50 * 3_600 } })
    assert.strictEqual(state.status, "completed")
    assert.isAtLeast(ended["refund-payment"] ?? 0, 50 * 3_600)
  })
})

describe("an order that is cancelled in flight", () => {
  it("is undone as far as it got", () => {
    const { payloads, state, trace } = walk(saga, input, { "approve-order": "cancelled-meanwhile" })
    assert.strictEqual(state.status, "compensated")
    assert.deepStrictEqual(trace.slice(3), ["undo: payments.RefundPayment", ...undone])
    assert.deepInclude(payloads["undo take-payment"], { reason: "the order was cancelled" })
  })

  it("while the gateway is down: the stock is released at once, and the refund waits", () => {
    const { ended, state } = walk(saga, input, {
      "approve-order": "cancelled-meanwhile",
      "undo take-payment": { down: 5 * 3_600 }
    })
    assert.strictEqual(state.status, "compensated")
    assert.isBelow(ended["undo reserve-stock"] ?? Infinity, 60)
    assert.isBelow(ended["undo start"] ?? Infinity, 60)
    assert.isAtLeast(ended["undo take-payment"] ?? 0, 5 * 3_600)
  })

  it("after its fulfilment: the shipment is withdrawn before any money is given back", () => {
    const cancellation = OrderCancellation.make()
    const { state, trace } = walk(cancellation, { orderId })
    assert.strictEqual(state.status, "completed")
    assert.deepStrictEqual(trace, [
      "shipping.WithdrawShipment",
      "payments.RefundPayment",
      "inventory.ReleaseReservation"
    ])
    const gone = walk(cancellation, { orderId }, { "withdraw-shipment": { refused: refusals.shipment } })
    assert.strictEqual(gone.state.status, "parked")
    assert.deepStrictEqual(gone.trace, ["shipping.WithdrawShipment"])
  })
})

describe("the limits", () => {
  it("are those of the business: 60 s for stock, 30 s and three attempts for payment", () => {
    const [reserve, pay] = saga.steps
    assert.strictEqual(reserve?.timeLimit, 60_000)
    assert.deepInclude(pay, { timeLimit: 30_000, breaker: "card-gateway" })
    assert.deepStrictEqual(
      [pay?.retry.attempts, pay?.outage],
      [3, { every: 3_600_000, longest: 24 * 3_600_000, exhausted: "waits" }]
    )
  })

  it("say how long a service that is away is waited for, by what undoes a step, too", () => {
    const short = OrderFulfilment.make({ ...Limits.usual, contextOutageLongest: "1 hour" })
    const { ended, seconds, state } = walk(short, input, {
      "reserve-stock": { away: 30 * 3_600 },
      "undo reserve-stock": { away: 30 * 3_600 }
    })
    assert.strictEqual(state.status, "parked")
    assert.isBelow(ended["undo start"] ?? Infinity, 3_660)
    assert.isBelow(seconds, 2 * 3_600 + 60)
  })
})
