/** The small values of the package: stream ids, expected versions, fingerprints, and what their errors say. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import {
  EventIdConflict,
  EventStoreFailure,
  ExpectedVersion,
  InvalidAppend,
  MalformedMessage,
  StreamId,
  UnknownMessage,
  VersionConflict
} from "../src/index.ts"
import { fingerprint } from "../src/Fingerprint.ts"

const stream = StreamId.make("acme", "order", "o-1")

describe("a stream id", () => {
  it("reads as tenant, category and id", () => {
    assert.strictEqual(StreamId.format(stream), "acme/order/o-1")
  })

  it.each([
    ["Acme", "order", "o", "tenant"],
    ["", "order", "o", "tenant"],
    ["acme", "1order", "o", "category"],
    ["acme", "order", "", "id"],
    ["acme", "order", "a\u0000", "id"],
    ["acme", "order", "x".repeat(256), "id"]
  ])("of %j, %j and %j is refused, naming the part", (tenant, category, id, part) => {
    assert.throws(() => StreamId.make(tenant, category, id))
    assert.include(StreamId.problemOf({ tenant, category, id }), `["${part}"]`)
  })

  it("that keeps the rules has no problem", () => {
    assert.isUndefined(StreamId.problemOf(stream))
    assert.isUndefined(StreamId.problemOf(StreamId.make("a-1_b", "Order_2", "größer/ 🧾")))
  })
})

describe("an expected version", () => {
  it("is no stream for version 0, and exact for the others", () => {
    assert.deepStrictEqual(ExpectedVersion.at(0), ExpectedVersion.NoStream)
    assert.deepStrictEqual(ExpectedVersion.at(3), ExpectedVersion.Exact(3))
  })

  it.each([0, -1, 1.5, Number.NaN])("of %s is none", (version) => {
    assert.throws(() => ExpectedVersion.Exact(version))
  })

  it("matches the versions it describes", () => {
    const matching = (expected: ExpectedVersion.ExpectedVersion) =>
      [0, 1, 2, 3].filter((version) => ExpectedVersion.matches(expected, version))
    assert.deepStrictEqual(matching(ExpectedVersion.Any), [0, 1, 2, 3])
    assert.deepStrictEqual(matching(ExpectedVersion.NoStream), [0])
    assert.deepStrictEqual(matching(ExpectedVersion.StreamExists), [1, 2, 3])
    assert.deepStrictEqual(matching(ExpectedVersion.Exact(2)), [2])
  })
})

describe("an error", () => {
  it.each([
    [
      new VersionConflict({ stream, expected: ExpectedVersion.Exact(2), actual: 3 }),
      "acme/order/o-1: expected version 2, found version 3"
    ],
    [
      new VersionConflict({ stream, expected: ExpectedVersion.StreamExists, actual: 0 }),
      "acme/order/o-1: expected an existing stream, found no stream"
    ],
    [
      new VersionConflict({ stream, expected: ExpectedVersion.NoStream, actual: 1 }),
      "acme/order/o-1: expected no stream, found version 1"
    ],
    [new InvalidAppend({ field: "events[0].id", rule: "must be a UUID" }), "events[0].id: must be a UUID"],
    [
      new EventStoreFailure({ operation: "append", retryable: true, cause: "gone" }),
      "the event store failed in append (trying again can help)"
    ],
    [
      new EventStoreFailure({ operation: "append", retryable: false, cause: "gone" }),
      "the event store failed in append"
    ],
    [
      new UnknownMessage({ name: "bank.Close", known: ["bank.Open", "bank.Deposit"] }),
      "nobody handles bank.Close; known are bank.Open, bank.Deposit"
    ],
    [new UnknownMessage({ name: "bank.Close", known: [] }), "nobody handles bank.Close; known are none"],
    [
      new MalformedMessage({
        name: "bank.Open",
        problems: [
          { field: "owner", rule: "must not be empty" },
          { field: "account", rule: "is missing" }
        ]
      }),
      "bank.Open: owner: must not be empty; account: is missing"
    ]
  ])("says what happened: %s", (error, message) => {
    assert.strictEqual(error.message, message)
  })

  it("of event ids in use names the stream", () => {
    assert.match(new EventIdConflict({ stream, eventIds: [] }).message, /^acme\/order\/o-1: /u)
  })
})

describe("a fingerprint", () => {
  it.effect("is the same for equal values, whatever the order of their keys", () =>
    Effect.gen(function* () {
      const one = yield* fingerprint({ a: [1, { x: null, y: "é" }], b: true })
      assert.strictEqual(yield* fingerprint({ b: true, a: [1, { y: "é", x: null }] }), one)
      assert.match(one, /^[0-9a-f]{64}$/u)
    })
  )

  it.effect("differs when anything else differs", () =>
    Effect.gen(function* () {
      const values: ReadonlyArray<Schema.Json> = [
        null,
        0,
        "",
        "0",
        [],
        {},
        [1, 2],
        [2, 1],
        { a: 1 },
        { b: 1 },
        { a: null },
        { a: { b: 1 } },
        ["\uD800"],
        ["\uD801"],
        { ["__proto__"]: 1 }
      ]
      const digests = yield* Effect.forEach(values, fingerprint)
      assert.strictEqual(new Set(digests).size, values.length)
    })
  )

  it.effect("is the digest everybody else computes of the canonical text", () =>
    Effect.gen(function* () {
      // printf '{"a":1,"b":[true]}' | sha256sum
      const known = "90eddf64b875cb5fa184bb12503cc7309b6ce21b175521a80bd8d83082bae604"
      assert.strictEqual(yield* fingerprint({ b: [true], a: 1 }), known)
    })
  )
})
