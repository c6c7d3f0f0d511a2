/** An order that is counted, and one of everything that is told of it. */
import { CountCommands, type CountEvents, type OrderContent } from "@eventfold/domain-analytics"
import { type Currency, OrderId, ProductId } from "@eventfold/shared-kernel"
import { DateTime } from "effect"

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`
export const orderId = OrderId.fromUuid(uuid(1))
export const product = (number: number) => ProductId.fromUuid(uuid(100 + number))
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-0${number}T13:00:00Z`)

/** Two pieces of one product, and one of another. */
export const contentIn = (currency: Currency.Currency): OrderContent.OrderContent => ({
  total: { amount: 1_860, currency },
  products: [
    { productId: product(1), pieces: 2, amount: 1_240 },
    { productId: product(2), pieces: 1, amount: 620 }
  ]
})
export const content = contentIn("EUR")

export const commands = {
  order: CountCommands.CountOrder.make({ orderId, occurredAt: day(1), content }),
  shipment: CountCommands.CountShipment.make({ orderId, occurredAt: day(3), content }),
  cancellation: CountCommands.CountCancellation.make({ orderId, occurredAt: day(2) })
}

export const events = {
  order: { _tag: "OrderCounted", orderId, occurredAt: day(1), content },
  shipment: { _tag: "ShipmentCounted", orderId, occurredAt: day(3), content },
  cancellation: { _tag: "CancellationCounted", orderId, occurredAt: day(2), content }
} satisfies Record<string, CountEvents.CountEvent>
