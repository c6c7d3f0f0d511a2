/**
 * The laws of reading the past as values: what `History` answers on every layer of the event store. No test framework is
 * needed to run them; `HistoryContract` registers them with vitest.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import { CommandHandler, type CommandServices, type EventStore, ExpectedVersion, History } from "@eventfold/event-store"
import { DateTime, Effect, Random, Result, Schema, Stream } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, type Law, make } from "./Law.ts"

const Counted = DomainEvent.make("Counted", { number: Schema.Int })

/** Keeps the numbers it is told, in order: whatever is missing, doubled or out of place shows. */
const list = Decider.make({
  category: "law",
  State: Schema.Array(Schema.Int),
  Event: Schema.Union([Counted]),
  initial: [],
  evolve: (numbers, { number }) => [...numbers, number],
  decide: (command: typeof Counted.Type) => Result.succeed([command])
})
const history = History.make(list)
const handler = CommandHandler.make(list)

type Services = EventStore | CommandServices

/**
 * Numbers from 1 to `count`, appended a few at a time, that occurred in any order within a few milliseconds: as they are
 * stored, and when they occurred.
 */
const appended = Effect.fnUntraced(function* (stream: Effect.Success<typeof Scenario.stream>, count: number) {
  const occurred: Array<DateTime.Utc> = []
  let version = 0
  while (version < count) {
    const several = Math.min(yield* Random.nextIntBetween(1, 5), count - version)
    const events = yield* Effect.forEach(
      Array.from({ length: several }, (_, index) => version + index + 1),
      Effect.fnUntraced(function* (number) {
        const occurredAt = DateTime.add(Scenario.someTime, { milliseconds: yield* Random.nextIntBetween(0, 6) })
        return yield* Scenario.event({ type: "Counted", data: { number }, occurredAt })
      })
    )
    yield* Scenario.append(stream, ExpectedVersion.at(version), events)
    occurred.push(...events.map(({ occurredAt }) => occurredAt))
    version += several
  }
  return { events: yield* Scenario.read(stream), occurred }
})

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** The times just before, at and just after those given, from the earliest to the latest. */
const around = (times: ReadonlyArray<DateTime.Utc>) =>
  [...new Set(times.flatMap(({ epochMilliseconds: at }) => [at - 1, at, at + 1]))]
    .toSorted((a, b) => a - b)
    .map((millis) => DateTime.makeUnsafe(millis))

/** The laws of reading the past. */
export const laws: ReadonlyArray<Law<Services>> = [
  make(
    "as of version n is the fold of the first n events, and as of now what a command would decide on",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      yield* appended(stream, 12)
      for (let version = 0; version <= 13; version++) {
        const found = yield* history.asOf(stream, History.atVersion(version))
        const events = Math.min(version, 12)
        yield* expectEqual(`the state at version ${version}`, [...found.state], upTo(events))
        yield* expectEqual(`what is told at version ${version}`, [found.version, found.events], [events, events])
      }
      const { state, version } = yield* handler.load(stream)
      const now = yield* history.asOf(stream, History.latest)
      yield* expectEqual("the state as of now", { state: now.state, version: now.version }, { state, version })
    })
  ),

  make(
    "as of a recorded date is everything up to the last event recorded by then, and never less at a later date",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const { events } = yield* appended(stream, 20)
      let before = 0
      for (const date of around(events.map(({ recordedAt }) => recordedAt))) {
        const { state, version } = yield* history.asOf(stream, History.recordedBy(date))
        const when = DateTime.formatIso(date)
        const last = events.findLast(({ recordedAt }) => DateTime.isLessThanOrEqualTo(recordedAt, date))
        yield* expectEqual(`the state as of ${when}`, [...state], upTo(last?.version ?? 0))
        yield* expect(version >= before, `version ${version} as of ${when}, but ${before} as of an earlier date`)
        before = version
      }
      yield* expectEqual("the version as of the last date", before, events.length)
    })
  ),

  make(
    "as of an occurred date is everything that occurred by then, in the order of versions",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const { occurred } = yield* appended(stream, 20)
      for (const date of around(occurred)) {
        const { state } = yield* history.asOf(stream, History.occurredBy(date))
        const expected = occurred.flatMap((at, index) => (DateTime.isLessThanOrEqualTo(at, date) ? [index + 1] : []))
        yield* expectEqual(`the state as of ${DateTime.formatIso(date)}`, [...state], expected)
      }
    })
  ),

  make(
    "two periods that meet hold every event of a stream once, by either time",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const { events } = yield* appended(stream, 20)
      for (const by of History.HistoryTime.literals) {
        const times = events.map((event) => (by === "recorded" ? event.recordedAt : event.occurredAt))
        for (const date of around(times)) {
          const early = yield* Stream.runCollect(history.events(stream, { to: date, by }))
          const late = yield* Stream.runCollect(history.events(stream, { from: date, by }))
          const versions = [...early, ...late].map(({ event }) => event.number)
          yield* expectEqual(
            "the events of both",
            versions.toSorted((a, b) => a - b),
            upTo(20)
          )
          yield* expectEqual(
            `the events before ${DateTime.formatIso(date)}, ${by}`,
            early.map(({ event }) => event.number),
            upTo(20).filter((version) => {
              const at = times[version - 1]
              return at !== undefined && DateTime.isLessThan(at, date)
            })
          )
        }
      }
    })
  ),

  make(
    "every stream as of a date is answered once, in the order of ids, in pages that join",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const streams = yield* Effect.forEach(upTo(12), () => Scenario.streamOf(tenant))
      yield* Effect.forEach(streams, (stream) => appended(stream, 2))
      const ids = streams.map(({ id }) => id).toSorted()
      const idsOf = <E>(found: ReadonlyArray<Result.Result<History.StateAsOf<ReadonlyArray<number>>, E>>) =>
        found.flatMap((result) => (Result.isSuccess(result) ? [result.success.stream.id] : []))
      const all = yield* Stream.runCollect(history.eachAsOf({ tenant }, History.latest))
      yield* expectEqual<ReadonlyArray<string>>("the ids of all", idsOf(all), ids)
      const joined: Array<string> = []
      let after: string | undefined
      do {
        const page = yield* history.pageAsOf({ tenant, after, limit: 5 }, History.atVersion(1))
        joined.push(...idsOf(page.found))
        after = page.next
      } while (after !== undefined && joined.length <= ids.length)
      yield* expectEqual<ReadonlyArray<string>>("the ids, page by page", joined, ids)
    })
  )
]
