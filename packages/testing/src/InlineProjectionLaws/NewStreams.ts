/** Laws of rows of streams that begin, which a store may write together with the events. */
import { EventStore, ExpectedVersion } from "@eventfold/event-store"
import { DateTime, Effect, Stream } from "effect"
import * as Events from "../EventStoreLaws/Scenario.ts"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { NoStream } = ExpectedVersion

const streamsOf = (tenant: string, length: number) => Effect.all(Array.from({ length }, () => Events.streamOf(tenant)))

/** The laws of streams that begin. */
export const newStreams = [
  make(
    "of streams that many callers begin at once, those that were there already keep their rows",
    Effect.gen(function* () {
      const [stream, counter] = [yield* Scenario.byStream, yield* Scenario.counting]
      const tenant = yield* Events.tenant
      const [known, others] = [yield* streamsOf(tenant, 3), yield* streamsOf(tenant, 12)]
      const begin = Effect.forEach(
        [...others, ...known],
        (one) => Effect.result(Scenario.append(one, NoStream, 2, 4)),
        { concurrency: "unbounded" }
      )
      yield* Effect.forEach([stream.managed, counter.managed], (managed) => Scenario.serve(managed))
      // The rows of the streams alone at first, then with the one they share.
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Scenario.start(stream.managed)
          yield* Effect.forEach(known, (one) => Scenario.append(one, NoStream, 1), { discard: true })
          yield* begin
        })
      )
      const more = yield* streamsOf(tenant, 6)
      yield* Scenario.start(stream.managed, counter.managed)
      yield* Scenario.append(yield* Events.streamOf(tenant), NoStream, 8)
      yield* Effect.forEach([...known, ...more], (one) => Effect.exit(Scenario.append(one, NoStream, 16)), {
        concurrency: "unbounded",
        discard: true
      })
      for (const { rows, sum, versions } of [
        { rows: known, versions: "1", sum: 1 },
        { rows: others, versions: "1 2", sum: 6 },
        { rows: more, versions: "1", sum: 16 }
      ]) {
        for (const one of rows) {
          const row = yield* Scenario.rowOf(stream.readModel, one)
          yield* expectEqual("the row of a stream", row, { id: one.id, versions, sum })
        }
      }
      const all = yield* Scenario.rowOf(counter.readModel, { tenant, id: "all" })
      yield* expectEqual("the row they share", all, { id: "all", events: 1 + more.length, sum: 8 + 16 * more.length })
    })
  ),

  make(
    "a projection is given where and when its events were stored",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.placed
      yield* Scenario.serve(managed)
      yield* Scenario.start(managed)
      const tenant = yield* Events.tenant
      const store = yield* EventStore
      for (const count of [1, 1, 8]) {
        const streams = yield* streamsOf(tenant, count)
        yield* Effect.forEach(streams, (one) => Scenario.append(one, NoStream, 1), { concurrency: "unbounded" })
        for (const one of streams) {
          const [event] = yield* Stream.runCollect(store.read(one))
          const place = event && `${event.position} ${DateTime.formatIso(event.recordedAt)}`
          const row = yield* Scenario.rowOf(readModel, one)
          yield* expectEqual("where and when it was stored", row?.versions, place)
        }
      }
    })
  )
]
