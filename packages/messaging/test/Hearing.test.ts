/** Hearing: the messages of the trade in parcels, as events in the log of another program. */
import { pass, settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Meaning, PublishedMessage } from "@eventfold/decider"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  HandlerRunner,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer, References, Schema, Stream } from "effect"
import { Hearing, Inbox, MessageBroker, OutboxRelay, type Subscriber } from "../src/index.ts"
import { entries, layer, letters, node, Returned, said, say, Sold } from "./Shop.ts"
import { orderPlaced } from "./Messages.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

const ParcelSold = DomainEvent.make("ParcelSold", { parcel: Schema.String })
const ParcelReturned = DomainEvent.make("ParcelReturned", { parcel: Schema.String })

const occurredAt = orderPlaced.time
const sold = Meaning.make(Sold, ParcelSold, ({ parcel }) => ({ _tag: "ParcelSold" as const, occurredAt, parcel }))
const returned = Meaning.make(Returned, ParcelReturned, ({ parcel }) => ({
  _tag: "ParcelReturned" as const,
  occurredAt,
  parcel
}))

const eventId = (number: number) => `0190f5a2-7c4e-4b1a-9d3f-${String(number).padStart(12, "0")}`
const message = (number: number, parcel: string, type?: string) =>
  said(`${eventId(number)}.m`, parcel, type, {
    causationid: eventId(number),
    correlationid: "request-1",
    tenantid: "acme"
  })

const log = Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll()))
const heard = Effect.map(log, (events) =>
  events.filter(Hearing.isHeard).map(({ id, stream, type }) => `${stream.id} ${type} ${Number(id.slice(-12))}`)
)
const run = (...subscribers: ReadonlyArray<Subscriber.Subscriber<EventStore>>) =>
  Effect.andThen(node(...subscribers), settled)

const readSide = Layer.fresh(
  Layer.mergeAll(readSideInMemory, ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)
)

describe("hearing", () => {
  it.effect("puts what is said into the log as the event it means, in order, as the publisher knows it", () =>
    Effect.gen(function* () {
      yield* say(message(1, "p1"), message(2, "p2"), message(3, "p1", Returned.type))
      yield* run(Hearing.make("hearing", [sold, returned]))
      assert.sameMembers(yield* heard, ["trade.p1 ParcelSold 1", "trade.p2 ParcelSold 2", "trade.p1 ParcelReturned 3"])
      const [first] = yield* log
      assert.deepInclude(first, { id: eventId(1), schemaVersion: 1, occurredAt, data: { parcel: "p1" } })
      assert.deepStrictEqual(first?.stream, Hearing.streamOf("acme", "trade", "p1"))
      const { traceparent = "" } = orderPlaced
      const causationId = `${eventId(1)}.m`
      assert.deepStrictEqual(first?.metadata, { correlationId: "request-1", causationId, traceparent })
      const onP1 = (yield* heard).filter((line) => line.startsWith("trade.p1"))
      assert.deepStrictEqual(onP1, ["trade.p1 ParcelSold 1", "trade.p1 ParcelReturned 3"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("stores nothing twice, though it is forgotten what was heard, or heard under another name", () =>
    Effect.gen(function* () {
      yield* say(message(1, "p1"), message(2, "p1", Returned.type))
      yield* run(Hearing.make("hearing", [sold, returned]))
      const before = yield* log
      assert.lengthOf(before, 2)
      yield* run(Hearing.make("hearing-again", [sold, returned], { lead: sold }))
      assert.lengthOf(yield* entries("hearing-again"), 2)
      assert.deepStrictEqual((yield* log).filter(Hearing.isHeard), before)
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps back what comes before the lead of its key, and lets it follow when that is heard", () =>
    Effect.gen(function* () {
      yield* say(message(3, "p1", Returned.type), message(4, "p1", Returned.type), message(5, "p2", Returned.type))
      yield* run(Hearing.make("hearing", [sold, returned], { lead: sold }))
      assert.deepStrictEqual(yield* heard, [])
      yield* say(message(1, "p1"), message(6, "p1", Returned.type))
      yield* settled
      assert.deepStrictEqual(yield* heard, [
        "trade.p1 ParcelSold 1",
        "trade.p1 ParcelReturned 3",
        "trade.p1 ParcelReturned 4",
        "trade.p1 ParcelReturned 6"
      ])
      assert.deepStrictEqual(yield* letters("hearing"), [])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("is said again by nobody", () =>
    Effect.gen(function* () {
      yield* say(message(1, "p1"))
      yield* run(Hearing.make("hearing", [sold]))
      assert.lengthOf(yield* heard, 1)
      const gossip = PublishedMessage.make("gossip", "sold", 1, Schema.Struct({ parcel: Schema.String }))
      const relay = OutboxRelay.make({
        language: PublishedMessage.language("gossip", [gossip]),
        events: Schema.Union([ParcelSold]),
        schemas: "https://eventfold.example/schemas",
        publish: ({ parcel }) => Effect.succeed([PublishedMessage.say(gossip, { parcel })])
      })
      const store = yield* EventStore
      const own = {
        id: eventId(9),
        type: "ParcelSold",
        schemaVersion: 1,
        occurredAt,
        data: { parcel: "p9" },
        metadata: {}
      }
      yield* store.append(StreamId.make("acme", "parcel", "p9"), ExpectedVersion.Any, [own])
      yield* Layer.build(HandlerRunner.layer([relay]))
      yield* pass(2)
      const told = yield* (yield* MessageBroker).browse("gossip", { from: "beginning", limit: 10 })
      assert.deepStrictEqual(
        told.map((one) => one.message?.data),
        [{ parcel: "p9" }]
      )
    }).pipe(quiet, Effect.scoped, Effect.provide(Layer.provideMerge(readSide, layer)))
  )

  it.effect("gives up what is kept back beyond its bound, and says so", () =>
    Effect.gen(function* () {
      yield* say(...Array.from({ length: 101 }, (_, index) => message(index + 1, "p1", Returned.type)))
      yield* run(Hearing.make("hearing", [sold, returned], { lead: sold }))
      assert.deepStrictEqual(yield* letters("hearing"), [`${eventId(101)}.m: TooMuchWithheld`])
      assert.strictEqual((yield* (yield* Inbox).list({ state: "failed", limit: 10 })).length, 1)
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )
})
