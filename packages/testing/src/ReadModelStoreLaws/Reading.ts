/** Laws of what is read: which generation, from when to when. */
import { ReadModel, Specification } from "@eventfold/decider"
import { EventStoreFailure } from "@eventfold/event-store"
import { type Generation, ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { begun, expectTally, foundAll, got, located, newGeneration, put, run, serving, tallies, tally } = Scenario

const stateOf = Effect.fnUntraced(function* (projection: string) {
  return (yield* (yield* ReadModelStore).generations(projection)).map(({ state }) => state)
})

/** A read model of the same name whose rows have another shape. */
const inNewShape = (name: string) =>
  ReadModel.make({ name, key: ["id"], row: Schema.Struct({ ...Scenario.Tally.fields, added: Schema.String }) })

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
      yield* put(old.table, "t", [tally("z")])
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
      yield* expectTally("a row of the one not dropped", old.table, "t", "z", tally("z"))
      yield* expectEqual("what is read inside", yield* run(body), [tally("a", { count: 2 })])
      yield* expectEqual("how they stand", yield* stateOf(readModel.name), ["retired", "serving", "retired"])
    })
  )
]
