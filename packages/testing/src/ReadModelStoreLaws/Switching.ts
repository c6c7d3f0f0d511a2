/** Laws of what happens at the same time: readers and appends while a generation is switched to. */
import { Specification } from "@eventfold/decider"
import { ReadModelStore } from "@eventfold/subscriptions"
import { Deferred, Effect, Fiber } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { begun, foundAll, got, increment, put, run, serving, tallies, tally } = Scenario

/** The laws. */
export const switches = [
  make(
    "a switch is one instant for every reader: each question is answered by the one generation or the other",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const ids = ["a", "b", "c"]
      const rowsOf = (count: number) => ids.map((id) => tally(id, { count }))
      yield* serving(readModel, "t", rowsOf(0))
      const done = yield* Deferred.make<void>()
      const watching = Effect.gen(function* () {
        let last = 0
        while (!(yield* Deferred.isDone(done))) {
          const counts = (yield* foundAll(readModel, "t")).map(({ count }) => count)
          const [first = -1] = counts
          yield* expectEqual("the counts of three rows", counts, [first, first, first])
          yield* expect(first >= last, `nobody goes back from ${last} to ${first}`)
          last = first
          yield* Effect.yieldNow
        }
      })
      const readers = yield* Effect.forEach([1, 2], () => Effect.forkChild(watching))
      for (let count = 1; count <= 5; count++) {
        const { generation, table } = yield* begun(readModel)
        yield* put(table, "t", rowsOf(count - 1))
        const switching = Effect.gen(function* () {
          yield* store.serve(generation, readModel)
          yield* Effect.yieldNow
          yield* put(table, "t", rowsOf(count))
        })
        yield* run(switching)
        yield* Effect.yieldNow
      }
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.joinAll(readers)
    })
  ),

  make(
    "nobody sees part of a transaction",
    Effect.gen(function* () {
      const readModel = yield* tallies
      const { table } = yield* serving(readModel, "t", [tally("a", { count: 0 }), tally("b", { count: 0 })])
      const done = yield* Deferred.make<void>()
      const watching = Effect.gen(function* () {
        while (!(yield* Deferred.isDone(done))) {
          const [a, b] = yield* got(readModel, "t", [{ id: "a" }, { id: "b" }])
          yield* expectEqual("the two counters", a?.count, b?.count)
          yield* Effect.yieldNow
        }
      })
      const reader = yield* Effect.forkChild(watching)
      const add = (id: string) => Scenario.apply(table, increment(readModel, "t", tally(id), { count: 1 }))
      for (let times = 0; times < 10; times++) {
        yield* run(Effect.andThen(add("a"), Effect.andThen(Effect.yieldNow, add("b"))))
        yield* Effect.yieldNow
      }
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(reader)
    })
  ),

  make(
    "appends are told which generations of their projections are read, and of no others",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const [mine, other] = [yield* tallies, yield* tallies]
      const first = yield* serving(mine)
      yield* serving(other)
      const second = yield* serving(mine)
      yield* begun(mine)
      const told = (yield* store.servingForAppend([mine.name, yield* Scenario.name])).map(
        ({ fingerprint, generation, projection }) => ({ fingerprint, generation, projection })
      )
      const { fingerprint, generation, projection } = second.generation
      yield* expect(generation !== first.generation.generation, "the second generation must have a number of its own")
      yield* expectEqual("those told", told, [{ fingerprint, generation, projection }])
      yield* expectEqual("of none", yield* store.servingForAppend([]), [])
    })
  ),

  make(
    "nothing that appends write is lost in a switch, and nothing counts twice, when it is fenced",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const first = yield* serving(readModel, "t", [tally("a", { count: 0 })])
      let now = first.table
      const append = Effect.gen(function* () {
        const serving = yield* store.servingForAppend([readModel.name])
        for (let times = 0; times < 10; times++) yield* Effect.yieldNow
        for (const { generation } of serving) {
          yield* Scenario.apply({ readModel, generation }, increment(readModel, "t", tally("a"), { count: 1 }))
        }
      })
      const switchOnce = Effect.gen(function* () {
        const next = yield* begun(readModel)
        const from = now
        const switching = Effect.gen(function* () {
          yield* store.fenceAppends(readModel.name)
          yield* store.copy(from, next.table, Specification.everything)
          yield* Effect.yieldNow
          yield* store.serve(next.generation, readModel)
        })
        yield* run(switching)
        now = next.table
      })
      const appending = Effect.forEach(Array.from({ length: 5 }), () => Effect.andThen(run(append), Effect.yieldNow))
      const switches = Effect.forEach(Array.from({ length: 3 }), () => Effect.andThen(switchOnce, Effect.yieldNow))
      yield* Effect.all([appending, switches, appending], { concurrency: "unbounded", discard: true })
      yield* expectEqual("the row that is read", yield* got(readModel, "t", [{ id: "a" }]), [tally("a", { count: 10 })])
    })
  )
]
