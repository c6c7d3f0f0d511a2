/** Laws of an event's data: every JSON value comes back just as it went in, its keys in the same order. */
import { ExpectedVersion, maxEventDepth } from "@eventfold/event-store"
import { Arbitrary, Effect, Random, Schema } from "effect"
import { expect, expectEqual, make, Violation } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** A value nested so many levels deep, around a number. */
export const nested = (depth: number, kind: "array" | "object"): Schema.Json => {
  let value: Schema.Json = 1
  for (let level = 0; level < depth; level++) value = kind === "array" ? [value] : { inner: value }
  return value
}

/** Appends one event per value and compares what comes back, as JSON text: so the order of keys counts, too. */
const expectBack = Effect.fnUntraced(function* (values: ReadonlyArray<Schema.Json>) {
  const stream = yield* Scenario.stream
  const events = yield* Effect.forEach(values, (data) => Scenario.event({ data }))
  yield* Scenario.append(stream, ExpectedVersion.NoStream, events)
  const stored = yield* Scenario.read(stream)
  yield* expectEqual(
    "data as JSON text",
    stored.map((event) => JSON.stringify(event.data)),
    values.map((value) => JSON.stringify(value))
  )
})

/** Laws of an event's data. */
export const payloads = [
  make(
    "every text comes back: control characters, lone surrogates, emoji, what looks like something else",
    expectBack([
      "\u0000",
      "a\u0000b\u001f\u007f\u0085",
      '\b\t\n\f\r"\\/',
      "\uD800",
      "\uDC00\uD800",
      "\uD83E",
      "🧾👩‍👩‍👧‍👦",
      "\u2028\u2029\uFEFF\uFFFE\uFFFF",
      "e\u0301 is not \u00e9",
      "שלום 大きい größer",
      "\\u0000",
      "null",
      "{}",
      "2024-02-29T12:34:56.789Z",
      "'; drop table events; --",
      "%s $1 ${x} {{x}}"
    ])
  ),

  make(
    "every number comes back: the largest, the smallest, the most exact",
    expectBack([
      0,
      -1,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.MIN_VALUE,
      -5e-324,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 53,
      2 ** 64,
      1e21,
      1e-7,
      0.1 + 0.2,
      1.7976931348623155e308,
      2.2250738585072014e-308,
      123456789.12345679
    ])
  ),

  make(
    "every key of an object comes back, in its order",
    expectBack([
      { "": 1 },
      { z: 1, a: 2, "10": 3, "9": 4, A: 5 },
      { ["__proto__"]: { polluted: true }, constructor: 1, toString: 2, hasOwnProperty: 3 },
      { "a\u0000b": 1, "\uD800": 2, "\u2028": 3, "🧾": 4, é: 5, "e\u0301": 6 },
      { "a.b": 1, "a[0]": 2, '"': 3, "'": 4, "\\": 5, " ": 6 },
      { ["k".repeat(10_000)]: 1 }
    ])
  ),

  make(
    "data is kept as deep as allowed",
    expectBack([nested(maxEventDepth, "array"), nested(maxEventDepth, "object")])
  ),

  make(
    "a large event comes back whole",
    Effect.gen(function* () {
      const { largeEvent } = yield* Scenario.Sizes
      const stream = yield* Scenario.stream
      const text = "0123456789abcdé🧾".repeat(Math.ceil(largeEvent / 17))
      yield* Scenario.append(stream, ExpectedVersion.NoStream, [yield* Scenario.event({ data: { text } })])
      const [event] = yield* Scenario.read(stream)
      const whole = JSON.stringify(event?.data) === JSON.stringify({ text })
      yield* expect(whole, `${text.length} characters must come back as they went in`)
    })
  ),

  make(
    "any JSON value comes back: null, scalars, what is empty, and whatever chance makes up",
    Effect.gen(function* () {
      yield* expectBack([null, true, false, "", [], {}, [[]], [{}], [null, null], { a: [] }, { a: null }])
      const { samples } = yield* Scenario.Sizes
      const values = Arbitrary.array(Arbitrary.schema(Schema.Json), { minLength: 1, maxLength: 10 })
      const seed = yield* Random.nextIntBetween(0, 2 ** 32)
      const result = yield* Arbitrary.checkEffect(values, (values) => Effect.as(expectBack(values), true), {
        runs: Math.ceil(samples / 10),
        seed
      })
      const failure = Arbitrary.formatCheckFailure(result)
      if (failure !== undefined) return yield* new Violation({ message: failure })
    })
  )
]
