/** Laws of generations: how they begin, which one is read, and how they end. */
import { ReadModel, Specification } from "@eventfold/decider"
import { EventStoreFailure } from "@eventfold/event-store"
import { type Generation, ReadModelStore } from "@eventfold/subscriptions"
import { Deferred, Effect, Fiber, Schema } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { begun, expectTally, foundAll, got, increment, located, newGeneration, put, run, serving, tallies, tally } =
  Scenario

const stateOf = Effect.fnUntraced(function* (projection: string) {
  return (yield* (yield* ReadModelStore).generations(projection)).map(({ state }) => state)
})

/** A read model of the same name whose rows have another shape. */
const inNewShape = (name: string) =>
  ReadModel.make({ name, key: ["id"], row: Schema.Struct({ ...Scenario.Tally.fields, added: Schema.String }) })

/** The laws of what there is. */
export const beginning = [
  make(
    "a generation begins empty, and says what was said of it; they are listed by projection, the oldest first",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const [one, other] = [yield* tallies, yield* tallies]
      const said = yield* newGeneration(one, { slices: 3, from: "2026-01-31" })
      const first = yield* store.begin(said, [one])
      const second = yield* store.begin(yield* newGeneration(one), [one])
      const third = yield* store.begin(yield* newGeneration(other), [other])
      const { begunAt: _, generation, ...rest } = first
      const unread = { state: "building", servedAt: undefined, retiredAt: undefined } as const
      yield* expectEqual<unknown>("the first one", rest, { ...said, ...unread })
      yield* expect(generation >= 1 && second.generation > generation, "their numbers must rise from 1")
      yield* expectEqual("those of one projection", yield* store.generations(one.name), [first, second])
      const all = (yield* store.generations()).filter(({ projection }) => [one.name, other.name].includes(projection))
      const inOrder = one.name < other.name ? [first, second, third] : [third, first, second]
      yield* expectEqual("those of both", all, inOrder)
      yield* expectEqual("those of none", yield* store.generations(yield* Scenario.name), [])
      const rows = yield* Scenario.loaded({ readModel: one, generation }, "", [{ id: "a" }])
      yield* expectEqual<ReadonlyArray<unknown>>("a row of it", rows, [undefined])
    })
  ),

  make(
    "while a generation is being built, beginning it again answers it; one of another fingerprint is another one",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const said = yield* newGeneration(readModel)
      const first = yield* store.begin(said, [readModel])
      yield* put({ readModel, generation: first.generation }, "", [tally("a")])
      yield* expectEqual("the same", yield* store.begin(said, [readModel]), first)
      yield* expectTally("its row", { readModel, generation: first.generation }, "", "a", tally("a"))
      const second = yield* store.begin(yield* newGeneration(readModel), [readModel])
      yield* expect(second.generation > first.generation, "one of another fingerprint must be another one")
      yield* store.serve(first, readModel)
      const third = yield* store.begin(said, [readModel])
      yield* expect(third.generation > second.generation, "one that is read is not being built any more")
    })
  ),

  make(
    "of many who begin a generation at the same moment one does, and all are given it",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const said = yield* newGeneration(readModel)
      const all = yield* Effect.all(
        Array.from({ length: 6 }, () => store.begin(said, [readModel])),
        { concurrency: "unbounded" }
      )
      const there = yield* store.generations(readModel.name)
      yield* expectEqual("how many there are", there.length, 1)
      for (const one of all) yield* expectEqual("what each was given", one.generation, there[0]?.generation)
    })
  ),

  make(
    "a number is never given to two generations, though the first one was dropped",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const { generation } = yield* begun(yield* tallies)
      const readModel = yield* tallies
      const first = yield* begun(readModel)
      yield* store.drop(first.generation, [readModel])
      const second = yield* begun(readModel)
      yield* expect(second.generation.generation > first.generation.generation, "the second number must be greater")
      yield* store.drop(generation, [readModel])
    })
  ),

  make(
    "generations have rows of their own, and so have the tables of one",
    Effect.gen(function* () {
      const [readModel, hidden] = [yield* tallies, yield* tallies]
      const first = yield* begun(readModel, [hidden])
      const second = yield* begun(readModel, [hidden])
      const number = first.generation.generation
      yield* put(first.table, "t", [tally("a", { count: 1 })])
      yield* put(second.table, "t", [tally("a", { count: 2 })])
      yield* put({ readModel: hidden, generation: number }, "t", [tally("a", { count: 3 })])
      yield* expectTally("the row of the first", first.table, "t", "a", tally("a", { count: 1 }))
      yield* expectTally("the row of the second", second.table, "t", "a", tally("a", { count: 2 }))
      const own = { readModel: hidden, generation: number }
      yield* expectTally("the row of the other table", own, "t", "a", tally("a", { count: 3 }))
    })
  ),

  make(
    "the rows that fit are copied to another generation, of every tenant and as they are; what is there stays",
    Effect.gen(function* () {
      const readModel = yield* tallies
      const [first, second] = [yield* begun(readModel), yield* begun(readModel)]
      const rows = [tally("a", { count: 1, note: "x" }), tally("b", { count: 5 }), tally("c", { count: 2 })]
      for (const tenant of ["one", "two"]) yield* put(first.table, tenant, rows)
      yield* put(second.table, "one", [tally("z")])
      const where = Specification.lt({ name: "count", kind: "number", nullable: false }, 3)
      yield* (yield* ReadModelStore).copy(first.table, second.table, where)
      const ids = ["a", "b", "c", "z"].map((id) => ({ id }))
      const [a, , c] = rows
      yield* expectEqual("of one", yield* Scenario.loaded(second.table, "one", ids), [a, undefined, c, tally("z")])
      yield* expectEqual("of the other", yield* Scenario.loaded(second.table, "two", ids), [a, undefined, c, undefined])
      yield* put(second.table, "one", [tally("a", { count: 100 })])
      yield* expectTally("the row it was copied from", first.table, "one", "a", a)
    })
  )
]

/** The laws of what is read. */
export const reading = [
  make(
    "rows cannot be read before a generation of their shape is: whoever asks is told so",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const newer = inNewShape(readModel.name)
      const expectNotReady = Effect.fnUntraced(function* <E extends { readonly _tag: string }>(
        asked: Effect.Effect<unknown, E>
      ) {
        yield* expectEqual<string>("why not", (yield* expectFailure("the rows", asked))._tag, "ReadModelNotReady")
      })
      const asking = [
        store.get(readModel, [located(readModel, "t", { id: "a" })]),
        store.count(readModel, "t", Specification.everything),
        Effect.provideService(foundAll(readModel, "t"), ReadModelStore, store)
      ]
      for (const asked of asking) yield* expectNotReady(asked)
      const { table } = yield* begun(readModel)
      yield* put(table, "t", [tally("a")])
      for (const asked of asking) yield* expectNotReady(asked)
      yield* serving(newer)
      for (const asked of asking) yield* expectNotReady(asked)
      yield* expectEqual<number>("the newer ones", yield* store.count(newer, "t", Specification.everything), 0)
    })
  ),

  make(
    "what is read is the generation that was switched to last, and the one before is retired",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const first = yield* serving(readModel, "t", [tally("a", { count: 1 })])
      yield* expectEqual("what is read", yield* got(readModel, "t", [{ id: "a" }]), [tally("a", { count: 1 })])
      const second = yield* serving(readModel, "t", [tally("a", { count: 2 })])
      yield* expectEqual("what is read now", yield* got(readModel, "t", [{ id: "a" }]), [tally("a", { count: 2 })])
      yield* expectEqual("how they stand", yield* stateOf(readModel.name), ["retired", "serving"])
      const both = yield* store.generations(readModel.name)
      const [before, after] = both
      yield* expect(before?.retiredAt !== undefined, "it is known when the first one was retired")
      yield* expect(after?.servedAt !== undefined, "it is known when the second one was switched to")
      yield* store.serve(second.generation, readModel)
      yield* expectEqual("how they stand still", yield* store.generations(readModel.name), both)
      yield* store.serve(first.generation, readModel)
      yield* expectEqual("how they stand again", yield* stateOf(readModel.name), ["serving", "retired"])
      yield* expectEqual("what is read again", yield* got(readModel, "t", [{ id: "a" }]), [tally("a", { count: 1 })])
    })
  ),

  make(
    "rows of a new shape are read beside those of the old one, until these are retired and dropped",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const older = yield* tallies
      const newer = inNewShape(older.name)
      const first = yield* serving(older, "t", [tally("a")])
      yield* serving(newer, "t", [{ ...tally("a"), added: "new" }])
      yield* expectEqual("how they stand", yield* stateOf(older.name), ["serving", "serving"])
      const old = foundAll(older, "t")
      yield* expectEqual("the old rows", yield* old, [tally("a")])
      yield* expectEqual("the new rows", yield* foundAll(newer, "t"), [{ ...tally("a"), added: "new" }])
      yield* store.retire(first.generation)
      yield* expectEqual("how they stand now", yield* stateOf(older.name), ["retired", "serving"])
      yield* expectEqual("the old rows now", yield* old, [tally("a")])
      yield* store.drop(first.generation, [older])
      yield* expectEqual("why not", (yield* expectFailure("the old rows", old))._tag, "ReadModelNotReady")
      yield* expectEqual("the new rows still", yield* foundAll(newer, "t"), [{ ...tally("a"), added: "new" }])
    })
  ),

  make(
    "of a generation that is dropped nothing is left; one that is serving cannot be dropped",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const [readModel, hidden] = [yield* tallies, yield* tallies]
      const abandoned = yield* begun(readModel, [hidden])
      const { generation } = yield* serving(readModel, "t", [tally("a")])
      yield* store.drop(generation, [readModel])
      yield* expectEqual("what is read", yield* foundAll(readModel, "t"), [tally("a")])
      yield* store.drop(abandoned.generation, [readModel, hidden])
      yield* store.drop(abandoned.generation, [readModel, hidden])
      const numbers = (yield* store.generations(readModel.name)).map((one: Generation) => one.generation)
      yield* expectEqual("those left", numbers, [generation.generation])
      for (const one of [readModel, hidden]) {
        const table = { readModel: one, generation: abandoned.generation.generation }
        const error = yield* expectFailure("its rows", store.load(table, [located(one, "t", { id: "a" })]))
        yield* expect(error instanceof EventStoreFailure && !error.retryable, "asking for its rows must fail for good")
      }
      yield* expectFailure("serving it", store.serve(abandoned.generation, readModel))
    })
  ),

  make(
    "a transaction that fails begins, switches, retires and drops nothing",
    Effect.gen(function* () {
      const store = yield* ReadModelStore
      const readModel = yield* tallies
      const old = yield* begun(readModel)
      yield* serving(readModel, "t", [tally("a", { count: 1 })])
      const next = yield* begun(readModel)
      yield* put(next.table, "t", [tally("a", { count: 2 })])
      const said = yield* newGeneration(readModel)
      const before = yield* store.generations(readModel.name)
      const body = Effect.gen(function* () {
        yield* store.drop(old.generation, [readModel])
        yield* store.serve(next.generation, readModel)
        yield* store.retire(yield* store.begin(said, [readModel]))
        return yield* got(readModel, "t", [{ id: "a" }])
      })
      yield* Effect.exit(run(Effect.andThen(body, Effect.fail("no"))))
      yield* expectEqual("the generations", yield* store.generations(readModel.name), before)
      yield* expectEqual("what is read", yield* got(readModel, "t", [{ id: "a" }]), [tally("a", { count: 1 })])
      yield* expectTally("a row of the one not dropped", old.table, "t", "a", undefined)
      yield* expectEqual("what is read inside", yield* run(body), [tally("a", { count: 2 })])
      yield* expectEqual("how they stand", yield* stateOf(readModel.name), ["retired", "serving", "retired"])
    })
  ),

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
  )
]
