/** Which message leads to which notification. */
import { assert, describe, it } from "@effect/vitest"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { InventoryMessages } from "@eventfold/domain-inventory/published"
import { Heard, NewsCommands } from "@eventfold/domain-notifications"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { ShippingMessages } from "@eventfold/domain-shipping/published"
import { Schema } from "effect"

const isCommand = Schema.is(NewsCommands.NewsCommand)

describe("what notifications hears", () => {
  it.prop(
    "of an order is whose it is, and what its customer is told",
    [
      OrderingMessages.OrderPlacedV1.Content,
      OrderingMessages.OrderApprovedV1.Content,
      OrderingMessages.OrderShippedV1.Content,
      OrderingMessages.OrderCancelledV1.Content
    ],
    ([placed, approved, shipped, cancelled]) => {
      const { customerId, orderId, placedAt, total } = placed
      const introduced = Heard.orderPlaced(placed)
      assert.deepStrictEqual(introduced, { _tag: "IntroduceOrder", orderId, occurredAt: placedAt, customerId, total })
      const told = [Heard.orderApproved(approved), Heard.orderShipped(shipped), Heard.orderCancelled(cancelled)]
      assert.deepStrictEqual(
        told.map(({ news, occurredAt, orderId }) => [news.kind, orderId, occurredAt]),
        [
          ["order-confirmed", approved.orderId, approved.approvedAt],
          ["order-shipped", shipped.orderId, shipped.shippedAt],
          ["order-cancelled", cancelled.orderId, cancelled.cancelledAt]
        ]
      )
      const { carrier, estimatedDelivery, trackingNumber } = shipped
      assert.deepStrictEqual(told[1]?.news, {
        kind: "order-shipped",
        carrier,
        trackingNumber,
        ...(estimatedDelivery === undefined ? {} : { estimatedDelivery })
      })
      for (const command of [introduced, ...told]) assert.isTrue(isCommand(command))
    }
  )

  it.prop(
    "of stock, shipments and customers is theirs",
    [
      InventoryMessages.StockReservedV1.Content,
      ShippingMessages.ShipmentDelayedV1.Content,
      CustomersMessages.CustomerRegisteredV1.Content
    ],
    ([reserved, delayed, registered]) => {
      assert.deepStrictEqual(Heard.stockReserved(reserved), {
        _tag: "TellNews",
        orderId: reserved.orderId,
        occurredAt: reserved.reservedAt,
        news: { kind: "stock-reserved" }
      })
      const late = Heard.shipmentDelayed(delayed)
      assert.isTrue(isCommand(late))
      assert.deepInclude(late, { orderId: delayed.orderId, occurredAt: delayed.delayedAt })
      assert.deepInclude(late.news, { kind: "delivery-delayed" })
      const { customerId, registeredAt } = registered
      assert.deepStrictEqual(Heard.customerRegistered(registered), {
        _tag: "RegisterRecipient",
        customerId,
        occurredAt: registeredAt
      })
    }
  )
})
