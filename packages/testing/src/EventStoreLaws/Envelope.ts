/** Laws of what surrounds an event's data: everything comes back as it went in, and the store adds its own part. */
import { ExpectedVersion, type NewEvent, RecordedEvent } from "@eventfold/event-store"
import { Clock, DateTime, Effect, Schema } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Appends one event per variant of one part, and answers what comes back of that part. */
const roundTrip = Effect.fnUntraced(function* <K extends keyof NewEvent>(
  part: K,
  variants: ReadonlyArray<NewEvent[K]>
) {
  const stream = yield* Scenario.stream
  const events = yield* Effect.forEach(variants, (variant) => Scenario.event({ [part]: variant }))
  yield* Scenario.append(stream, ExpectedVersion.NoStream, events)
  const stored = yield* Scenario.read(stream)
  return stored.map((event): RecordedEvent[K] => event[part])
})

const unicode = "größer ≠ 大きい 🧾 e\u0301 \u2028 '\"\\ %_;--"

/** Laws of what surrounds an event's data. */
export const envelope = [
  make(
    "metadata comes back: the known keys, any others, none at all",
    Effect.gen(function* () {
      const variants = [
        {},
        { correlationId: "c", causationId: "b", actor: "a" },
        { [unicode.slice(0, 20)]: unicode, "x-request": " spaced " },
        { longest: "x".repeat(2048), ["k".repeat(64)]: "v", ["__proto__"]: "y" }
      ]
      yield* expectEqual("metadata", yield* roundTrip("metadata", variants), variants)
      const [absent] = yield* roundTrip("metadata", [{ actor: "a", reason: undefined }])
      yield* expectEqual("metadata without the keys that are undefined", absent, { actor: "a" })
    })
  ),

  make(
    "the type of an event comes back, whatever plain text it is",
    Effect.gen(function* () {
      const variants = ["OrderPlaced", "x", unicode, " padded ", "T".repeat(128), "null", "{}", "$1 ${x}"]
      yield* expectEqual("types", yield* roundTrip("type", variants), variants)
    })
  ),

  make(
    "the schema version of an event comes back, from 1 to the largest",
    Effect.gen(function* () {
      const variants = [1, 2, 255, 32_768, 2 ** 31 - 1]
      yield* expectEqual("schema versions", yield* roundTrip("schemaVersion", variants), variants)
    })
  ),

  make(
    "the time an event occurred comes back to the millisecond, from the year 1 to the year 9999",
    Effect.gen(function* () {
      const variants = [
        "0001-01-01T00:00:00.000Z",
        "0099-12-31T23:59:59.999Z",
        "1582-10-10T00:00:00.001Z",
        "1969-12-31T23:59:59.999Z",
        "2024-02-29T12:34:56.789Z",
        "2025-03-30T01:30:00.500Z",
        "9999-12-31T23:59:59.999Z"
      ].map((text) => DateTime.makeUnsafe(text))
      const found = yield* roundTrip("occurredAt", variants)
      yield* expectEqual("times", found.map(DateTime.formatIso), variants.map(DateTime.formatIso))
    })
  ),

  make(
    "the store records when it took an event, by a clock that is right",
    Effect.gen(function* () {
      // A store in this program may go by the clock of the test; a database goes by its own, which may be a bit off.
      const clocks = [yield* Clock.Clock, Clock.Clock.defaultValue()]
      const before = clocks.map((clock) => clock.currentTimeMillisUnsafe())
      const stream = yield* Scenario.stream
      const occurredAt = DateTime.makeUnsafe("2001-01-01T00:00:00.000Z")
      yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(2, { occurredAt }))
      const after = clocks.map((clock) => clock.currentTimeMillisUnsafe())
      const minutes = 60_000
      for (const { recordedAt } of yield* Scenario.read(stream)) {
        const at = recordedAt.epochMilliseconds
        const right = clocks.some(
          (_, index) => at >= (before[index] ?? 0) - minutes && at <= (after[index] ?? 0) + minutes
        )
        yield* expect(
          right,
          `recorded at ${DateTime.formatIso(recordedAt)}, which is neither now nor the clock of the test`
        )
      }
    })
  ),

  make(
    "event ids come back in lower case, whatever UUIDs they are",
    Effect.gen(function* () {
      const ids = yield* Effect.forEach("1234567890".split(""), (digit) =>
        Effect.map(Scenario.uuid, (id) => `${id.slice(0, 14)}${digit}${id.slice(15)}`)
      )
      const given = ids.map((id, index) => (index % 2 === 0 ? id.toUpperCase() : id))
      yield* expectEqual("ids", yield* roundTrip("id", given), ids)
    })
  ),

  make(
    "an event names its stream as it was given, in the stream and in the log",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const tenant = yield* Scenario.tenant
      const tail = yield* Scenario.hex(16)
      const ids = [`Order-${tail}`, ` ${tail} `, `a/b/${tail}`, `${unicode}${tail}`, tail.padEnd(255, "x")]
      const streams = ids.map((id, index) => ({ tenant, category: index % 2 === 0 ? "Law_1" : "law-1", id }))
      for (const stream of streams) {
        yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(1))
        const [event] = yield* Scenario.read(stream)
        yield* expectEqual("the stream of an event in its stream", event?.stream, stream)
      }
      const log = yield* Scenario.readAll(tenant, { after })
      yield* expectEqual(
        "the streams in the log",
        log.map((event) => event.stream),
        streams
      )
    })
  ),

  make(
    "what is read is a recorded event and nothing more, in the stream and in the log",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const stream = yield* Scenario.stream
      yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(1, { metadata: { actor: "a" } }))
      const read = [...(yield* Scenario.read(stream)), ...(yield* Scenario.readAll(stream.tenant, { after }))]
      const fields = Object.keys(RecordedEvent.fields).toSorted()
      yield* expectEqual(
        "the fields of an event",
        read.map((event) => Object.keys(event).toSorted()),
        [fields, fields]
      )
      const fit = read.map((event) => Schema.is(RecordedEvent)(event))
      yield* expectEqual("whether they fit the schema", fit, [true, true])
    })
  )
]
