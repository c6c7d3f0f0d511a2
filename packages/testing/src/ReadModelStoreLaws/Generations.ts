/** Laws of generations: how they begin, and what is in them. */
import { ReadModel, Rows, Specification } from "@eventfold/decider"
import { ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { begun, expectTally, newGeneration, put, serving, tallies, tally } = Scenario

/** Longer than names in a database can be, and alike so far. */
const [fieldA, fieldB] = [
  "aFieldWhoseNameIsLongerThanTheSixtyThreeCharactersThatPostgresKeepsOfItA",
  "aFieldWhoseNameIsLongerThanTheSixtyThreeCharactersThatPostgresKeepsOfItB"
] as const
const LongNames = Schema.Struct({ id: Schema.String, [fieldA]: Schema.Int, [fieldB]: Schema.Int })
interface LongNames extends Schema.Schema.Type<typeof LongNames> {}

const longNames = (name: string) =>
  ReadModel.make({ name, key: ["id"], row: LongNames, indexes: [[fieldA], [fieldB], [fieldA, fieldB]] })

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
    "read models whose names are as long as can be have rows of their own, and so have fields with long names",
    Effect.gen(function* () {
      const stem = (yield* Scenario.name).padEnd(47, "_")
      const [one, other] = [longNames(`${stem}a`), longNames(`${stem}b`)]
      const row = (count: number): LongNames => ({ id: "a", [fieldA]: count, [fieldB]: -count })
      const tables = []
      for (const [index, readModel] of [one, one, other, other].entries()) {
        const { table } = yield* serving(readModel, "t", [row(index + 1)])
        tables.push(table)
      }
      const rows = yield* Effect.forEach(tables, (table) => Scenario.loaded(table, "t", [{ id: "a" }]))
      yield* expectEqual("the rows", rows.flat(), [row(1), row(2), row(3), row(4)])
      yield* expectEqual("what is read of one", yield* Scenario.got(one, "t", [{ id: "a" }]), [row(2)])
      const where = Specification.eq(Rows.of(other).field(fieldB), -4)
      yield* expectEqual("what is found of the other", yield* (yield* ReadModelStore).count(other, "t", where), 1)
    })
  ),

  make(
    "the rows that fit are copied to another generation, of every tenant and as they are; what is there stays",
    Effect.gen(function* () {
      const readModel = yield* tallies
      const [first, second] = [yield* serving(readModel), yield* begun(readModel)]
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
