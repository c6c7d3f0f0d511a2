/**
 * An order of the order service, and what others are told of it: for the examples of messages.
 *
 * Each run has a tenant, an order and a message broker of its own.
 */
import { Order, OrderCommands, OrderingMessages } from "@eventfold/domain-ordering"
import { CommandHandler, StreamId } from "@eventfold/event-store"
import { InboxMemory, MessageBroker, MessageBrokerMemory, OutboxRelay } from "@eventfold/messaging"
import { schemas } from "@eventfold/orders-api/contexts/Languages"
import { CustomerId, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { ConsumerProgress, ConsumerRegistry, HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

const orders = CommandHandler.make(Order.Order)

/** When it all happens: nine o'clock of a day in March. */
export const occurredAt = DateTime.makeUnsafe("2026-03-01T09:00:00Z")

/** Somebody orders three mugs. */
export const order = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const orderId = OrderId.fromUuid(SecureRandom.uuidV7Unsafe())
  const customerId = CustomerId.fromUuid(SecureRandom.uuidV7Unsafe())
  const stream = StreamId.make(tenant, "order", orderId)
  const common = { orderId, occurredAt }
  const mugs = {
    productId: ProductId.fromUuid(SecureRandom.uuidV7Unsafe()),
    productName: "Enamel mug",
    quantity: Quantity.Quantity.make(3),
    unitPrice: { amount: 1_250, currency: "EUR" },
    discount: Percentage.zero
  } as const
  yield* orders.handle(stream, { _tag: "DraftOrder", ...common, customerId, currency: "EUR", items: [mugs] })
  const shippingAddress = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
  yield* orders.handle(stream, OrderCommands.PlaceOrder.make({ ...common, shippingAddress }))
  return { tenant, orderId, customerId, stream, common }
})
/** An order that was placed. */
export type PlacedOrder = Effect.Success<typeof order>

/** It may be shipped. */
export const approve = ({ common, stream }: PlacedOrder) =>
  orders.handle(stream, OrderCommands.ApproveOrder.make({ ...common, approvedBy: "Noor" }))

/** It leaves with a carrier; the answer is the event that says so. */
export const ship = ({ common, stream }: PlacedOrder) =>
  Effect.map(
    orders.handle(
      stream,
      OrderCommands.ShipOrder.make({ ...common, carrier: "PostNL", trackingNumber: "3SABCD1234567" })
    ),
    ({ events }) => events
  )

// #region relay
/** There is no order in the stream of an event of one: what is stored is damaged. */
class OrderNotThere extends Schema.TaggedError<OrderNotThere>()("OrderNotThere", { orderId: OrderId }) {
  readonly retryable = false
}

/** Says what the events of ordering mean to others, with what it finds in the stream of the order. */
const relay = (tenant: string) =>
  OutboxRelay.make({
    language: OrderingMessages.language,
    events: OrderingMessages.events,
    partitionBy: OrderingMessages.keyOf,
    schemas,
    publish: Effect.fnUntraced(function* (event: OrderingMessages.Event, { stream }) {
      const { state } = yield* orders.load(stream)
      if (state.status === "none") return yield* new OrderNotThere({ orderId: event.orderId })
      return OrderingMessages.messagesOf(event, state)
    }),
    options: { filter: { tenant } }
  })
// #endregion relay

/** Runs the relay over the orders of a tenant while it lives, and has a broker in memory, where all of it is said. */
export const layer = (tenant: string) =>
  Layer.fresh(
    HandlerRunner.layer([relay(tenant)]).pipe(
      Layer.provide([ConsumerProgress.layer, ConsumerRegistry.layer, Subscriptions.layer]),
      Layer.provideMerge(Layer.merge(MessageBrokerMemory.layerMemory(), InboxMemory.layerMemory))
    )
  )

/** What ordering has said so far, in order. */
export const said = Effect.gen(function* () {
  const broker = yield* MessageBroker
  const group = { topic: "ordering", group: `listener-${SecureRandom.uuidV7Unsafe()}` }
  yield* broker.subscribe(group)
  const received = yield* broker.receive(group, { limit: 100, hold: "1 minute" })
  // Of one key one message is under way at a time.
  const all = received.map(({ message }) => message)
  for (let last = received; last.length > 0;) {
    yield* broker.acknowledge(group, last)
    last = yield* broker.receive(group, { limit: 100, hold: "1 minute" })
    all.push(...last.map(({ message }) => message))
  }
  yield* broker.unsubscribe(group)
  return all
})

/** Waits until ordering has said a message of this type, and answers it. */
export const heard = Effect.fnUntraced(function* (type: string) {
  const isSaid = Effect.map(said, (messages) => messages.filter((message) => message.type === type))
  yield* ReadSide.until(
    type,
    Effect.map(isSaid, (found) => found.length > 0)
  )
  return yield* isSaid
})
