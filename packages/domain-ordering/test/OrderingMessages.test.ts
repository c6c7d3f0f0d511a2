import { assert, describe, it } from "@effect/vitest"
import { OrderingMessages } from "@eventfold/domain-ordering"
import { CardToken } from "@eventfold/domain-payments/published"
import { MessageSpec } from "@eventfold/testing"
import { Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { add, after, approve, cancel, customerId, deliver, draft, orderId, orders, place, product, recorded, ship } =
  Scenario
const isTold = Schema.is(OrderingMessages.events)

/** What is said when a command is carried out on an order. */
const saidOf = (order: typeof orders.none, command: Parameters<typeof order.when>[0]) => {
  const events = recorded(order.when(command))
  const { state } = Scenario.given(...order.events, ...events)
  return MessageSpec.said(
    OrderingMessages.language,
    state.status === "none"
      ? []
      : events.filter((event) => isTold(event)).flatMap((event) => OrderingMessages.messagesOf(event, state))
  )
}

const at = "1996-07-05T00:00:00.000Z"
const usd = (amount: number) => ({ amount, currency: "USD" })
const sold = {
  customerId,
  lines: [
    { productId: product(1), productName: "Product 1", quantity: 2, unitPrice: usd(1_000), lineTotal: usd(1_800) }
  ],
  total: usd(1_800)
}
const toApproved = [draft, add(1, 2, 1_000, 10), place, approve]
const placed = after(draft, add(1, 2, 1_000, 10), place)
const approved = after(...toApproved)

describe("the published language of ordering", () => {
  it("says what was ordered by whom, and nothing of where it goes", () => {
    assert.deepStrictEqual(saidOf(after(draft, add(1, 2, 1_000, 10)), place), [
      {
        type: "ordering.order-placed.v1",
        key: orderId,
        data: { orderId, currency: "USD", ...sold, placedAt: at }
      }
    ])
  })

  it("says by which token an order is paid, where it names one", () => {
    const paymentToken = CardToken.make("tok_visa")
    const [message] = saidOf(after(draft, add(1, 2, 1_000, 10)), { ...place, paymentToken })
    assert.deepStrictEqual(message?.data, { orderId, currency: "USD", ...sold, paymentToken, placedAt: at })
  })

  it("says that an order is approved, and not by whom", () => {
    assert.deepStrictEqual(saidOf(placed, approve), [
      { type: "ordering.order-approved.v1", key: orderId, data: { orderId, approvedAt: at } }
    ])
  })

  it("says of a shipped order what left and for whom, which the event does not know", () => {
    const shipment = { carrier: "Speedy Express", trackingNumber: "1Z-10249" }
    const [event] = recorded(approved.when(ship))
    assert.notProperty(event, "customerId")
    assert.deepStrictEqual(saidOf(approved, ship), [
      {
        type: "ordering.order-shipped.v1",
        key: orderId,
        data: { orderId, ...shipment, estimatedDelivery: "1996-07-15T00:00:00.000Z", ...sold, shippedAt: at }
      }
    ])
    const { estimatedDelivery: _, ...unestimated } = ship
    const [message] = saidOf(approved, unestimated)
    assert.deepStrictEqual(message?.data, { orderId, ...shipment, ...sold, shippedAt: at })
  })

  it("says the same of a shipped order however much later it is said", () => {
    const { events, state } = after(...toApproved, ship, deliver)
    assert.strictEqual(state.status, "delivered")
    const shipped = events.find((event) => event._tag === "OrderShipped")
    const late = shipped === undefined || state.status === "none" ? [] : OrderingMessages.messagesOf(shipped, state)
    assert.deepStrictEqual(MessageSpec.said(OrderingMessages.language, late), saidOf(approved, ship))
  })

  it("says that an order is delivered, and not who signed", () => {
    assert.deepStrictEqual(saidOf(after(...toApproved, ship), deliver), [
      { type: "ordering.order-delivered.v1", key: orderId, data: { orderId, deliveredAt: at } }
    ])
  })

  it("says who cancelled an order, by kind, and not why", () => {
    for (const order of [placed, approved]) {
      assert.deepStrictEqual(saidOf(order, cancel), [
        {
          type: "ordering.order-cancelled.v1",
          key: orderId,
          data: { orderId, cancelledBy: "customer", cancelledAt: at }
        }
      ])
    }
  })

  it("says nothing of drafts, from the first to the last", () => {
    for (const command of [draft, add(1), Scenario.change(1, 7), Scenario.remove(1), cancel]) {
      const order = command === draft ? orders.none : orders.draft
      assert.deepStrictEqual(saidOf(order, command), [], command._tag)
    }
  })
})
