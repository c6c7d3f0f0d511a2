import { assert, describe, it } from "@effect/vitest"
import { OrderSummary } from "@eventfold/domain-ordering"
import { DateTime } from "effect"
import * as Scenario from "./Scenario.ts"

const { add, after, approve, cancel, deliver, draft, place, ship } = Scenario

const day = (number: number) => DateTime.makeUnsafe(`1996-07-0${number}T00:00:00Z`)
const summary = (order: ReturnType<typeof after>) =>
  order.events.reduce<OrderSummary.OrderSummary | undefined>(
    (row, event, index) => OrderSummary.evolve(row, event, index + 1),
    undefined
  )

describe("the summary of an order", () => {
  it("tells its lines, total and times", () => {
    const order = after(
      { ...draft, occurredAt: day(1) },
      { ...add(1, 2), occurredAt: day(2) },
      { ...place, occurredAt: day(3) }
    )
    assert.deepStrictEqual(summary(order), {
      orderId: Scenario.orderId,
      customerId: Scenario.customerId,
      status: "placed",
      currency: "USD",
      total: Scenario.usd(3_720),
      lineCount: 1,
      placedAt: day(3),
      updatedAt: day(3),
      version: 3
    })
  })

  it("follows the status and keeps when it was placed", () => {
    const row = summary(
      after(draft, add(1), { ...place, occurredAt: day(2) }, approve, ship, { ...deliver, occurredAt: day(4) })
    )
    assert.deepInclude(row, { status: "delivered", placedAt: day(2), updatedAt: day(4), version: 6 })
    const cancelled = summary(after(draft, cancel))
    assert.deepInclude(cancelled, { status: "cancelled", lineCount: 0 })
    assert.isFalse(cancelled !== undefined && "placedAt" in cancelled)
  })

  it("begins with the draft and nothing else", () => {
    const [, added] = after(draft, add(1)).events
    assert.isDefined(added)
    assert.strictEqual(added && OrderSummary.evolve(undefined, added, 2), undefined)
  })

  it("ignores an event it already tells about", () => {
    const order = after(draft, add(1), place)
    const row = summary(order)
    for (const [index, event] of order.events.entries())
      assert.strictEqual(OrderSummary.evolve(row, event, index + 1), row)
  })
})
