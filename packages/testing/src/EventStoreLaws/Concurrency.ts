/** Laws of writers and readers at the same moment: one wins, nobody loses, and no reader is overtaken. */
import {
  EventStore,
  ExpectedVersion,
  type NewEvent,
  type StreamId,
  Transaction,
  VersionConflict
} from "@eventfold/event-store"
import { Effect, Fiber, Result } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import { print } from "../ReadableValue.ts"
import * as Scenario from "./Scenario.ts"

const writers = 4

/** Lets several writers append one event each under the same expectation; answers the event of the one that wins. */
const contest = Effect.fnUntraced(function* <R>(
  stream: StreamId.StreamId,
  version: number,
  append: (event: NewEvent) => Effect.Effect<unknown, unknown, R>
) {
  const events = yield* Scenario.events(writers)
  const results = yield* Effect.forEach(events, (event) => Effect.result(append(event)), { concurrency: "unbounded" })
  const [winner, ...others] = events.filter((_, index) => results[index]?._tag === "Success")
  if (winner === undefined || others.length > 0) {
    const found = others.length > 0 ? `${others.length + 1} won` : `none did: ${print(results)}`
    return yield* Effect.fail(`one of ${writers} writers must win version ${version + 1}, but ${found}`)
  }
  const conflict = new VersionConflict({ stream, expected: ExpectedVersion.at(version), actual: version + 1 })
  for (const result of results) {
    if (Result.isFailure(result)) yield* expectEqual("what a writer who lost is told", result.failure, conflict)
  }
  return winner
})

/** Laws of writers who want the same. */
export const contests = [
  make(
    "of several writers who expect the same version exactly one wins, round after round",
    Effect.gen(function* () {
      const { rounds } = yield* Scenario.Sizes
      const stream = yield* Scenario.stream
      const won = [yield* Scenario.event()]
      yield* Scenario.append(stream, ExpectedVersion.NoStream, won)
      for (let version = 1; version <= rounds; version++) {
        won.push(
          yield* contest(stream, version, (event) => Scenario.append(stream, ExpectedVersion.Exact(version), [event]))
        )
      }
      yield* Scenario.expectStored(stream, won)
    })
  ),

  make(
    "of several writers who create the same stream exactly one wins",
    Effect.gen(function* () {
      const { rounds } = yield* Scenario.Sizes
      for (let round = 0; round < rounds / 20; round++) {
        const stream = yield* Scenario.stream
        const winner = yield* contest(stream, 0, (event) => Scenario.append(stream, ExpectedVersion.NoStream, [event]))
        yield* Scenario.expectStored(stream, [winner])
      }
    })
  ),

  make(
    "of several transactions that append to one stream at the same version exactly one wins",
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const { rounds } = yield* Scenario.Sizes
      const stream = yield* Scenario.stream
      const won: Array<NewEvent> = []
      for (let version = 0; version < rounds / 20; version++) {
        const append = (event: NewEvent) =>
          transaction.run(Scenario.append(stream, ExpectedVersion.at(version), [event]))
        won.push(yield* contest(stream, version, append))
      }
      yield* Scenario.expectStored(stream, won)
    })
  )
]

/** Laws of writers who do not want the same. */
export const crowds = [
  make(
    "writers who append to one stream without an expectation lose nothing",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = yield* Scenario.events(61)
      yield* Scenario.append(stream, ExpectedVersion.NoStream, events.slice(0, 1))
      const pairs = Array.from({ length: 30 }, (_, pair) => events.slice(1 + 2 * pair, 3 + 2 * pair))
      yield* Effect.forEach(pairs, (pair) => Scenario.append(stream, ExpectedVersion.Any, pair), { concurrency: 6 })
      const stored = yield* Scenario.read(stream)
      const versions = Array.from(events, (_, index) => index + 1)
      yield* expectEqual(
        "the versions in the stream",
        stored.map((event) => event.version),
        versions
      )
      yield* expectEqual("the ids, sorted", Scenario.idsOf(stored).toSorted(), Scenario.idsOf(events).toSorted())
    })
  ),

  make(
    "writers who append to many streams lose nothing",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const after = yield* Scenario.mark
      const streams = yield* Effect.all(Array.from({ length: 24 }, () => Scenario.streamOf(tenant)))
      const histories = yield* Effect.forEach(
        streams,
        Effect.fnUntraced(function* (stream) {
          const events = yield* Scenario.events(8)
          for (const [version, event] of events.entries()) {
            yield* Scenario.append(stream, ExpectedVersion.at(version), [event])
          }
          return events
        }),
        { concurrency: 12 }
      )
      for (const [index, stream] of streams.entries()) yield* Scenario.expectStored(stream, histories[index] ?? [])
      const log = Scenario.idsOf(yield* Scenario.readAll(tenant, { after }))
      yield* expectEqual("the ids in the log, sorted", log.toSorted(), Scenario.idsOf(histories.flat()).toSorted())
    })
  ),

  make(
    "a reader who follows the log while others write misses nothing: no event appears where it has passed",
    Effect.gen(function* () {
      const store = yield* EventStore
      const tenant = yield* Scenario.tenant
      const after = yield* Scenario.mark
      const writing = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 6 }, (_, writer) => writer),
          (writer) => write(tenant, writer),
          {
            concurrency: "unbounded"
          }
        )
      )
      const follow = Effect.fnUntraced(function* () {
        const seen: Array<string> = []
        let position = after
        while (true) {
          const finished = writing.pollUnsafe() !== undefined
          const { events: page } = yield* store.readLog({ after: position, limit: 100 })
          for (const event of page) {
            yield* expect(event.position > position, `position ${event.position} came after position ${position}`)
            position = event.position
            if (event.stream.tenant === tenant) seen.push(event.id)
          }
          if (finished && page.length === 0) return seen
          yield* Effect.yieldNow
        }
      })
      const seen = yield* follow()
      const written = yield* Fiber.join(writing)
      yield* expectEqual("the ids seen, sorted", seen.toSorted(), Scenario.idsOf(written.flat()).toSorted())
      yield* expectEqual("the log followed again, and what was seen of it before", yield* follow(), seen)
    })
  )
]

/** Appends in every way there is: alone, in transactions that succeed, in transactions that fail. */
const write = Effect.fnUntraced(function* (tenant: string, writer: number) {
  const transaction = yield* Transaction
  const written: Array<NewEvent> = []
  for (let turn = 0; turn < 20; turn++) {
    const [stream, other] = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)]
    const [first, second] = [yield* Scenario.events(1 + (turn % 3)), yield* Scenario.events(1)]
    const alone = Scenario.append(stream, ExpectedVersion.NoStream, first)
    const both = Effect.andThen(alone, Scenario.append(other, ExpectedVersion.NoStream, second))
    const kind = (writer + turn) % 5
    if (kind === 0) yield* Effect.flip(transaction.run(Effect.andThen(both, refused(stream))))
    else if (kind === 1) yield* transaction.run(both)
    else yield* alone
    if (kind > 0) written.push(...first)
    if (kind === 1) written.push(...second)
  }
  return written
})

const refused = Effect.fnUntraced(function* (stream: StreamId.StreamId) {
  yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(1))
})
