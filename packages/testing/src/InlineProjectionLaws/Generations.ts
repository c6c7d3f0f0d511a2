/** Laws of generations: appends write the one that is read, and none is missed or counted twice at a switch. */
import { EventStore, ExpectedVersion } from "@eventfold/event-store"
import { ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Fiber } from "effect"
import * as Events from "../EventStoreLaws/Scenario.ts"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { NoStream } = ExpectedVersion

/** The laws of which generation is written. */
export const generations = [
  make(
    "nothing is written while there is no generation that is read, and then the one that is",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.counting
      yield* Scenario.start(managed)
      const tenant = yield* Events.tenant
      const generation = yield* Scenario.begin(managed)
      yield* Scenario.append(yield* Events.streamOf(tenant), NoStream, 1)
      yield* (yield* ReadModelStore).serve(generation, readModel)
      yield* Scenario.append(yield* Events.streamOf(tenant), NoStream, 2)
      yield* Scenario.begin(managed)
      yield* Scenario.append(yield* Events.streamOf(tenant), NoStream, 4)
      const row = yield* Scenario.rowOf(readModel, { tenant, id: "all" })
      yield* expectEqual("the row that is read", row, { id: "all", events: 2, sum: 6 })
    })
  ),

  make(
    "events that a program cannot fold, because the rows are of another version of it, become letters",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.counting
      const generation = yield* Scenario.serve(managed, "another version")
      yield* Scenario.start(managed)
      const stream = yield* Events.stream
      yield* Scenario.append(stream, NoStream, 1, 2)
      const row = yield* Scenario.rowOf(readModel, { tenant: stream.tenant, id: "all" })
      yield* expectEqual("the row", row, undefined)
      const letters = yield* Scenario.lettersOf(generation)
      yield* expectEqual("the letters", letters, ["1 OtherVersion", "2 OtherVersion"])
    })
  ),

  make(
    "who folds the log up to the fence and serves what it made misses no append and counts none twice",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.counting
      yield* Scenario.start(managed)
      const [log, store] = [yield* EventStore, yield* ReadModelStore]
      const tenant = yield* Events.tenant
      const streams = yield* Effect.all(Array.from({ length: 39 }, () => Events.streamOf(tenant)))
      yield* Scenario.append(yield* Events.streamOf(tenant), NoStream, 1)
      const appending = yield* Effect.forkChild(
        Effect.forEach(streams, (stream) => Effect.andThen(Scenario.append(stream, NoStream, 1), Effect.yieldNow), {
          concurrency: 4,
          discard: true
        })
      )
      const generation = yield* Scenario.begin(managed)
      const attempt = Scenario.inTransaction(
        Effect.gen(function* () {
          const fence = yield* store.fenceAppends(managed.name)
          const filter = { tenant, types: managed.eventTypes }
          const { end, events, position } = yield* log.readLog({ after: 0, limit: 10_000, filter })
          yield* expect(end && position >= fence, "what was appended before the fence can be read")
          const batch = yield* managed.prepare(events)
          yield* batch.fold(generation.generation, [])
          yield* store.serve(generation, readModel)
        })
      )
      // What others append to the same store can keep the end of the log back for a moment.
      yield* Effect.retry(attempt, { times: 1000, while: ({ _tag }) => _tag === "Violation" })
      yield* Fiber.join(appending)
      const row = yield* Scenario.rowOf(readModel, { tenant, id: "all" })
      yield* expectEqual("the row", row, { id: "all", events: 40, sum: 40 })
    })
  )
]
