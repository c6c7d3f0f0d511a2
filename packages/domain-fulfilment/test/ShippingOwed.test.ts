/** What the shipping of an order owes: what nobody has answered is sent again until somebody does, and the process goes on so long. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, ProcessManager } from "@eventfold/decider"
import { Resending, ShippingProcess, ShippingState } from "@eventfold/domain-fulfilment"
import { commitReservation } from "@eventfold/domain-inventory/ReservationCommands"
import { ProcessManagerSpec } from "@eventfold/testing"
import { Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { answers, at, failed, orderId, reservationId, shipmentId } = Scenario
const { approved, calledOff, cancelled, captured, delayed, delivered, dispatched, requested, stalled } = Scenario
const process = ShippingProcess.make()
const occurredAt = at(1)
const sent = { number: 0, occurredAt }

/** Answers to the commands of shipping, by the key of the first sending. */
const answered = {
  request: { command: "shipping.RequestShipment", answer: { version: 1, orderId, shipmentId, status: "requested" } },
  withdraw: { command: "shipping.WithdrawShipment", answer: { version: 1, orderId, shipmentId, status: "cancelled" } },
  commit: {
    command: "inventory.CommitReservation",
    answer: { version: 1, reservationId, orderId, status: "committed", lines: Scenario.reserved.lines }
  },
  ship: {
    command: "ordering.ShipOrder",
    answer: { version: 1, orderId, status: "shipped", total: Scenario.placed.total }
  },
  "give-up": {
    command: "ordering.CancelOrder",
    answer: { version: 1, orderId, status: "cancelled", total: Scenario.placed.total }
  },
  notify: { command: "fulfilment.NotifyCustomer", answer: answers["fulfilment.NotifyCustomer"] }
} as const
const answer = <Key extends keyof typeof answered>(name: Key, key: string = name) => ({
  ...sent,
  ...answered[name],
  _tag: "CommandAnswered" as const,
  key
})

const ofOrder = { orderId, occurredAt }
/** What is owed after some events, under which key; and what else is, then. */
const owed = [
  {
    key: "request",
    after: [approved, captured],
    payload: { ...ofOrder, _tag: "RequestShipment", shipmentId },
    others: []
  },
  {
    key: "withdraw",
    after: [requested, cancelled],
    payload: { ...ofOrder, _tag: "WithdrawShipment", shipmentId, reason: "The order was cancelled" },
    others: ["notify"]
  },
  {
    key: "commit",
    after: [dispatched],
    payload: { _tag: "CommitReservation", reservationId, occurredAt },
    others: ["ship"]
  },
  {
    key: "ship",
    after: [dispatched],
    payload: { ...ofOrder, _tag: "ShipOrder", carrier: dispatched.carrier, trackingNumber: dispatched.trackingNumber },
    others: ["commit"]
  },
  {
    key: "give-up",
    after: [calledOff],
    payload: { ...ofOrder, _tag: "CancelOrder", cancelledBy: "system", reason: "The shipment was called off" },
    others: []
  },
  {
    key: "notify",
    after: [dispatched, delayed],
    payload: { ...ofOrder, _tag: "NotifyCustomer", notice: "delivery-delayed", detail: delayed.reason },
    others: ["commit", "ship"]
  }
] as const

describe("what the shipping of an order owes", () => {
  it.each(owed)(
    "is sent again until it is answered, a minute later and then every hour: $key",
    ({ after, key, others, payload }) => {
      const { command } = answered[key]
      const again = { key: `${key}-again`, command, payload }
      const waiting = ProcessManagerSpec.given(process, after)
        .when(failed(command, key))
        .thenSends([])
        .thenTimers({ [again.key]: "1 minute" })
      const tried = waiting.after("1 minute").thenFired([again.key]).thenSends([again]).thenTimers({})
      const triedTwice = tried
        .when(failed(command, again.key))
        .thenTimers({ [again.key]: "1 hour" })
        .after("1 hour")
        .thenSends([again])
      const done = triedTwice.when(answer(key, again.key)).thenTimers({})
      assert.doesNotThrow(() =>
        done
          .when(stalled)
          .thenSends(others.map((key) => ({ key: Resending.again(key), command: answered[key].command })))
      )
    }
  )

  it("is not over with the delivery, but when the last of it is answered or refused", () => {
    const end = ProcessManagerSpec.given(process, [dispatched, delivered])
      .when(failed("inventory.CommitReservation", "commit"))
      .when(failed("fulfilment.NotifyCustomer", "notify"))
      .when(answer("ship"))
      .thenTimers({ "commit-again": "1 minute", "notify-again": "1 minute" })
      .after("1 minute")
      .when(delayed)
      .thenIgnored("the order is delivered: nothing is on its way that could be late")
      .when(answer("notify", "notify-again"))
    assert.throws(() => end.thenEnded())
    const refusal = Schema.decodeSync(Schema.toCodecJson(commitReservation.Refusal))({
      _tag: "ReservationNotFound",
      reservationId
    })
    const refused = { ...sent, _tag: "CommandRefused", command: "inventory.CommitReservation", refusal } as const
    assert.doesNotThrow(() => end.when({ ...refused, key: "commit-again" }).thenEnded())
    assert.doesNotThrow(() => end.when(answer("commit", "commit-again")).thenEnded().thenPhase("delivered"))
  })

  it("is owed no more when it is not wanted any more", () => {
    const asked = ProcessManagerSpec.given(process, [approved, captured])
      .when(failed("shipping.RequestShipment", "request"))
      .when(failed("ordering.CancelOrder", "give-up"))
    assert.doesNotThrow(() =>
      asked
        .when(cancelled)
        .thenSends([
          { key: "withdraw", command: "shipping.WithdrawShipment" },
          { key: "notify", command: "fulfilment.NotifyCustomer" }
        ])
        .thenTimers({})
        .when(answer("withdraw"))
        .when(answer("notify"))
        .thenEnded()
    )
    assert.doesNotThrow(() => asked.when(requested).thenTimers({}).thenPhase("requested"))
  })

  it("is told of each delay, and of sixteen things at the most: the oldest notice goes first", () => {
    const delays = Array.from({ length: 20 }, (_, index) => ({ ...delayed, reason: `Snow ${index + 1}` }))
    const manager = process
    const state = [dispatched, ...delays].reduce(manager.evolve, manager.initial)
    const kept = ShippingState.owedBy(state)
    assert.lengthOf(kept, ShippingState.mostOwed)
    assert.strictEqual(new Set(kept.map(({ key }) => key)).size, ShippingState.mostOwed)
    assert.deepStrictEqual(
      kept.map(({ payload }) => ("detail" in payload ? payload.detail : payload._tag)),
      ["CommitReservation", "ShipOrder", ...delays.slice(6).map(({ reason }) => reason)]
    )
    const last = ProcessManagerSpec.given(process, [dispatched, ...delays.slice(0, 19)]).when({
      ...delayed,
      reason: "Ice"
    })
    assert.doesNotThrow(() =>
      last.thenSends([
        {
          key: "notify-5",
          command: "fulfilment.NotifyCustomer",
          payload: { ...ofOrder, _tag: "NotifyCustomer", notice: "delivery-delayed", detail: "Ice" }
        }
      ])
    )
  })

  it("is sent again after a standstill", () => {
    const still = ProcessManagerSpec.given(process, [dispatched]).when(answer("ship")).when(stalled)
    assert.doesNotThrow(() => still.thenSends([{ key: "commit-again", command: "inventory.CommitReservation" }]))
    assert.doesNotThrow(() => ProcessManagerSpec.given(process, [approved]).when(stalled).thenSends([]))
  })

  it("is known by what was stored before: a state without it, and a timer of another name", () => {
    const before = { phase: "underway", approved: true, paid: true, declined: 0 } as const
    const state = Schema.decodeSync(Schema.toCodecJson(ShippingState.ShippingState))(before)
    assert.deepStrictEqual(ShippingState.owedBy(state), [])
    const decider = ProcessManager.decider(process)
    const taken = [approved, captured].reduce(
      (process, input) => Result.getOrThrow(Decider.decide(decider, { input, at: occurredAt }, process)).state,
      decider.initial
    )
    const timer = { timer: "ask-again", dueAt: at(3_600) }
    const waiting = decider.evolve(taken, { ...timer, _tag: "TimerStarted", occurredAt })
    const input = { ...timer, _tag: "TimerFired", occurredAt: at(3_600) } as const
    const { events } = Result.getOrThrow(Decider.decide(decider, { input, at: at(3_600) }, waiting))
    assert.deepStrictEqual(
      events.flatMap((event) => (event._tag === "CommandIssued" ? [event.message.key] : [])),
      ["request-again"]
    )
  })
})
