/** A handler whose transaction takes longer than its lease lasts, on both databases. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  EventHandler,
  HandlerRunner,
  Subscriptions
} from "@eventfold/subscriptions"
import { DateTime, Effect, Layer, References, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const Counted = DomainEvent.make("Counted", { by: Schema.Int })
const events = Schema.Union([Counted])
const codec = EventCodec.make(events)
const occurredAt = DateTime.makeUnsafe(0)

const layer = Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer).pipe(
  Layer.provideMerge(layerPostgres)
)

const test = Effect.gen(function* () {
  const handled: Array<number> = []
  const slow = EventHandler.make({
    name: "slow",
    events,
    delivery: "in-transaction",
    handle: ({ by }) =>
      Effect.delay(
        Effect.sync(() => void handled.push(by)),
        "200 millis"
      )
  })
  const counted = yield* codec.encode(
    [1, 2, 3].map((by) => Counted.make({ occurredAt, by })),
    "main"
  )
  const stored = counted.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  yield* (yield* EventStore).append(StreamId.make("main", "count", "a"), ExpectedVersion.Any, stored)
  yield* Layer.build(HandlerRunner.layer([slow], { leaseTime: "300 millis" }))
  const consumers = yield* Consumers
  yield* Effect.repeat(consumers.states(["handler:slow"]), {
    until: ([state]) => state?.position === 3,
    schedule: Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(150)])
  })
  assert.deepStrictEqual(handled, [1, 2, 3])
}).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(References.MinimumLogLevel, "None"))

describe("a handler whose transaction takes longer than its lease lasts is run once", () => {
  it.live("on PostgreSQL", () => Effect.provide(test, PostgresDatabase.layer))
  it.live("on the embedded database", () => Effect.provide(test, PreparedDatabase.shared()))
})
