/**
 * What the contexts of the service say to others: a relay each, in one table. A new published language is one more row, and is
 * named by the module of its context. A process runs those of the contexts it hosts.
 *
 * An order tells little in its later events, so what was ordered is read from its stream, as it was at the event: the same
 * event says the same each time.
 */
import type { Decider, DomainEvent, PublishedMessage } from "@eventfold/decider"
import { CatalogMessages } from "@eventfold/domain-catalog/published"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { InventoryMessages } from "@eventfold/domain-inventory/published"
import { Order, type OrderState } from "@eventfold/domain-ordering"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMessages } from "@eventfold/domain-payments/published"
import { ShippingMessages } from "@eventfold/domain-shipping/published"
import { EventCodec, History, type RecordedEvent } from "@eventfold/event-store"
import { OutboxRelay } from "@eventfold/messaging"
import { Effect, Schema, Stream } from "effect"
import { schemas } from "../contexts/Languages.ts"

/** How a context says in messages what its events mean. */
interface Saying<Event extends DomainEvent.DomainEvent> {
  readonly language: PublishedMessage.PublishedLanguage
  readonly events: Decider.EventUnion<Event>
  readonly keyOf: (event: Event) => string
  readonly messagesOf: (event: Event) => ReadonlyArray<PublishedMessage.Outgoing>
}

/** The relay of a context whose events say all that their messages do. */
const relay = <Event extends DomainEvent.DomainEvent>({ events, keyOf, language, messagesOf }: Saying<Event>) =>
  OutboxRelay.make<Event, never, never>({
    language,
    events,
    schemas,
    partitionBy: keyOf,
    publish: (event) => Effect.succeed(messagesOf(event))
  })

/** An event of an order that was never drafted: the stream is not what it should be. */
class OrderNotDrafted extends Schema.TaggedError<OrderNotDrafted>()("OrderNotDrafted", { stream: Schema.String }) {
  readonly retryable = false
}

const codec = EventCodec.make(Order.Order.Event)

/** An order as it was when something happened to it. */
const orderAt = Effect.fnUntraced(function* ({ stream, version }: RecordedEvent) {
  const recorded = yield* Stream.runCollect(History.eventsAsOf(stream, History.latest)).pipe(
    Effect.catchTag("InvalidHistoryQuery", Effect.die)
  )
  const events = yield* codec.decode(recorded.filter((event) => event.version <= version))
  const state = events.reduce<OrderState.OrderState>(Order.evolve, Order.initial)
  return state.status === "none" ? yield* new OrderNotDrafted({ stream: stream.id }) : state
})

const ordering = OutboxRelay.make({
  language: OrderingMessages.language,
  events: OrderingMessages.events,
  schemas,
  partitionBy: OrderingMessages.keyOf,
  publish: (event: OrderingMessages.Event, recorded) =>
    Effect.map(orderAt(recorded), (order) => OrderingMessages.messagesOf(event, order))
})

/** The relays of the service, by the contexts they speak for. */
export const relays = {
  ordering,
  inventory: relay(InventoryMessages),
  payments: relay(PaymentsMessages),
  shipping: relay(ShippingMessages),
  catalog: relay(CatalogMessages),
  customers: relay(CustomersMessages)
}

/** A relay, ready to be run. */
export type Relay = (typeof relays)[keyof typeof relays]
