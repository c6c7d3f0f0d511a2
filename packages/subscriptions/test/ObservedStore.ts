/** The event store in memory, whose reads of the log are counted and can be made to fail or to hang. */
import { EventStore, EventStoreFailure, ExpectedVersion, layerMemory, StreamId } from "@eventfold/event-store"
import { Context, DateTime, Effect, Fiber, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { type LogBatch, type SubscriptionOptions, Subscriptions } from "../src/index.ts"

/** What the reads of the log do. */
export class Reads extends Context.Service<
  Reads,
  {
    /** How many there have been. */
    count: number
    /** What each one does first. */
    before: Effect.Effect<void, EventStoreFailure>
  }
>()("test/Reads") {}

/** Subscriptions over such a store. */
export const layer = Layer.fresh(
  Subscriptions.layer.pipe(
    Layer.provideMerge(
      Layer.effect(
        EventStore,
        Effect.gen(function* () {
          const [store, reads] = [yield* EventStore, yield* Reads]
          return {
            ...store,
            readLog: (page) =>
              Effect.suspend(() => {
                reads.count += 1
                return Effect.andThen(reads.before, store.readLog(page))
              })
          }
        })
      )
    ),
    Layer.provideMerge(
      Layer.merge(
        layerMemory,
        Layer.sync(Reads, () => ({ count: 0, before: Effect.void }))
      )
    )
  )
)

/** How a store fails. */
export const failure = (retryable: boolean) =>
  new EventStoreFailure({ operation: "EventStore.readLog", retryable, detail: "out of order", cause: undefined })

/** Appends so many events to a new stream, and answers the position of the last. */
export const append = (count = 1, category = "order") =>
  Effect.gen(function* () {
    const store = yield* EventStore
    const event = { type: "Noted", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
    const events = Array.from({ length: count }, () => ({ ...event, id: SecureRandom.uuidV7Unsafe() }))
    const stream = StreamId.make("test", category, SecureRandom.uuidV7Unsafe())
    return (yield* store.append(stream, ExpectedVersion.NoStream, events)).position
  })

/** Lets all other fibers go on until they wait. */
export const settled = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })

/** Follows in the background; `batches` grows. */
export const follow = Effect.fnUntraced(function* (
  options: Partial<SubscriptionOptions> = {},
  handle: (batch: LogBatch) => Effect.Effect<void> = () => Effect.void
) {
  const batches: Array<LogBatch> = []
  const fiber = yield* Subscriptions.stream({ name: "test", ...options }).pipe(
    Stream.runForEach((batch) =>
      Effect.andThen(
        Effect.sync(() => batches.push(batch)),
        handle(batch)
      )
    ),
    Effect.forkChild
  )
  yield* settled
  return {
    batches,
    fiber,
    positions: () => batches.flatMap(({ events }) => events.map(({ position }) => position)),
    stop: Fiber.interrupt(fiber)
  }
})
