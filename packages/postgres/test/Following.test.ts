/** What follows the log, on the embedded database: a projection with dead letters, and a handler that stores exactly once. */
import { assert, it } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  DeadLetters,
  EventHandler,
  Generations,
  HandlerRunner,
  ManagedProjection,
  ProjectionRunner,
  ReadModelStore,
  refold,
  Subscriptions
} from "@eventfold/subscriptions"
import { DateTime, Effect, Layer, References, Schedule, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { layerPostgres } from "../src/index.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const Counted = DomainEvent.make("Counted", { by: Schema.Int })
const occurredAt = DateTime.makeUnsafe(0)
const events = Schema.Union([Counted])
const codec = EventCodec.make(events)
const counts = ReadModel.make({
  name: "counts",
  key: ["id"],
  row: Schema.Struct({ id: Schema.String, sum: Schema.Int })
})
const mended = { now: false }
const Counts = Projection.make({
  readModel: counts,
  events,
  keys: Projection.byStream("count", "id"),
  project: ({ by }, [row], { stream }) => {
    if (by === 13 && !mended.now) throw new Error("unlucky")
    return [Projection.upsert({ id: stream.id, sum: (row?.sum ?? 0) + by })]
  }
})
const projection = ManagedProjection.make(Counts)

class NotYet extends Schema.TaggedError<NotYet>()("NotYet", {}) {}
const echoes = StreamId.make("main", "echo", "all")
let refusals = 2
/** Stores an event for each, and refuses the last one twice: each time the whole batch is taken back. */
const echo = EventHandler.make({
  name: "echo",
  events,
  delivery: "in-transaction",
  options: { failure: { retries: 5, firstWait: "10 millis", longestWait: "20 millis" } },
  handle: ({ by }) =>
    Effect.gen(function* () {
      const event = { type: "Echoed", schemaVersion: 1, occurredAt, data: { by }, metadata: {} }
      const id = SecureRandom.uuidV7Unsafe()
      yield* (yield* EventStore).append(echoes, ExpectedVersion.Any, [{ ...event, id }])
      if (by === 5 && (refusals -= 1) >= 0) return yield* new NotYet()
    })
})

const append = Effect.fnUntraced(function* (id: string, ...by: ReadonlyArray<number>) {
  const encoded = yield* codec.encode(
    by.map((one) => Counted.make({ occurredAt, by: one })),
    "main"
  )
  const stored = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  yield* (yield* EventStore).append(StreamId.make("main", "count", id), ExpectedVersion.Any, stored)
})

const rows = Effect.gen(function* () {
  const found = yield* Stream.runCollect((yield* ReadModelStore).rows({ readModel: counts, generation: 1 }))
  return found.map(({ row }) => [row.id, row.sum])
  // There is no table before the runner has made it.
}).pipe(Effect.orElseSucceed((): ReadonlyArray<ReadonlyArray<unknown>> => []))

/** Asks until the answer is as expected, thirty seconds at the most; then answers what it is. */
const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, expected: A) =>
  effect.pipe(
    Effect.repeat({
      until: (answer) => JSON.stringify(answer) === JSON.stringify(expected),
      schedule: Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(1500)])
    }),
    Effect.andThen(effect),
    Effect.tap((answer) => Effect.sync(() => assert.deepStrictEqual(answer, expected)))
  )

const ports = Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer).pipe(
  Layer.provideMerge(layerPostgres),
  Layer.provide(PreparedDatabase.shared())
)
const layer = Layer.mergeAll(
  ProjectionRunner.layer([projection]).pipe(Layer.provide(Generations.layer)),
  HandlerRunner.layer([echo]),
  DeadLetterDesk.layer
).pipe(Layer.provideMerge(ports))

it.live("projections and handlers follow the log in the database, and letters are replayed", () =>
  Effect.gen(function* () {
    yield* append("a", 1, 13, 2)
    yield* append("b", 3, 5)
    yield* eventually(rows, [
      ["a", 1],
      ["b", 8]
    ])
    const consumer = "projection:counts:1"
    const letters = Effect.map(
      (yield* DeadLetters).list({ consumer, limit: 9 }),
      (found): ReadonlyArray<string | null> => found.map(({ failure }) => failure?.message ?? null)
    )
    yield* eventually(letters, ["unlucky", null])
    mended.now = true
    const desk = yield* DeadLetterDesk
    assert.strictEqual((yield* desk.replay({ consumer, by: "sue", reason: "mended" })).replayed, 2)
    yield* eventually(rows, [
      ["a", 16],
      ["b", 8]
    ])
    assert.deepStrictEqual(yield* refold(projection, [StreamId.make("main", "count", "a")]), [])
    yield* append("a", 4)
    yield* eventually(rows, [
      ["a", 20],
      ["b", 8]
    ])
    const echoed = Effect.map(Stream.runCollect((yield* EventStore).read(echoes)), (found) => found.length)
    yield* eventually(echoed, 6)
    assert.strictEqual(refusals, -1)
  }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(References.MinimumLogLevel, "None"))
)
