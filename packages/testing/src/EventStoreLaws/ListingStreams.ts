/** Laws of the streams of a category: all of them, each once, in an order that does not depend on the storage. */
import { EventStore, ExpectedVersion } from "@eventfold/event-store"
import { Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** In the order of their bytes in UTF-8; by UTF-16 units the last two change places. */
const beginnings = ["B", "a", "é", "\uFF5E", "😀"]

/** Laws of the streams of a category. */
export const listingStreams = [
  make(
    "the streams of a category come in the order of the bytes of their ids, page by page, each with its version",
    Effect.gen(function* () {
      const store = yield* EventStore
      const stream = yield* Scenario.stream
      const streams = beginnings.map((beginning, index) => ({
        stream: { ...stream, id: `${beginning}${stream.id}` },
        version: index + 1
      }))
      for (const one of streams.toReversed()) {
        yield* Scenario.append(one.stream, ExpectedVersion.NoStream, yield* Scenario.events(one.version))
      }
      const { category, tenant } = stream
      for (const limit of [1, 2, 4, 100]) {
        for (let from = 0; from <= streams.length; from += limit) {
          const after = streams[from - 1]?.stream.id
          const page = yield* store.readStreams({ tenant, category, limit, ...(after === undefined ? {} : { after }) })
          yield* expectEqual(`${limit} streams from number ${from + 1} on`, page, streams.slice(from, from + limit))
        }
      }
    })
  ),

  make(
    "the streams of a category are its own, of one tenant, and hold at least one event",
    Effect.gen(function* () {
      const store = yield* EventStore
      const stream = yield* Scenario.stream
      const others = [
        { ...(yield* Scenario.stream), category: stream.category },
        { ...(yield* Scenario.streamOf(stream.tenant)), category: "law-other" }
      ]
      for (const other of others) yield* Scenario.append(other, ExpectedVersion.NoStream, yield* Scenario.events(1))
      const refused = Scenario.append(stream, ExpectedVersion.Exact(3), yield* Scenario.events(1))
      yield* expectFailure("an append to a stream that does not exist", refused)
      const { category, tenant } = stream
      const none = yield* store.readStreams({ tenant, category, limit: 100 })
      yield* expectEqual("the streams of a category without events", none, [])
      yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(2))
      const own = yield* store.readStreams({ tenant, category, limit: 100 })
      yield* expectEqual("the streams of the category", own, [{ stream, version: 2 }])
      yield* expectEqual("none at all", yield* store.readStreams({ tenant, category, limit: 0 }), [])
    })
  )
]
