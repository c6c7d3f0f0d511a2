import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Decider, Personal } from "@eventfold/decider"
import { Choreography, FulfilmentInput, Notices, type Reaction } from "@eventfold/domain-fulfilment"
import { Option } from "effect"
import * as Scenario from "./Scenario.ts"

const { byHand, calledOff, captured, delivered, orderId, placed, requested, reservationId } = Scenario

/** What each row sends, by context and command. */
const sent = (event: Reaction.ReactedTo, order = FulfilmentInput.ofOrder(placed)) =>
  Choreography.table.flatMap((row) => Option.toArray(row.react({ event, order })))
const commands = (event: Reaction.ReactedTo, order?: ReturnType<typeof FulfilmentInput.ofOrder>) =>
  sent(event, order).map(({ command }) => command)

describe("the reactions", () => {
  it("are one table, from published event to command", () => {
    assert.deepStrictEqual(
      Choreography.table.map(({ command, context, on, otherwise }) => [on, context, command, otherwise]),
      [
        ["OrderPlaced", "inventory", "inventory.ReserveStock", "ordering.CancelOrder"],
        ["PaymentCaptured", "ordering", "ordering.ApproveOrder", undefined],
        ["ShipmentRequested", "fulfilment", "fulfilment.NotifyCustomer", undefined],
        ["ShipmentDelivered", "shipping", "ordering.DeliverOrder", undefined],
        ["ShipmentCancelled", "inventory", "inventory.ReleaseReservation", undefined]
      ]
    )
    const page = readFileSync(new URL("../../../docs/fulfilment.md", import.meta.url), "utf8")
    const cells = (text: string) =>
      text
        .split("\n")
        .filter((line) => line.startsWith("| "))
        .map((line) => line.replaceAll(/\s+/gu, " "))
    assert.includeMembers(
      cells(page),
      cells(Choreography.text).filter((line) => !line.startsWith("| ---"))
    )
  })

  it("answer what was published with the command of the context", () => {
    assert.deepStrictEqual(commands(placed), ["inventory.ReserveStock"])
    assert.deepStrictEqual(commands(captured), ["ordering.ApproveOrder"])
    assert.deepStrictEqual(commands(requested), ["fulfilment.NotifyCustomer"])
    assert.deepStrictEqual(commands(calledOff), ["inventory.ReleaseReservation"])
    assert.deepInclude(sent(placed)[0]?.payload, { _tag: "ReserveStock", reservationId, orderId })
  })

  it("cancel the order when its stock is refused, and leave other refusals", () => {
    const [reserve] = sent(placed)
    const next = Option.getOrThrow(reserve?.refused(Scenario.refusals.stock) ?? Option.none())
    assert.strictEqual(next.command, "ordering.CancelOrder")
    assert.deepInclude(next.payload, {
      orderId,
      cancelledBy: "system",
      reason: "Not fulfilled: the stock was not reserved (InsufficientStock)"
    })
    const [approve] = sent(captured)
    assert.isTrue(Option.isNone(approve?.refused({ _tag: "OrderNotFound", orderId }) ?? Option.none()))
  })

  it("leave an order that people see to, but for its delivery", () => {
    const none = FulfilmentInput.ofOrder(byHand)
    for (const event of [byHand, captured, requested, calledOff]) assert.deepStrictEqual(commands(event, none), [])
    assert.deepStrictEqual(commands(delivered, none), ["ordering.DeliverOrder"])
  })

  it("tell the order who signed, or that this is forgotten", () => {
    assert.deepInclude(sent(delivered)[0]?.payload, { signedBy: "Ada Jansen" })
    const forgotten = { ...delivered, signedBy: Personal.redacted(Scenario.customerId) }
    assert.deepInclude(sent(forgotten)[0]?.payload, { signedBy: "[REDACTED]" })
  })
})

describe("notices", () => {
  const notify = { _tag: "NotifyCustomer", orderId, occurredAt: Scenario.at(1), notice: "delivery-delayed" } as const

  it("are recorded once each, however often they are asked for", () => {
    const first = Decider.decideAfter(Notices.Notices, [], { ...notify, detail: "Snow" })
    const { events } = first._tag === "Success" ? first.success : assert.fail("it is never refused")
    assert.deepStrictEqual(events, [{ ...notify, detail: "Snow", _tag: "CustomerNotified" }])
    for (const [detail, count] of [
      ["Snow", 0],
      ["Flood", 1]
    ] as const) {
      const next = Decider.decideAfter(Notices.Notices, events, { ...notify, detail })
      assert.strictEqual(next._tag === "Success" ? next.success.events.length : -1, count)
    }
  })

  it("are remembered up to a bound", () => {
    const many = Array.from({ length: Notices.remembered + 5 }, (_, index) => ({
      ...notify,
      _tag: "CustomerNotified" as const,
      detail: `Late ${index}`
    }))
    assert.strictEqual(Decider.fold(Notices.Notices, many).length, Notices.remembered)
    assert.deepStrictEqual(Notices.answerOf(orderId, 2), { orderId, version: 2 })
  })
})
