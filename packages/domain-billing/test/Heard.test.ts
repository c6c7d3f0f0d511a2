/** What billing makes of what others say. */
import { assert, describe, it } from "@effect/vitest"
import { Heard, SaleCommands } from "@eventfold/domain-billing"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMessages } from "@eventfold/domain-payments/published"
import { Equal, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const isCommand = Schema.is(SaleCommands.SaleCommand)

describe("what billing hears", () => {
  it.prop(
    "of an order that is placed or shipped is what was sold",
    [OrderingMessages.OrderShippedV1.Content],
    ([said]) => {
      const { customerId, lines, orderId, shippedAt, total } = said
      if (lines.length === 0) return
      const shipped = Heard.orderShipped(said)
      assert.isTrue(isCommand(shipped))
      assert.deepInclude(shipped, { _tag: "NoteShipment", orderId, occurredAt: shippedAt })
      assert.deepInclude(shipped.sale, { customerId, total })
      assert.deepStrictEqual(
        shipped.sale.lines.map((line) => [line.productId, line.quantity, line.unitPrice, line.total]),
        lines.map((line) => [line.productId, line.quantity, line.unitPrice, line.lineTotal])
      )
      const { carrier: _carrier, estimatedDelivery: _estimate, trackingNumber: _number, ...rest } = said
      const placed = Heard.orderPlaced({ ...rest, currency: total.currency, placedAt: shippedAt })
      assert.strictEqual(placed._tag, "EnterSale")
      assert.isTrue(Equal.equals(placed.sale, shipped.sale))
    }
  )

  it.prop(
    "of money and of customers is what was said",
    [
      PaymentsMessages.PaymentCapturedV1.Content,
      PaymentsMessages.PaymentRefundedV1.Content,
      OrderingMessages.OrderCancelledV1.Content,
      CustomersMessages.CustomerRegisteredV1.Content
    ],
    ([captured, refunded, cancelled, registered]) => {
      const { capturedAt, ...money } = captured
      assert.deepStrictEqual(Heard.paymentCaptured(captured), { _tag: "NotePayment", occurredAt: capturedAt, ...money })
      const { refundedAt, ...back } = refunded
      assert.deepStrictEqual(Heard.paymentRefunded(refunded), { _tag: "NoteRefund", occurredAt: refundedAt, ...back })
      const { cancelledAt, orderId } = cancelled
      assert.deepStrictEqual(Heard.orderCancelled(cancelled), {
        _tag: "NoteCancellation",
        occurredAt: cancelledAt,
        orderId
      })
      const { customerId, registeredAt } = registered
      assert.deepStrictEqual(Heard.customerRegistered(registered), {
        _tag: "RegisterDebtor",
        occurredAt: registeredAt,
        customerId
      })
    }
  )

  it("leads from an order to its invoice", () => {
    const { lines, ...sold } = Scenario.sale
    const told = lines.map(({ total, ...line }) => ({ ...line, lineTotal: total }))
    const said = { orderId: Scenario.orderId, ...sold, lines: told, carrier: "PostNL", trackingNumber: "3S" }
    const { events } = Scenario.after(
      Heard.orderPlaced({ ...said, currency: "EUR", placedAt: Scenario.occurredAt }),
      Heard.orderShipped({ ...said, shippedAt: Scenario.day(2) }),
      Scenario.invoice
    )
    assert.deepStrictEqual(
      events.map(({ _tag }) => _tag),
      ["SaleEntered", "SaleShipped", "InvoiceIssued"]
    )
  })
})
