/** Laws of what is stored together: rows and events, or neither. */
import { EventStore, ExpectedVersion, type StreamId } from "@eventfold/event-store"
import { Effect, Fiber, Stream } from "effect"
import * as Events from "../EventStoreLaws/Scenario.ts"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { Any, NoStream } = ExpectedVersion

const versionOf = Effect.fnUntraced(function* (stream: StreamId.StreamId) {
  const store = yield* EventStore
  const [last] = yield* store.readPage(stream, { direction: "backwards", from: Number.MAX_SAFE_INTEGER, limit: 1 })
  return last?.version ?? 0
})

/** The laws of what is seen, and when. */
export const together = [
  make(
    "rows and events become visible together: no reader finds one without the other",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.byStream
      yield* Scenario.serve(managed)
      yield* Scenario.start(managed)
      const stream = yield* Events.stream
      const folded = Effect.map(Scenario.rowOf(readModel, stream), (row) =>
        row === undefined ? 0 : row.versions.split(" ").length
      )
      const writer = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 20 }), () => Scenario.append(stream, Any, 1), { discard: true })
      )
      while (writer.pollUnsafe() === undefined) {
        const [before, row, after] = [yield* versionOf(stream), yield* folded, yield* versionOf(stream)]
        yield* expect(before <= row && row <= after, `the row has ${row} events, the stream ${before} to ${after}`)
        yield* Effect.yieldNow
      }
      yield* Fiber.join(writer)
      yield* expectEqual("how many events the row has", yield* folded, 20)
    })
  ),

  make(
    "an append that is refused or rolled back leaves the rows as they were",
    Effect.gen(function* () {
      const [stream, counter] = [yield* Scenario.byStream, yield* Scenario.counting]
      yield* Effect.forEach([stream.managed, counter.managed], (managed) => Scenario.serve(managed))
      yield* Scenario.start(stream.managed, counter.managed)
      const [kept, undone] = [yield* Events.stream, yield* Events.stream]
      yield* Scenario.append(kept, NoStream, 1)
      yield* Effect.flip(Scenario.append(kept, NoStream, 2))
      yield* Effect.exit(
        Scenario.inTransaction(
          Effect.gen(function* () {
            yield* Scenario.append({ ...undone, tenant: kept.tenant }, NoStream, 4)
            yield* Scenario.append(kept, ExpectedVersion.Exact(1), 8)
            const seen = yield* Scenario.rowOf(counter.readModel, { tenant: kept.tenant, id: "all" })
            yield* expectEqual("the sum inside the transaction", seen?.sum, 13)
            return yield* Effect.fail("no")
          })
        )
      )
      const row = yield* Scenario.rowOf(stream.readModel, kept)
      const all = yield* Scenario.rowOf(counter.readModel, { tenant: kept.tenant, id: "all" })
      yield* expectEqual("the row of the stream", row, { id: kept.id, versions: "1", sum: 1 })
      yield* expectEqual("the row of the tenant", all, { id: "all", events: 1, sum: 1 })
      const none = yield* Scenario.rowOf(stream.readModel, { ...undone, tenant: kept.tenant })
      yield* expectEqual("the row of a stream that was not stored", none, undefined)
    })
  ),

  make(
    "an append that is repeated is not folded again, and several at once are folded like one after another",
    Effect.gen(function* () {
      const [stream, counter] = [yield* Scenario.byStream, yield* Scenario.counting]
      yield* Effect.forEach([stream.managed, counter.managed], (managed) => Scenario.serve(managed))
      yield* Scenario.start(stream.managed, counter.managed)
      const store = yield* EventStore
      const id = yield* Events.stream
      const [events, more] = [yield* Scenario.numbered(1, 2), yield* Scenario.numbered(4)]
      const first = store.append(id, NoStream, events)
      yield* Effect.all([first, first, first], { concurrency: "unbounded" })
      yield* store.appendAll([
        { stream: id, expected: NoStream, events },
        { stream: id, expected: ExpectedVersion.Exact(2), events: more }
      ])
      yield* first
      const row = yield* Scenario.rowOf(stream.readModel, id)
      yield* expectEqual("the row of the stream", row, { id: id.id, versions: "1 2 3", sum: 7 })
      const all = yield* Scenario.rowOf(counter.readModel, { tenant: id.tenant, id: "all" })
      yield* expectEqual("the row of the tenant", all, { id: "all", events: 3, sum: 7 })
    })
  ),

  make(
    "appends of many callers all count, and every row is the fold of its stream in the order of its versions",
    Effect.gen(function* () {
      const [stream, counter] = [yield* Scenario.byStream, yield* Scenario.counting]
      yield* Effect.forEach([stream.managed, counter.managed], (managed) => Scenario.serve(managed))
      yield* Scenario.start(stream.managed, counter.managed)
      const tenant = yield* Events.tenant
      const streams = yield* Effect.all(Array.from({ length: 6 }, () => Events.streamOf(tenant)))
      const callers = Array.from({ length: 60 }, (_, index) => index)
      yield* Effect.forEach(
        callers,
        (index) => {
          const target = streams[index % streams.length] ?? streams[0]
          // A third of them meets streams that have moved on.
          const expected = index % 3 === 0 ? NoStream : Any
          return target === undefined ? Effect.void : Effect.exit(Scenario.append(target, expected, index, 1))
        },
        { concurrency: "unbounded", discard: true }
      )
      const log = yield* Events.readAll(tenant)
      for (const one of streams) {
        const own = yield* Stream.runCollect((yield* EventStore).read(one))
        const row = yield* Scenario.rowOf(stream.readModel, one)
        const versions = own.map(({ version }) => version).join(" ")
        yield* expectEqual("the versions a row has folded", row?.versions ?? "", versions)
      }
      const all = yield* Scenario.rowOf(counter.readModel, { tenant, id: "all" })
      yield* expectEqual("how many events were counted", all?.events, log.length)
    })
  )
]
