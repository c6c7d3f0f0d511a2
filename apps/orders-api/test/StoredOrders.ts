/** Events of orders as another process would store them, past the service; also such as nobody can read. */
import { Order, OrderSummary } from "@eventfold/domain-ordering"
import { EventCodec, EventStore, ExpectedVersion, type NewRepair, repairEvent, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, type Schema } from "effect"
import { mug, uuid } from "./Samples.ts"

const codec = EventCodec.make(Order.Order.Event)

/** The name of an event and its data. */
export type Stored = readonly [type: string, data: Schema.Json]

/** Stores events and answers the position of the last one. */
export const append = Effect.fnUntraced(function* (category: string, id: string, ...events: ReadonlyArray<Stored>) {
  const store = yield* EventStore
  const occurredAt = DateTime.makeUnsafe("2024-05-17T09:30:00Z")
  const { position } = yield* store.append(
    StreamId.make("main", category, id),
    ExpectedVersion.Any,
    events.map(([type, data]) => ({ id: uuid(), type, schemaVersion: 1, occurredAt, data, metadata: {} }))
  )
  return position
})

/** A new order id. */
export const newOrderId = () => `order_${uuid()}`

/** The first event of an order. */
export const drafted = (orderId: string, customerId = `customer_${uuid()}`): Stored => [
  "OrderDrafted",
  { orderId, customerId, currency: "EUR" }
]

/** Two more mugs, after which there are `count` times two. */
export const added = (orderId: string, count: number): Stored => [
  "ItemAdded",
  { orderId, ...mug, discount: 0, lineCount: 1, total: { amount: 2500 * count, currency: "EUR" } }
]

/** An event that no program knows. */
export const unknown: Stored = ["OrderTeleported", { to: "Mars" }]

/** An event that this program knows by name, and in another form: what has to do with items cannot go on past it. */
export const undecodable: Stored = ["ItemAdded", { quantity: "many" }]

/** All events of an order. */
export const eventsOf = (orderId: string) =>
  Effect.flatMap(EventStore, (store) =>
    store.readPage(StreamId.make("main", "order", orderId), { direction: "forwards", from: 1, limit: 1000 })
  )

/** Repairs the event at a version of an order: from now on `stored` is read in its place. */
export const repair = Effect.fnUntraced(function* (orderId: string, version: number, [type, data]: Stored) {
  const event = (yield* eventsOf(orderId))[version - 1]
  const repaired: NewRepair = {
    position: event?.position ?? 0,
    eventId: event?.id ?? "",
    type,
    schemaVersion: 1,
    data,
    actor: "grace",
    reason: "nobody can be in two places"
  }
  return yield* repairEvent(codec, repaired)
})

/** The row of an order, folded from all of its events. */
export const summaryOf = Effect.fnUntraced(function* (orderId: string) {
  const events = yield* eventsOf(orderId)
  const decoded = yield* codec.decode(events)
  return decoded.reduce(
    (row: OrderSummary.OrderSummary | undefined, event, index) => OrderSummary.evolve(row, event, index + 1),
    undefined
  )
})
