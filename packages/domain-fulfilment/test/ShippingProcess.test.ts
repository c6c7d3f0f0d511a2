import { assert, describe, it } from "@effect/vitest"
import { OrderIds, ShippingProcess } from "@eventfold/domain-fulfilment"
import { requestShipment, withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import { type DateTime, Schema } from "effect"
import { due, event, walk } from "./ProcessWalk.ts"
import * as Scenario from "./Scenario.ts"

const { approved, calledOff, cancelled, captured, declined, delayed, delivered, dispatched, requested } = Scenario
const process = ShippingProcess.make()
const events = (...all: ReadonlyArray<Parameters<typeof process.correlate>[0]>) =>
  walk(process, ...all.map((one) => event(one))).told

const outcome = { command: "shipping.RequestShipment" as const, key: "request", number: 1 }
const refusedShipment = (_: unknown, occurredAt: DateTime.Utc) => ({
  ...outcome,
  _tag: "CommandRefused" as const,
  occurredAt,
  refusal: Schema.decodeSync(Schema.toCodecJson(requestShipment.Refusal))(Scenario.refusals.shipment)
})
/** The shipment cannot be withdrawn: it is past that. */
const refusedWithdrawal =
  (already: "Dispatched" | "Delivered" | "Cancelled") => (_: unknown, occurredAt: DateTime.Utc) => ({
    command: "shipping.WithdrawShipment" as const,
    key: "withdraw",
    number: 1,
    _tag: "CommandRefused" as const,
    occurredAt,
    refusal: Schema.decodeUnknownSync(Schema.toCodecJson(withdrawShipment.Refusal))({
      _tag: `ShipmentAlready${already}`,
      shipmentId: Scenario.shipmentId,
      status: already.toLowerCase(),
      trackingNumber: dispatched.trackingNumber,
      carrier: dispatched.carrier
    })
  })
const unreachable = (_: unknown, occurredAt: DateTime.Utc) => ({
  ...outcome,
  _tag: "CommandFailed" as const,
  occurredAt,
  error: "no answer"
})

describe("an order", () => {
  it("is shipped when it is approved and paid, in either order, and once", () => {
    assert.deepStrictEqual(events(approved, captured), [[], ["shipping.RequestShipment"]])
    assert.deepStrictEqual(events(captured, approved), [[], ["shipping.RequestShipment"]])
    assert.deepStrictEqual(events(captured, approved, approved)[2], ["ignored: that is known already"])
  })

  it("asks for nothing when somebody was faster", () => {
    assert.deepStrictEqual(events(approved, requested, captured)[2], [])
    assert.deepStrictEqual(events(approved, captured, requested)[2], [])
  })

  it("that leaves commits the reservation and tells the order; the delivery is told", () => {
    assert.deepStrictEqual(events(approved, captured, requested, dispatched, delivered).slice(3), [
      ["inventory.CommitReservation", "ordering.ShipOrder"],
      ["fulfilment.NotifyCustomer"]
    ])
  })

  it("that is late has its customer told", () => {
    assert.deepStrictEqual(events(approved, captured, requested, dispatched, delayed)[4], ["fulfilment.NotifyCustomer"])
  })

  it("whose card is declined three times is cancelled", () => {
    assert.deepStrictEqual(events(declined(1), declined(2), declined(3)), [[], [], ["ordering.CancelOrder"]])
    assert.deepStrictEqual(events(captured, declined(1))[1], ["ignored: the order is paid"])
  })

  it("that cannot be shipped, or whose shipment is called off, is cancelled", () => {
    const { told } = walk(process, event(approved), event(captured), refusedShipment)
    assert.deepStrictEqual(told[2], ["ordering.CancelOrder"])
    assert.deepStrictEqual(events(approved, captured, requested, calledOff)[3], ["ordering.CancelOrder"])
  })

  it("is asked for again after shipping could not be reached, unless it is known meanwhile", () => {
    const failed = [event(approved), event(captured), unreachable] as const
    assert.deepStrictEqual(walk(process, ...failed, due("request-again")).told.slice(2), [
      ["request-again in 60 s"],
      ["shipping.RequestShipment"]
    ])
    assert.deepStrictEqual(walk(process, ...failed, event(requested)).told[3], ["no request-again"])
  })

  it("that is cancelled has its shipment withdrawn, asked for or not, and its customer told", () => {
    for (const before of [[], [approved], [approved, captured], [approved, captured, requested]]) {
      assert.deepStrictEqual(events(...before, cancelled).at(-1), [
        "shipping.WithdrawShipment",
        "fulfilment.NotifyCustomer"
      ])
    }
  })

  it("that was only a draft is nobody's business when it is cancelled", () => {
    const told = events({ ...cancelled, previousStatus: "draft" })
    assert.deepStrictEqual(told, [["ignored: the order was a draft, which nobody was told of"]])
  })

  it("that is cancelled when its goods have left has its reservation committed, and is disputed", () => {
    const before = [event(approved), event(captured), event(requested), event(cancelled)] as const
    for (const left of [event(dispatched), refusedWithdrawal("Dispatched"), refusedWithdrawal("Delivered")]) {
      const { told, process: found } = walk(process, ...before, left)
      assert.deepStrictEqual([told.at(-1), found.state.phase], [["inventory.CommitReservation"], "disputed"])
    }
    // Both are heard, in either order: it is committed once.
    const [heard, refused] = [event(dispatched), refusedWithdrawal("Dispatched")]
    assert.deepStrictEqual(walk(process, ...before, heard, refused).told.at(-1), [])
    assert.deepStrictEqual(walk(process, ...before, refused, heard).told.at(-1), ["ignored: the order is disputed"])
  })

  it("that is cancelled when it is known that its goods have left is disputed, too", () => {
    for (const after of [[], [delivered]]) {
      const inputs = [approved, captured, requested, dispatched, ...after, cancelled].map((one) => event(one))
      const { told, process: found } = walk(process, ...inputs)
      assert.deepStrictEqual([told.at(-1), found.state.phase], [["fulfilment.NotifyCustomer"], "disputed"])
    }
  })

  it("that is cancelled goes on when its withdrawal is refused for anything else, and is not disputed", () => {
    const { told, process: found } = walk(process, event(approved), event(cancelled), refusedWithdrawal("Cancelled"))
    assert.deepStrictEqual([told.at(-1), found.state.phase], [[], "cancelled"])
  })

  it("that people ship by hand is none of its business any more", () => {
    assert.deepStrictEqual(events(approved, Scenario.shippedByHand)[1], ["ended: shipped-by-hand"])
  })
})

describe("what comes at the wrong time", () => {
  it("is ignored, and everybody can see why", () => {
    assert.deepStrictEqual(events(delayed), [
      ["ignored: the order is waiting: nothing is on its way that could be late"]
    ])
    assert.deepStrictEqual(events(delivered), [
      ["ignored: the order is waiting: nothing is on its way that could be delivered"]
    ])
    const underway = [approved, captured, requested, dispatched]
    assert.deepStrictEqual(events(...underway, dispatched)[4], ["ignored: the goods have left already"])
    assert.deepStrictEqual(events(...underway, requested)[4], ["ignored: the order is underway"])
    assert.deepStrictEqual(events(...underway, delivered, delayed)[5], [
      "ignored: the order is delivered: nothing is on its way that could be late"
    ])
    assert.deepStrictEqual(events(approved, cancelled, calledOff)[2], ["ignored: the order is cancelled"])
    assert.deepStrictEqual(events(approved, cancelled, cancelled)[2], ["ignored: the order is cancelled"])
    assert.deepStrictEqual(events(Scenario.shippedByHand, delivered)[1], ["ignored: the process has ended"])
    assert.deepStrictEqual(events(...underway, Scenario.shippedByHand)[4], [
      "ignored: that is what followed from the shipment"
    ])
  })

  it("all that belongs to an order has its UUID", () => {
    const { paymentId, reservationId, shipmentId } = OrderIds.of(Scenario.orderId)
    assert.deepStrictEqual(
      new Set([paymentId, reservationId, shipmentId].map((id) => id.slice(-36))),
      new Set([Scenario.orderId.slice(-36)])
    )
  })
})
