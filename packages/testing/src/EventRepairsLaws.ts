/**
 * The laws of the repairs of events as values: what every layer of the port guarantees. No test framework is needed to
 * run them; `EventRepairsContract` registers them with vitest.
 */
import { EventRepairs, type NewRepair, RepairRefused, Transaction } from "@eventfold/event-store"
import { Clock, DateTime, Deferred, Effect, Fiber, Random, type Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

const use = <A, E>(f: (repairs: EventRepairs["Service"]) => Effect.Effect<A, E>) => Effect.flatMap(EventRepairs, f)

// Positions far above those of any event, so that no other law repairs them.
const position = Random.nextIntBetween(2 ** 40, 2 ** 52)

/** A repair of an event that no other law knows. */
const fresh = Effect.fnUntraced(function* (parts: Partial<NewRepair> = {}) {
  const repair: NewRepair = {
    position: yield* position,
    eventId: yield* Scenario.uuid,
    type: "SomethingHappened",
    schemaVersion: 1,
    data: { number: 1 },
    actor: "ada",
    reason: "the import of 2019 lost the number",
    ...parts
  }
  return repair
})

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

const contentOf = ({ actor, data, eventId, position, reason, schemaVersion, type }: NewRepair): NewRepair => ({
  position,
  eventId,
  type,
  schemaVersion,
  data,
  actor,
  reason
})

const historyOf = (position: number) =>
  use((repairs) => Effect.map(repairs.history({ position }), (found) => found.map(contentOf)))

/** Fails unless the event at the position of `repair` has just this repair; `undefined`: none. */
const expectFound = Effect.fnUntraced(function* (what: string, position: number, repair?: NewRepair) {
  const found = (yield* use((repairs) => repairs.find([position]))).get(position)
  yield* expectEqual(what, found === undefined ? undefined : contentOf(found), repair)
})

/** A law: a transaction that ends in another way than by success leaves no repair behind. */
const takenBack = (
  name: string,
  end: (
    added: Effect.Effect<unknown, unknown, EventRepairs>
  ) => Effect.Effect<unknown, unknown, EventRepairs | Transaction>
) =>
  make(
    name,
    Effect.gen(function* () {
      const repair = yield* fresh()
      yield* Effect.exit(end(use((repairs) => repairs.add(repair))))
      yield* expectFound("the repair that was taken back", repair.position)
      yield* expectEqual("the history", yield* historyOf(repair.position), [])
    })
  )

/** The laws of the repairs of events. */
export const laws: ReadonlyArray<Law<EventRepairs | Transaction>> = [
  make(
    "a repair is found by its position as it was made, whatever its JSON",
    Effect.gen(function* () {
      const json: ReadonlyArray<Schema.Json> = [
        {},
        [],
        null,
        0.1,
        { z: 1, a: [null, { "": "a\u0000b\uD800🧾" }], ["__proto__"]: 1e308 },
        { text: "x".repeat(100_000) }
      ]
      for (const data of json) {
        const repair = yield* fresh({ data })
        const added = yield* use((repairs) => repairs.add(repair))
        yield* expectEqual("what adding it answers", contentOf(added), repair)
        yield* expectFound("the repair", repair.position, repair)
      }
      const repair = yield* fresh()
      yield* use((repairs) => repairs.add({ ...repair, eventId: repair.eventId.toUpperCase() }))
      yield* expectFound("the repair of an event whose id was written in capitals", repair.position, repair)
    })
  ),

  make(
    "positions without a repair are not among those found, and each repair stands at its own",
    Effect.gen(function* () {
      const repairs = [yield* fresh({ data: { number: 1 } }), yield* fresh({ data: { number: 2 } })]
      for (const repair of repairs) yield* use((port) => port.add(repair))
      const wanted = [yield* position, ...repairs.map((repair) => repair.position), yield* position]
      const found = yield* use((port) => port.find(wanted))
      yield* expectEqual(
        "what is found",
        new Map(Array.from(found, ([position, repair]) => [position, contentOf(repair)])),
        new Map(repairs.map((repair) => [repair.position, repair]))
      )
      yield* expectEqual("what is found for no positions", (yield* use((port) => port.find([]))).size, 0)
    })
  ),

  make(
    "of several repairs of one event the last one counts, and all are kept in their order",
    Effect.gen(function* () {
      const first = yield* fresh({ reason: "the first attempt" })
      const others = [2, 3, 4].map((number) => ({ ...first, data: { number }, actor: `clerk ${number}` }))
      for (const repair of [first, ...others]) {
        yield* use((repairs) => repairs.add(repair))
        yield* expectFound("the repair that counts", first.position, repair)
      }
      yield* expectEqual("the history", yield* historyOf(first.position), [first, ...others])
    })
  ),

  make(
    "the history lists repairs in the order in which they were made, from a number on and so many at a time",
    Effect.gen(function* () {
      const made: Array<number> = []
      for (let count = 0; count < 5; count++) {
        const repair = yield* fresh()
        made.push((yield* use((repairs) => repairs.add(repair))).number)
      }
      yield* expectEqual(
        "the numbers, sorted",
        made.toSorted((a, b) => a - b),
        made
      )
      yield* expectEqual("how many different numbers there are", new Set(made).size, made.length)
      const before = (made[0] ?? 1) - 1
      const all = (yield* use((repairs) => repairs.history({ after: before, limit: 10_000 }))).map(
        ({ number }) => number
      )
      yield* expectEqual(
        "all, sorted",
        all.toSorted((a, b) => a - b),
        all
      )
      yield* expect(
        made.every((number) => all.includes(number)),
        "every repair must be in the history"
      )
      const page = (yield* use((repairs) => repairs.history({ after: made[1] ?? 0, limit: 2 }))).map(
        ({ number }) => number
      )
      yield* expectEqual("a page", page, all.filter((number) => number > (made[1] ?? 0)).slice(0, 2))
      yield* expectEqual("a page of none", yield* use((repairs) => repairs.history({ limit: 0 })), [])
    })
  ),

  make(
    "a repair carries the time when it was made",
    Effect.gen(function* () {
      const repair = yield* fresh()
      const time = DateTime.makeUnsafe("1950-01-02T03:04:05.678Z")
      yield* at(
        time,
        use((repairs) => repairs.add(repair))
      )
      const [found] = yield* use((repairs) => repairs.history({ position: repair.position }))
      yield* expectEqual("when it was made", found?.repairedAt, time)
    })
  ),

  make(
    "a repair that no store could keep is refused, naming the field, and is not stored",
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [field: string, parts: Partial<NewRepair>]> = [
        ["eventId", { eventId: "no UUID" }],
        ["type", { type: "" }],
        ["schemaVersion", { schemaVersion: 0 }],
        ["data", { data: { amount: Number.NaN } }],
        ["actor", { actor: "" }],
        ["reason", { reason: "" }],
        ["reason", { reason: "with a NUL: \u0000" }]
      ]
      for (const [field, parts] of wrong) {
        const repair = yield* fresh(parts)
        const error = yield* expectFailure(
          `adding a repair with a wrong ${field}`,
          use((repairs) => repairs.add(repair))
        )
        yield* expect(
          error instanceof RepairRefused,
          `a wrong ${field} must be refused as such, but it was: ${error.message}`
        )
        yield* expectEqual("the field that is named", error instanceof RepairRefused ? error.field : "none", field)
        yield* expectFound("a refused repair", repair.position)
      }
      for (const position of [0, -1, 1.5]) {
        const repair = yield* fresh({ position })
        const error = yield* expectFailure(
          `adding a repair at position ${position}`,
          use((repairs) => repairs.add(repair))
        )
        yield* expectEqual("the field that is named", error instanceof RepairRefused ? error.field : "none", "position")
      }
    })
  ),

  takenBack("a transaction that fails leaves no repair behind", (added) =>
    run(Effect.andThen(added, Effect.fail("no")))
  ),

  takenBack("a transaction that dies of a defect leaves no repair behind", (added) =>
    run(Effect.andThen(added, Effect.die("a bug")))
  ),

  takenBack("a transaction that is interrupted leaves no repair behind", (added) =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const body = Effect.andThen(added, Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      const fiber = yield* Effect.forkChild(run(body))
      yield* Effect.raceFirst(Deferred.await(begun), Effect.asVoid(Fiber.join(fiber)))
      yield* Fiber.interrupt(fiber)
    })
  )
]

/** Runs an effect at a time: on a clock that stands still there. */
const at = <A, E, R>(time: DateTime.Utc, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const clock = yield* TestClock.make()
    yield* clock.setTime(time.epochMilliseconds)
    return yield* Effect.provideService(effect, Clock.Clock, clock)
  }).pipe(Effect.scoped)
