/** A context that acts upon what the trade in parcels says: it writes a bill for each that is sold, in its own streams. */
import { PublishedMessage } from "@eventfold/decider"
import { EventStore, ExpectedVersion, layerMemory as storeInMemory } from "@eventfold/event-store"
import { SecureRandom } from "effect/crypto"
import { DateTime, Effect, Layer, Schema, Scope, Stream } from "effect"
import {
  type CloudEvent,
  Inbox,
  InboxMemory,
  MessageBroker,
  MessageBrokerMemory,
  Subscriber,
  SubscriberDesk,
  SubscriberRunner
} from "../src/index.ts"
import { orderPlaced } from "./Messages.ts"

export const Sold = PublishedMessage.make("trade", "sold", 1, Schema.Struct({ parcel: Schema.String }))
export const Returned = PublishedMessage.make("trade", "returned", 1, Schema.Struct({ parcel: Schema.String }))

/** A message of the trade, about a parcel, which is its key. */
export const said = (
  id: string,
  parcel: string,
  type: string = Sold.type,
  other: Partial<CloudEvent.CloudEvent> = {}
): CloudEvent.CloudEvent => ({
  ...orderPlaced,
  id,
  type,
  source: "/contexts/trade",
  partitionkey: `acme/${parcel}`,
  data: { parcel },
  ...other
})

/** Publishes messages of the trade. */
export const say = (...messages: ReadonlyArray<CloudEvent.CloudEvent>) =>
  Effect.flatMap(MessageBroker, (broker) => broker.publish("trade", messages))

/** Stores an event of the shop: in the transaction that is open. */
export const note = Effect.fnUntraced(function* (who: string, what: string) {
  const event = {
    id: SecureRandom.uuidV7Unsafe(),
    type: what,
    schemaVersion: 1,
    occurredAt: DateTime.makeUnsafe("2026-01-15T12:00:00Z"),
    data: {},
    metadata: {}
  }
  yield* (yield* EventStore).append({ tenant: "acme", category: "Notes", id: who }, ExpectedVersion.Any, [event])
})

/** What somebody has noted, in order. */
export const notes = (who: string) =>
  Effect.flatMap(EventStore, (store) =>
    Effect.map(Stream.runCollect(store.read({ tenant: "acme", category: "Notes", id: who })), (events) =>
      events.map(({ type }) => type)
    )
  )

/** Notes what is sold and what is returned. */
export const billing = Subscriber.make("billing", [
  Subscriber.on(Sold, ({ parcel }) => note("billing", `sold ${parcel}`)),
  Subscriber.on(Returned, ({ parcel }) => note("billing", `returned ${parcel}`))
])

/** All ports in memory. */
export const layer = Layer.fresh(
  InboxMemory.layerMemory.pipe(Layer.provideMerge(storeInMemory), Layer.provideMerge(MessageBrokerMemory.layerMemory()))
)

/** A node that runs subscribers until its scope closes. */
export const node = Effect.fnUntraced(function* (...subscribers: ReadonlyArray<Subscriber.Subscriber<EventStore>>) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const runner = SubscriberRunner.layer(subscribers)
  const built = yield* Layer.buildWithScope(Layer.provideMerge(SubscriberDesk.layer, runner), scope)
  const { statuses } = yield* Effect.provideContext(SubscriberRunner, built)
  const desk = yield* Effect.provideContext(SubscriberDesk, built)
  const status = Effect.map(statuses, (all) => all[0]?.topics[0])
  return { scope, desk, statuses, status }
})

/** The dead letters of a subscriber, in a few words each. */
export const letters = (group: string) =>
  Effect.flatMap(MessageBroker, (broker) =>
    Effect.map(broker.deadLetters({ topic: "trade", group }, { limit: 100 }), (found) =>
      found.map(({ message, reason }) => `${message?.id ?? "unreadable"}: ${reason}`)
    )
  )

/** What the inbox knows of what a handler did, an entry each. */
export const entries = (handler: string) =>
  Effect.flatMap(Inbox, (inbox) =>
    Effect.map(inbox.list({ handler, limit: 100 }), (all) =>
      all.map(
        ({ attempts, error, id, state }) => `${id} ${state} ${attempts}${error === undefined ? "" : `: ${error}`}`
      )
    )
  )
