/** Laws of what no store takes: an append that breaks a rule is refused, with the part and the rule named. */
import {
  type EventStore,
  ExpectedVersion,
  InvalidAppend,
  maxEventDepth,
  maxEventsPerAppend,
  maxEventSize,
  type NewEvent,
  type StreamId
} from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { expect, expectEqual, expectFailure, type Law, make } from "../Law.ts"
import { print } from "../ReadableValue.ts"
import { nested } from "./Payloads.ts"
import * as Scenario from "./Scenario.ts"

const { NoStream } = ExpectedVersion

/** Fails unless `append` is refused with `field` named, and a rule that says something. */
const expectRefused = Effect.fnUntraced(function* <A, E, R>(
  what: string,
  field: string,
  append: Effect.Effect<A, E, R>
) {
  const error = yield* expectFailure(what, append)
  if (!(error instanceof InvalidAppend)) {
    return yield* expect(false, `${what}: must be refused with InvalidAppend, not with ${print(error)}`)
  }
  yield* expectEqual(`the field named for ${what}`, error.field, field)
  return yield* expect(error.rule.trim() !== "", `${what}: the rule must be named`)
})

/** A law that an append is refused when its second event has one of these parts, as a caller without types could pass them. */
const refusesEvents = (
  name: string,
  part: keyof NewEvent,
  variants: ReadonlyArray<readonly [what: string, value: unknown, field?: string]>
): Law<EventStore> =>
  make(
    name,
    Effect.gen(function* () {
      for (const [what, value, field = part] of variants) {
        const [first, second] = [yield* Scenario.event(), yield* Scenario.event()]
        const append = Scenario.append(yield* Scenario.stream, NoStream, [
          first,
          Object.assign(second, { [part]: value })
        ])
        yield* expectRefused(what, `events[1].${field}`, append)
      }
    })
  )

/** Laws of the append as a whole. */
export const refusedAppends = [
  make(
    "an append without events is refused",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      yield* expectRefused("an empty append to no stream", "events", Scenario.append(stream, NoStream, []))
      yield* Scenario.append(stream, NoStream, yield* Scenario.events(1))
      yield* expectRefused(
        "an empty append to a stream",
        "events",
        Scenario.append(stream, ExpectedVersion.Exact(1), [])
      )
    })
  ),

  make(
    "an append of more events than allowed is refused",
    Effect.gen(function* () {
      const events = yield* Scenario.events(maxEventsPerAppend + 1)
      const append = Scenario.append(yield* Scenario.stream, NoStream, events)
      yield* expectRefused(`an append of ${events.length} events`, "events", append)
    })
  ),

  make(
    "an append that holds one event id twice is refused",
    Effect.gen(function* () {
      const [first, second] = [yield* Scenario.event(), yield* Scenario.event()]
      for (const id of [first.id, first.id.toUpperCase()]) {
        const append = Scenario.append(yield* Scenario.stream, NoStream, [first, second, { ...second, id }])
        yield* expectRefused("an id that comes twice", "events[2].id", append)
      }
    })
  ),

  make(
    "an expected version that is no version is refused",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      for (const version of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const append = Scenario.append(stream, { _tag: "Exact", version }, yield* Scenario.events(1))
        yield* expectRefused(`expected version ${version}`, "expected.version", append)
      }
    })
  ),

  make(
    "a stream whose name breaks the rules is refused",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const variants: ReadonlyArray<Partial<StreamId.StreamId>> = [
        { id: "" },
        { id: "x".repeat(256) },
        { id: "a\u0000b" },
        { id: "a\nb" },
        { id: "a\uD800b" },
        { tenant: "" },
        { tenant: "Tenant" },
        { tenant: "t".repeat(64) },
        { tenant: "a/b" },
        { category: "" },
        { category: "1st" },
        { category: "c".repeat(65) }
      ]
      for (const variant of variants) {
        const append = Scenario.append({ ...stream, ...variant }, NoStream, yield* Scenario.events(1))
        yield* expectRefused(`a stream with ${print(variant)}`, "stream", append)
      }
    })
  )
]

/** An array whose first item was never set. */
const withHole: Array<number> = []
withHole[1] = 1

/** Laws of the parts of an event. */
export const refusedEvents = [
  refusesEvents("an event id that is no UUID is refused", "id", [
    ["no id", ""],
    ["a short id", "1234"],
    ["a UUID without dashes", "0190f5a27c4e7b1a9d3f2f6f0c1d8e55"],
    ["a UUID with a letter that is no digit", "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e5g"],
    ["a UUID and a line break", "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55\n"],
    ["a UUID in braces", "{0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55}"]
  ]),

  refusesEvents("an event type that is no plain text of 1 to 128 characters is refused", "type", [
    ["no type", ""],
    ["a long type", "x".repeat(129)],
    ["NUL in the type", "a\u0000b"],
    ["a line break in the type", "a\nb"],
    ["a lone surrogate in the type", "a\uD800b"]
  ]),

  refusesEvents("a schema version that is no whole number from 1 is refused", "schemaVersion", [
    ["version 0", 0],
    ["version -1", -1],
    ["version 1.5", 1.5],
    ["no number", Number.NaN],
    ["a version that no store can keep", 2 ** 31]
  ]),

  refusesEvents("a time of occurrence outside the years 1 to 9999 is refused", "occurredAt", [
    ["the last moment before the year 1", DateTime.makeUnsafe(-62_135_596_800_001)],
    ["the first moment after the year 9999", DateTime.makeUnsafe(253_402_300_800_000)]
  ]),

  refusesEvents("metadata that is no plain text is refused", "metadata", [
    ["an empty key", { "": "v" }],
    ["a long key", { ["k".repeat(65)]: "v" }],
    ["NUL in a key", { "a\u0000b": "v" }],
    ["a lone surrogate in a key", { "a\uDC00b": "v" }],
    ["an empty value", { actor: "" }, "metadata.actor"],
    ["a long value", { actor: "x".repeat(2049) }, "metadata.actor"],
    ["NUL in a value", { actor: "a\u0000b" }, "metadata.actor"],
    ["a line break in a value", { actor: "a\r\nb" }, "metadata.actor"],
    ["a lone surrogate in a value", { actor: "a\uD800b" }, "metadata.actor"]
  ]),

  refusesEvents("data that JSON would change or drop is refused", "data", [
    ["nothing", undefined],
    ["NaN", { amount: Number.NaN }],
    ["an infinite number", [Number.NEGATIVE_INFINITY]],
    ["an undefined field", { note: undefined }],
    ["a hole in an array", withHole],
    ["a function", { now: () => 1 }],
    ["a symbol", [Symbol("s")]],
    ["a large integer", { amount: 1n }],
    ["a date", { at: DateTime.toDateUtc(Scenario.someTime) }],
    ["a map", new Map([["a", 1]])]
  ]),

  refusesEvents("data nested deeper than allowed is refused", "data", [
    ["deep arrays", nested(maxEventDepth + 1, "array")],
    ["deep objects", nested(maxEventDepth + 1, "object")]
  ]),

  make(
    "data larger than allowed is refused",
    Effect.gen(function* () {
      const event = yield* Scenario.event({ data: "x".repeat(maxEventSize) })
      const append = Scenario.append(yield* Scenario.stream, NoStream, [event])
      yield* expectRefused("data of more characters than allowed", "events[0].data", append)
    })
  )
]
