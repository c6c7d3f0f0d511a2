/** Laws of appends to several streams at once: all of them or none. */
import { EventStore, ExpectedVersion, InvalidAppend, Transaction, VersionConflict } from "@eventfold/event-store"
import { Effect } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { Exact, NoStream } = ExpectedVersion

/** Appends to two streams, twice to the first, and what the streams then hold. */
const three = Effect.gen(function* () {
  const tenant = yield* Scenario.tenant
  const [one, two] = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)]
  const [first, second, third] = [yield* Scenario.events(2), yield* Scenario.events(1), yield* Scenario.events(3)]
  return {
    tenant,
    one,
    two,
    appends: [
      { stream: one, expected: NoStream, events: first },
      { stream: two, expected: NoStream, events: second },
      { stream: one, expected: Exact(2), events: third }
    ],
    ofOne: [...first, ...third],
    ofTwo: second
  }
})

/** Laws of appends to several streams. */
export const appendingTogether = [
  make(
    "appends to several streams are stored together, and each is answered in its place",
    Effect.gen(function* () {
      const store = yield* EventStore
      const after = yield* Scenario.mark
      const { appends, ofOne, ofTwo, one, tenant, two } = yield* three
      const answers = yield* store.appendAll(appends)
      yield* Scenario.expectStored(one, ofOne)
      yield* Scenario.expectStored(two, ofTwo)
      const log = yield* Scenario.readAll(tenant, { after })
      const lasts = appends.map(({ events }) => log.find(({ id }) => id === events.at(-1)?.id))
      yield* expectEqual(
        "the versions and positions answered",
        answers.map(({ position, version }) => ({ version, position })),
        lasts.map((event) => ({ version: event?.version ?? 0, position: event?.position ?? 0 }))
      )
      yield* expectEqual("the answers to no appends", yield* store.appendAll([]), [])
    })
  ),

  make(
    "of appends to several streams none is stored when one is refused, and its refusal is the answer",
    Effect.gen(function* () {
      const store = yield* EventStore
      const after = yield* Scenario.mark
      const { appends, ofTwo, one, tenant, two } = yield* three
      const conflicting = [...appends, { stream: two, expected: Exact(7), events: yield* Scenario.events(1) }]
      const conflict = yield* expectFailure("appends with a conflict", store.appendAll(conflicting))
      yield* expect(conflict instanceof VersionConflict, "a version conflict must be the answer")
      if (conflict instanceof VersionConflict) {
        yield* expectEqual("the stream and the version it names", [conflict.stream, conflict.actual], [two, 1])
      }
      const impossible = [...appends, { stream: two, expected: Exact(1), events: [] }]
      const invalid = yield* expectFailure("appends without events", store.appendAll(impossible))
      yield* expect(invalid instanceof InvalidAppend, "an invalid append must be the answer")
      yield* Scenario.expectStored(one, [])
      yield* Scenario.expectStored(two, [])
      yield* expectEqual("what the log holds of it", yield* Scenario.readAll(tenant, { after }), [])
      yield* store.appendAll(appends)
      yield* Scenario.expectStored(two, ofTwo)
    })
  ),

  make(
    "appends to several streams that are made again with the same event ids are answered as the first time",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { appends, ofOne, ofTwo, one, two } = yield* three
      const answers = yield* store.appendAll(appends)
      yield* Scenario.append(two, ExpectedVersion.Any, yield* Scenario.events(1, { type: "Later" }))
      yield* expectEqual("the answers to the repetition", yield* store.appendAll(appends), answers)
      yield* Scenario.expectStored(one, ofOne)
      const kept = (yield* Scenario.read(two)).filter(({ type }) => type !== "Later")
      yield* expectEqual("the ids of the other stream", Scenario.idsOf(kept), Scenario.idsOf(ofTwo))
    })
  ),

  make(
    "appends to several streams join the transaction that is open, and are taken back with it",
    Effect.gen(function* () {
      const store = yield* EventStore
      const transaction = yield* Transaction
      const { appends, ofOne, ofTwo, one, two } = yield* three
      yield* Effect.exit(transaction.run(Effect.andThen(store.appendAll(appends), Effect.fail("no" as const))))
      yield* Scenario.expectStored(one, [])
      yield* Scenario.expectStored(two, [])
      yield* transaction.run(store.appendAll(appends))
      yield* Scenario.expectStored(one, ofOne)
      yield* Scenario.expectStored(two, ofTwo)
    })
  )
]
