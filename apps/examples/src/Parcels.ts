/**
 * Parcels that are sent and arrive, and what others are told of them: for the examples of publishing. Parcels know nothing
 * of messages; the relay says what happens to them.
 *
 * Each run has a context, a tenant and a message broker of its own.
 */
import { DomainEvent, PublishedMessage } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { BrokerFailure, MessageBroker, MessageBrokerMemory, OutboxRelay } from "@eventfold/messaging"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  HandlerRunner,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, DateTime, Effect, Exit, Layer, References, Schema, Scope } from "effect"
import { SecureRandom } from "effect/crypto"

const ParcelSent = DomainEvent.make("ParcelSent", { to: Schema.String })
const ParcelArrived = DomainEvent.make("ParcelArrived", {})
const events = Schema.Union([ParcelSent, ParcelArrived])
const codec = EventCodec.make(events)

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
/** A parcel leaves. */
export const sent = (to: string) => ParcelSent.make({ occurredAt, to })
/** It is there. */
export const arrived = ParcelArrived.make({ occurredAt })

/** Nobody knows the place. */
class NoSuchPlace extends Schema.TaggedError<NoSuchPlace>()("NoSuchPlace", { place: Schema.String }) {
  readonly retryable = false
  override get message() {
    return `there is no place called ${this.place}`
  }
}

const Content = Schema.Struct({ parcel: Schema.String, says: Schema.String })
const read = Schema.decodeUnknownSync(Content)

/** A context of one run. What is wrong with its broker, and which places nobody knows, can be said meanwhile. */
export const fresh = Effect.sync(() => {
  const context = `parcels-${SecureRandom.uuidV7Unsafe().slice(-12)}`
  const Moved = PublishedMessage.make(context, "parcel-moved", 1, Content)
  const wrong = { brokerIsAway: false, diesAfterPublishing: false, unknown: new Set<string>() }
  // #region relay
  const relay = OutboxRelay.make({
    language: PublishedMessage.language(context, [Moved]),
    events,
    schemas: "https://parcels.example/schemas",
    publish: (event: typeof events.Type, { stream }) =>
      event._tag === "ParcelArrived"
        ? Effect.succeed([PublishedMessage.say(Moved, { parcel: stream.id, says: "arrived" })])
        : wrong.unknown.has(event.to)
          ? Effect.fail(new NoSuchPlace({ place: event.to }))
          : Effect.succeed([PublishedMessage.say(Moved, { parcel: stream.id, says: `sent to ${event.to}` })]),
    options: {
      filter: { tenant: context },
      failure: { retries: 3, firstWait: "10 millis", longestWait: "50 millis" }
    }
  })
  // #endregion relay
  return { context, relay, wrong, given: new Array<number>(), consumer: `handler:${OutboxRelay.nameOf(context)}` }
})

/** A context of one run. */
export type Fresh = Effect.Success<typeof fresh>

/** Records what happens to a parcel: in the transaction that is open, if there is one. */
export const record = Effect.fnUntraced(function* (
  { context }: Fresh,
  parcel: string,
  ...happened: ReadonlyArray<typeof events.Type>
) {
  const encoded = yield* codec.encode(happened, context)
  yield* (yield* EventStore).append(
    StreamId.make(context, "example-parcel", parcel),
    ExpectedVersion.Any,
    encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  )
})

/** What others have been told so far, as texts, in order. */
export const heard = ({ context }: Fresh) =>
  Effect.gen(function* () {
    const broker = yield* MessageBroker
    const group = { topic: context, group: `listener-${SecureRandom.uuidV7Unsafe()}` }
    yield* broker.subscribe(group)
    const found: Array<{ readonly position: number; readonly text: string }> = []
    for (;;) {
      const batch = yield* broker.receive(group, { limit: 100, hold: "1 minute" })
      if (batch.length === 0) break
      yield* broker.acknowledge(group, batch)
      found.push(
        ...batch.map(({ message: { data }, position }) => {
          const { parcel, says } = read(data)
          return { position, text: `${parcel} ${says}` }
        })
      )
    }
    yield* broker.unsubscribe(group)
    return found.toSorted((a, b) => a.position - b.position).map(({ text }) => text)
  })

/** Where messages go: a broker in memory. */
export const broker = Layer.fresh(MessageBrokerMemory.layerMemory())

/** A node that runs the relay until it is ended; several may run. It notes how many messages it gives to the broker at a time. */
export const node = Effect.fnUntraced(function* (its: Fresh) {
  const port = yield* MessageBroker
  const away = new BrokerFailure({
    operation: "MessageBroker.publish",
    retryable: true,
    detail: "away",
    cause: undefined
  })
  const watched = MessageBroker.of({
    ...port,
    publishEncoded: (topic, messages) =>
      Effect.gen(function* () {
        if (its.wrong.brokerIsAway) return yield* away
        its.given.push(messages.length)
        const count = yield* port.publishEncoded(topic, messages)
        return its.wrong.diesAfterPublishing ? yield* Effect.never : count
      })
  })
  const scope = yield* Scope.fork(yield* Effect.scope)
  const services = Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)
  const layer = Layer.fresh(
    Layer.merge(HandlerRunner.layer<MessageBroker>([its.relay], { leaseTime: "1 second" }), DeadLetterDesk.layer).pipe(
      Layer.provide(services),
      Layer.provide(Layer.succeed(MessageBroker, watched))
    )
  )
  // What goes wrong here is part of the story, and is told there.
  const built = yield* Effect.provideService(Layer.buildWithScope(layer, scope), References.MinimumLogLevel, "None")
  return {
    statuses: Context.get(built, HandlerRunner).statuses,
    desk: Context.get(built, DeadLetterDesk),
    end: Scope.close(scope, Exit.void)
  }
})
