/** A context for tests: parcels are sold and returned, and others are told of it. */
import { DomainEvent, PublishedMessage } from "@eventfold/decider"
import {
  EventCodec,
  type EventMetadata,
  EventStore,
  ExpectedVersion,
  layerMemory as eventsInMemory,
  StreamId
} from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  type EventHandler,
  HandlerRunner,
  layerMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, DateTime, Effect, Layer, Schema, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { type CloudEvent, MessageBroker, MessageBrokerMemory, OutboxRelay } from "../src/index.ts"

export const Sold = DomainEvent.make("Sold", { price: Schema.Int })
export const Returned = DomainEvent.make("Returned", {})
/** Nobody else needs to know of it. */
export const Weighed = DomainEvent.make("Weighed", { grams: Schema.Int })
const events = Schema.Union([Sold, Returned, Weighed])
type Event = typeof events.Type

const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
export const sold = (price: number): Event => Sold.make({ occurredAt, price })
export const returned: Event = Returned.make({ occurredAt })
export const weighed: Event = Weighed.make({ occurredAt, grams: 1 })

export const ParcelSold = PublishedMessage.make(
  "trade",
  "parcel-sold",
  1,
  Schema.Struct({ parcel: Schema.String, price: Schema.Int, buyer: Schema.String })
)
export const ParcelReturned = PublishedMessage.make(
  "trade",
  "parcel-returned",
  1,
  Schema.Struct({ parcel: Schema.String })
)
export const language = PublishedMessage.language("trade", [ParcelSold, ParcelReturned])

/** The event does not say who has bought. */
export class Buyers extends Context.Service<Buyers, { of(parcel: string): Effect.Effect<string, NoBuyer> }>()(
  "test/Buyers"
) {}
/** Nobody knows who has bought; it may be known later, or never. */
export class NoBuyer extends Schema.TaggedError<NoBuyer>()("NoBuyer", { retryable: Schema.Boolean }) {}

/** Says that of a price below zero, which the schema of the message does not accept, a half is missing. */
export const relay = (options: Partial<OutboxRelay.Declaration<Event, NoBuyer, Buyers>> = {}) =>
  OutboxRelay.make<Event, NoBuyer, Buyers>({
    language,
    events,
    schemas: "https://eventfold.example/schemas",
    publish: Effect.fnUntraced(function* (event, { stream }) {
      switch (event._tag) {
        case "Sold": {
          const buyer = yield* (yield* Buyers).of(stream.id)
          const price = event.price < 0 ? event.price / 2 : event.price
          return [PublishedMessage.say(ParcelSold, { parcel: stream.id, price, buyer })]
        }
        case "Returned":
          return [PublishedMessage.say(ParcelReturned, { parcel: stream.id })]
        case "Weighed":
          return []
      }
    }),
    ...options
  })

const codec = EventCodec.make(events)

/** Appends events of a parcel. */
export const append = Effect.fnUntraced(function* (
  parcel: string,
  given: ReadonlyArray<Event>,
  metadata: EventMetadata = {}
) {
  const encoded = yield* codec.encode(given, "acme")
  const stored = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata }))
  const stream = StreamId.make("acme", "Parcel", parcel)
  return (yield* (yield* EventStore).append(stream, ExpectedVersion.Any, stored)).position
})

/** All ports in memory, with what replays letters. */
export const layer = DeadLetterDesk.layer.pipe(
  Layer.provideMerge(
    Layer.fresh(Layer.mergeAll(layerMemory, ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)).pipe(
      Layer.provideMerge(eventsInMemory)
    )
  ),
  Layer.provideMerge(Layer.fresh(MessageBrokerMemory.layerMemory())),
  Layer.provideMerge(Layer.succeed(Buyers, { of: () => Effect.succeed("ada") }))
)

/** A node that runs a relay until its scope closes. */
export const node = Effect.fnUntraced(function* <R>(made: Effect.Effect<EventHandler.ManagedHandler, never, R>) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const built = yield* Layer.buildWithScope(HandlerRunner.layer([made]), scope)
  return { scope, runner: yield* Effect.provideContext(HandlerRunner, built) }
})

/** What others have been told, in order. */
export const told = Effect.gen(function* () {
  const broker = yield* MessageBroker
  const group = { topic: "trade", group: `reader-${SecureRandom.uuidV7Unsafe()}` }
  yield* broker.subscribe(group, { maxInFlight: 10_000 })
  const found: Array<CloudEvent.CloudEvent> = []
  for (;;) {
    const batch = yield* broker.receive(group, { limit: 1000, hold: "1 minute" })
    if (batch.length === 0) return found
    found.push(...batch.map(({ message }) => message))
    yield* broker.acknowledge(group, batch)
  }
})

/** The same, as texts. */
export const lines = Effect.map(told, (messages) =>
  messages.map(({ subject, type }) => `${subject} ${type.split(".")[1]}`)
)
