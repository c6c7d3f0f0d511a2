/** Laws of counters, and of all or nothing: what is refused or taken back leaves nothing. */
import { EventStoreFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { apply, expectTally, increment, loaded, put, removal, run, tally, upsert } = Scenario

/** A table of tallies, and a tenant. */
const table = Effect.gen(function* () {
  return { tenant: yield* Scenario.tenant, ...(yield* Scenario.begun(yield* Scenario.tallies)) }
})

const greatest = Number.MAX_SAFE_INTEGER

/** The laws of counters, and of all or nothing. */
export const counters = [
  make(
    "increments are added to the counters of a row; one that is not there begins with what is said",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const add = (id: string, by: Readonly<Record<string, number>>) =>
        apply(tallies, increment(tallies.readModel, tenant, tally(id, { count: 100, note: "first" }), by))
      yield* put(tallies, tenant, [tally("a", { count: greatest - 5, note: "there" })])
      yield* add("a", { count: 5 })
      yield* expectTally("one that is there", tallies, tenant, "a", tally("a", { count: greatest, note: "there" }))
      yield* add("a", { count: -greatest, other: -7 })
      yield* add("a", { count: 0 })
      yield* expectTally("the same", tallies, tenant, "a", tally("a", { count: 0, other: -7, note: "there" }))
      yield* add("b", { count: 2, other: 1 })
      yield* expectTally("one that was not", tallies, tenant, "b", tally("b", { count: 102, other: 1, note: "first" }))
      yield* add("c", { other: 0 })
      yield* expectTally("one that counts nothing", tallies, tenant, "c", tally("c", { count: 100, note: "first" }))
    })
  ),

  make(
    "increments at the same moment all count, also when the row is not there at first",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const add = Effect.forEach(
        ["a", "b"],
        (id) => apply(tallies, increment(tallies.readModel, tenant, tally(id), { count: 1, other: 2 })),
        { discard: true }
      )
      yield* Effect.all(
        Array.from({ length: 12 }, () => run(add)),
        { concurrency: "unbounded", discard: true }
      )
      for (const id of ["a", "b"]) {
        yield* expectTally("the row", tallies, tenant, id, tally(id, { count: 13, other: 24 }))
      }
    })
  ),

  make(
    "a counter that would leave the exact whole numbers is refused, and nothing that came with it is stored",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const { readModel } = tallies
      const most = tally("b", { other: greatest })
      yield* put(tallies, tenant, [most, tally("d", { count: -greatest })])
      const attempts = [
        increment(readModel, tenant, most, { count: 1, other: 1 }),
        increment(readModel, tenant, tally("d"), { other: 1, count: -1 }),
        increment(readModel, tenant, tally("new", { count: greatest }), { count: greatest })
      ]
      for (const attempt of attempts) {
        const around = [upsert(readModel, tenant, tally("a")), upsert(readModel, tenant, tally("z"))]
        const error = yield* expectFailure("the changes", apply(tallies, ...around, attempt))
        yield* expectEqual("the failure", error._tag, "CountTooLarge")
      }
      const ids = ["a", "b", "d", "new", "z"].map((id) => ({ id }))
      const expected = [undefined, most, tally("d", { count: -greatest }), undefined, undefined]
      yield* expectEqual("the rows", yield* loaded(tallies, tenant, ids), expected)
    })
  ),

  make(
    "a row that cannot be stored is refused for good, and nothing that came with it is stored",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      for (const note of ["a\u0000b", "\ud800", "\udc00 "]) {
        const changes = put(tallies, tenant, [tally("a"), tally("b", { note }), tally("c")])
        const error = yield* expectFailure("the changes", changes)
        const permanent = error instanceof EventStoreFailure && !error.retryable
        yield* expect(permanent, `it must fail for good, but it says ${error.message}`)
      }
      const ids = ["a", "b", "c"].map((id) => ({ id }))
      yield* expectEqual("the rows", yield* loaded(tallies, tenant, ids), [undefined, undefined, undefined])
    })
  ),

  make(
    "a transaction sees the rows it has changed; when it fails, nothing of it is stored",
    Effect.gen(function* () {
      const { table: tallies, tenant } = yield* table
      const { readModel } = tallies
      const before = [tally("a"), tally("b"), undefined]
      yield* put(tallies, tenant, [tally("a"), tally("b")])
      const after = [tally("a", { count: 6 }), undefined, tally("c")]
      const ids = ["a", "b", "c"].map((id) => ({ id }))
      const body = Effect.gen(function* () {
        yield* apply(tallies, increment(readModel, tenant, tally("a"), { count: 5 }))
        yield* apply(tallies, removal(readModel, tenant, { id: "b" }), upsert(readModel, tenant, tally("c")))
        yield* expectEqual("the rows inside it", yield* loaded(tallies, tenant, ids), after)
      })
      const failure = yield* expectFailure("the transaction", run(Effect.andThen(body, Effect.fail("no" as const))))
      yield* expectEqual("why it failed", failure, "no")
      yield* expectEqual("the rows after it failed", yield* loaded(tallies, tenant, ids), before)
      yield* run(body)
      yield* expectEqual("the rows after it succeeded", yield* loaded(tallies, tenant, ids), after)
    })
  )
]
