/**
 * Laws of repetition: an append that comes again, because its answer was lost, does nothing and is answered the same.
 *
 * An append is known by its event ids, all of them in their order. Ids that are in use in any other combination are a
 * mix-up of the caller, and refused.
 */
import { EventIdConflict, ExpectedVersion, type NewEvent, type StreamId, Transaction } from "@eventfold/event-store"
import { Effect, Random } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { Any, Exact, NoStream, StreamExists } = ExpectedVersion

/** A stream of three events appended at once, and the answer to that append. */
const threeEvents = Effect.gen(function* () {
  const stream = yield* Scenario.stream
  const events = yield* Scenario.events(3)
  const [a, b, c] = events
  if (a === undefined || b === undefined || c === undefined) return yield* Effect.die("three events were asked for")
  return { stream, events, a, b, c, answer: yield* Scenario.append(stream, NoStream, events) }
})

/** Fails unless the append is refused with the ids of its events, and neither stream has changed. */
const expectMixUp = Effect.fnUntraced(function* (
  stream: StreamId.StreamId,
  mixed: ReadonlyArray<NewEvent>,
  stored: ReadonlyArray<NewEvent>
) {
  for (const expected of [Any, ExpectedVersion.at(stored.length), Exact(9)]) {
    const error = yield* expectFailure("the mixed append", Scenario.append(stream, expected, mixed))
    const conflict = new EventIdConflict({ stream, eventIds: Scenario.idsOf(mixed) })
    yield* expectEqual("the refusal of the mixed append", error, conflict)
    yield* Scenario.expectStored(stream, stored)
  }
})

/** Laws of an append that comes again as it was. */
export const repetition = [
  make(
    "an append repeated is answered like the first one, whatever it expects, and stores nothing",
    Effect.gen(function* () {
      const { answer, events, stream } = yield* threeEvents
      for (const expected of [NoStream, Any, StreamExists, Exact(1), Exact(3), Exact(7)]) {
        const again = yield* Scenario.append(stream, expected, events)
        yield* expectEqual(`the answer to a repetition that expects ${ExpectedVersion.format(expected)}`, again, answer)
      }
      const upperCase = events.map((event) => ({ ...event, id: event.id.toUpperCase() }))
      yield* expectEqual("its ids in upper case", yield* Scenario.append(stream, NoStream, upperCase), answer)
      yield* Scenario.expectStored(stream, events)
    })
  ),

  make(
    "an append repeated is answered like the first one, whatever has been appended since",
    Effect.gen(function* () {
      const { answer, events, stream } = yield* threeEvents
      const later = yield* Scenario.events(2)
      yield* Scenario.append(stream, Exact(3), later)
      yield* Scenario.append(yield* Scenario.stream, NoStream, yield* Scenario.events(1))
      yield* expectEqual("the answer to the repetition", yield* Scenario.append(stream, NoStream, events), answer)
      const again = yield* Scenario.append(stream, Exact(3), later)
      yield* expectEqual("the version answered to the later append repeated", again.version, 5)
      yield* Scenario.expectStored(stream, [...events, ...later])
    })
  ),

  make(
    "an append repeated inside a transaction is answered like the first one, which may be inside it, too",
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const { answer, events, stream } = yield* threeEvents
      const [before, other] = [yield* Scenario.stream, yield* Scenario.events(2)]
      yield* transaction.run(
        Effect.gen(function* () {
          const first = yield* Scenario.append(before, NoStream, other)
          yield* expectEqual(
            "the repetition of an append inside",
            yield* Scenario.append(before, NoStream, other),
            first
          )
          yield* expectEqual(
            "the repetition of an append before",
            yield* Scenario.append(stream, NoStream, events),
            answer
          )
        })
      )
      yield* Scenario.expectStored(stream, events)
      yield* Scenario.expectStored(before, other)
    })
  ),

  make(
    "the same append eight times at once is stored once and answered alike",
    Effect.gen(function* () {
      for (const size of [0, 2]) {
        const stream = yield* Scenario.stream
        const before = yield* Scenario.events(size)
        if (size > 0) yield* Scenario.append(stream, NoStream, before)
        const events = yield* Scenario.events(3)
        const append = Scenario.append(stream, ExpectedVersion.at(size), events)
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, () => append),
          { concurrency: "unbounded" }
        )
        yield* Scenario.expectStored(stream, [...before, ...events])
        yield* expectEqual("the version answered", answers[0]?.version, size + 3)
        yield* expectEqual(
          "the answers",
          answers,
          Array.from(answers, () => answers[0])
        )
      }
    })
  )
]

/** Laws of event ids in use in another combination. */
export const mixUps = [
  make(
    "an append of some of the events of an earlier one is refused",
    Effect.gen(function* () {
      const { a, b, c, events, stream } = yield* threeEvents
      for (const some of [[a], [b], [c], [a, b], [b, c], [a, c]]) yield* expectMixUp(stream, some, events)
    })
  ),

  make(
    "an append of events of an earlier one and new ones is refused",
    Effect.gen(function* () {
      const { a, b, c, events, stream } = yield* threeEvents
      const fresh = yield* Scenario.event()
      for (const mixed of [
        [a, b, c, fresh],
        [fresh, a, b, c],
        [c, fresh],
        [a, fresh, c]
      ]) {
        yield* expectMixUp(stream, mixed, events)
      }
    })
  ),

  make(
    "an append of the events of an earlier one in another order is refused",
    Effect.gen(function* () {
      const { events, stream } = yield* threeEvents
      const [first, second, third] = events.toReversed()
      yield* expectMixUp(stream, events.toReversed(), events)
      if (first === undefined || second === undefined || third === undefined) return
      yield* expectMixUp(stream, [third, first, second], events)
      yield* expectMixUp(
        stream,
        yield* Effect.repeat(Random.shuffle(events), { until: (some) => some[0] !== third }),
        events
      )
    })
  ),

  make(
    "an append of the events of two earlier ones is refused",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = yield* Scenario.events(3)
      yield* Scenario.append(stream, NoStream, events.slice(0, 1))
      yield* Scenario.append(stream, Exact(1), events.slice(1))
      yield* expectMixUp(stream, events, events)
    })
  ),

  make(
    "an append whose event ids are in use in another stream is refused",
    Effect.gen(function* () {
      const { a, events, stream } = yield* threeEvents
      const sameTenant = yield* Scenario.streamOf(stream.tenant)
      const otherTenant = yield* Scenario.stream
      for (const other of [sameTenant, otherTenant]) {
        yield* expectMixUp(other, events, [])
        yield* expectMixUp(other, [a], [])
      }
      yield* Scenario.expectStored(stream, events)
    })
  ),

  make(
    "one event id appended to eight streams at once is stored in one of them",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const [event] = yield* Scenario.events(1)
      if (event === undefined) return
      const streams = yield* Effect.all(Array.from({ length: 8 }, () => Scenario.streamOf(tenant)))
      const results = yield* Effect.forEach(
        streams,
        (stream) => Effect.result(Scenario.append(stream, NoStream, [event])),
        { concurrency: "unbounded" }
      )
      const refused = results.flatMap((result) => (result._tag === "Failure" ? [result.failure._tag] : []))
      yield* expectEqual(
        "the refusals",
        refused,
        Array.from({ length: 7 }, () => "EventIdConflict" as const)
      )
      const stored = yield* Effect.forEach(streams, (stream) => Scenario.read(stream))
      yield* expectEqual("the ids in all streams", Scenario.idsOf(stored.flat()), [event.id])
    })
  )
]
