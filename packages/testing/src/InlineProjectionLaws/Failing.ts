/** Laws of events that cannot be folded: they become letters, and their appends succeed. */
import { ExpectedVersion } from "@eventfold/event-store"
import { Effect } from "effect"
import * as Events from "../EventStoreLaws/Scenario.ts"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { Any, NoStream } = ExpectedVersion

/** The laws of what becomes a letter. */
export const failing = [
  make(
    "what cannot be folded becomes a letter with all that follows in its stream; the appends succeed, and other streams go on",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.byStream
      const generation = yield* Scenario.serve(managed)
      yield* Scenario.start(managed)
      const tenant = yield* Events.tenant
      const [held, free] = [yield* Events.streamOf(tenant), yield* Events.streamOf(tenant)]
      yield* Scenario.append(held, NoStream, 1)
      yield* Scenario.append(held, Any, 2, Scenario.unfoldable, 3)
      yield* Effect.all([Scenario.append(held, Any, 4), Scenario.append(free, Any, 5)], { concurrency: "unbounded" })
      const row = yield* Scenario.rowOf(readModel, held)
      yield* expectEqual("the row that is held back", row, { id: held.id, versions: "1 2", sum: 3 })
      const other = yield* Scenario.rowOf(readModel, free)
      yield* expectEqual("another row", other, { id: free.id, versions: "1", sum: 5 })
      const letters = yield* Scenario.lettersOf(generation)
      yield* expectEqual("the letters", letters, ["3 Error", "4 waits", "5 waits"])
    })
  ),

  make(
    "where rows are only counted up, the failing event alone becomes a letter",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.counting
      const generation = yield* Scenario.serve(managed)
      yield* Scenario.start(managed)
      const stream = yield* Events.stream
      yield* Scenario.append(stream, NoStream, 1, Scenario.unfoldable, 2, Scenario.unfoldable, 4)
      yield* Scenario.append(stream, Any, 8)
      const row = yield* Scenario.rowOf(readModel, { tenant: stream.tenant, id: "all" })
      yield* expectEqual("the row", row, { id: "all", events: 4, sum: 15 })
      const letters = yield* Scenario.lettersOf(generation)
      yield* expectEqual("the letters", letters, ["2 Error", "4 Error"])
    })
  ),

  make(
    "what the store refuses becomes a letter too, and spares the appends beside it",
    Effect.gen(function* () {
      const { managed, readModel } = yield* Scenario.counting
      const generation = yield* Scenario.serve(managed)
      yield* Scenario.start(managed)
      const tenant = yield* Events.tenant
      const [large, ...others] = yield* Effect.all(Array.from({ length: 8 }, () => Events.streamOf(tenant)))
      if (large === undefined) return
      yield* Scenario.append(large, NoStream, Number.MAX_SAFE_INTEGER - 100)
      const tooLarge = Scenario.append(large, Any, 1000)
      const rest = others.map((stream) => Scenario.append(stream, NoStream, 1))
      yield* Effect.all([tooLarge, ...rest], { concurrency: "unbounded" })
      yield* Scenario.inTransaction(Scenario.append(large, Any, 1000))
      const row = yield* Scenario.rowOf(readModel, { tenant, id: "all" })
      yield* expectEqual("the row", row, { id: "all", events: 8, sum: Number.MAX_SAFE_INTEGER - 93 })
      yield* expectEqual("the letters", yield* Scenario.lettersOf(generation), ["2 CountTooLarge", "3 CountTooLarge"])
    })
  )
]
