/** What of an order counts, and how often. */
import { assert, describe, it } from "@effect/vitest"
import { CountCommands, CountedOrder, Heard } from "@eventfold/domain-analytics"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { DeciderSpec } from "@eventfold/testing"
import { Schema } from "effect"
import { commands, content, events } from "./Scenario.ts"

describe("an order that is counted", () => {
  it("counts when it is placed, shipped and cancelled, each with what it holds", () => {
    DeciderSpec.given(CountedOrder.CountedOrder)
      .when(commands.order)
      .thenEvents([events.order])
      .thenState({ counted: ["placed"], content })
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order]).when(commands.shipment).thenEvents([events.shipment])
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order])
      .when(commands.cancellation)
      .thenEvents([events.cancellation])
  })

  it("counts each step once, whatever else has happened", () => {
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order]).when(commands.order).thenNothing()
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order, events.shipment]).when(commands.order).thenNothing()
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order, events.shipment]).when(commands.shipment).thenNothing()
    DeciderSpec.given(CountedOrder.CountedOrder, [events.order, events.cancellation])
      .when(commands.cancellation)
      .thenNothing()
  })

  it("that was placed before anybody listened counts from its shipment on, and not when it is cancelled only", () => {
    DeciderSpec.given(CountedOrder.CountedOrder).when(commands.shipment).thenEvents([events.shipment])
    DeciderSpec.given(CountedOrder.CountedOrder).when(commands.cancellation).thenNothing()
  })
})

const isCommand = Schema.is(CountCommands.CountCommand)

describe("what analytics hears", () => {
  it.prop(
    "is what was ordered, shipped and cancelled, and not by whom",
    [OrderingMessages.OrderShippedV1.Content, OrderingMessages.OrderCancelledV1.Content],
    ([said, cancelled]) => {
      const shipped = Heard.orderShipped(said)
      assert.deepInclude(shipped, { _tag: "CountShipment", orderId: said.orderId, occurredAt: said.shippedAt })
      const { carrier: _carrier, estimatedDelivery: _estimate, trackingNumber: _number, ...rest } = said
      const placed = Heard.orderPlaced({ ...rest, currency: said.total.currency, placedAt: said.shippedAt })
      assert.deepStrictEqual({ ...placed, _tag: shipped._tag }, shipped)
      assert.isTrue([shipped, placed].every(isCommand))
      assert.notInclude(JSON.stringify(shipped), said.customerId)
      const { cancelledAt, orderId } = cancelled
      assert.deepStrictEqual(Heard.orderCancelled(cancelled), {
        _tag: "CountCancellation",
        orderId,
        occurredAt: cancelledAt
      })
    }
  )

  it.prop(
    "has each product once, with all its pieces and amounts",
    [OrderingMessages.OrderShippedV1.Content],
    ([said]) => {
      const [first] = said.lines
      if (first === undefined || !said.lines.every(({ quantity }) => quantity < 1_000)) return
      const { products, total } = Heard.orderShipped({ ...said, lines: [first, ...said.lines] }).content
      assert.deepStrictEqual(total, said.total)
      assert.strictEqual(new Set(products.map(({ productId }) => productId)).size, products.length)
      const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((all, number) => all + number, 0)
      assert.strictEqual(
        sum(products.map(({ pieces }) => pieces)),
        first.quantity + sum(said.lines.map(({ quantity }) => quantity))
      )
    }
  )
})
