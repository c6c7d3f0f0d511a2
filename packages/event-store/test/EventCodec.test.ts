/** Between domain events and the form the store keeps. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Arbitrary, DateTime, Effect, Option, Schema } from "effect"
import { EventCodec, EventNotDecodable, EventNotEncodable, type RecordedEvent, StreamId } from "../src/index.ts"
import { Deposited, Event, occurredAt, Opened, Withdrawn } from "./Account.ts"

const codec = EventCodec.make(Event)

const throughText = (values: ReadonlyArray<Schema.Json>) =>
  Schema.decodeSync(Schema.fromJsonString(Schema.Array(Schema.Json)))(JSON.stringify(values))

const recorded = (parts: Partial<RecordedEvent>): RecordedEvent => ({
  id: "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55",
  stream: StreamId.make("acme", "account", "a-1"),
  version: 7,
  position: 42,
  type: "MoneyDeposited",
  schemaVersion: 1,
  occurredAt,
  recordedAt: DateTime.makeUnsafe("2024-05-01T10:00:01Z"),
  data: { cents: "100" },
  metadata: {},
  ...parts
})

describe("encoding", () => {
  it.effect("keeps name, version and time apart from the rest, which is JSON", () =>
    Effect.gen(function* () {
      const events = [
        Opened.make({ owner: "Ada", occurredAt }),
        Withdrawn.make({ cents: 5n, by: Option.some("Bob"), occurredAt })
      ]
      assert.deepStrictEqual(yield* codec.encode(events), [
        { type: "AccountOpened", schemaVersion: 1, occurredAt, data: { owner: "Ada" } },
        {
          type: "MoneyWithdrawn",
          schemaVersion: 2,
          occurredAt,
          data: { cents: "5", by: { _tag: "Some", value: "Bob" } }
        }
      ])
    })
  )

  it.effect("refuses an event without a schema, naming it", () =>
    Effect.gen(function* () {
      const closed = Object.assign(Opened.make({ owner: "Ada", occurredAt }), { _tag: "AccountClosed" })
      const error = yield* Effect.flip(codec.encode([closed]))
      assert.deepStrictEqual(error, new EventNotEncodable({ eventType: "AccountClosed", reason: "it has no schema" }))
      assert.strictEqual(error.message, "event AccountClosed cannot be encoded: it has no schema")
    })
  )

  it.effect("refuses an event that its schema does not accept, with the reason", () =>
    Effect.gen(function* () {
      const Short = DomainEvent.make("Short", { text: Schema.String.check(Schema.isMaxLength(3)) })
      const event = { ...Short.make({ text: "abc", occurredAt }), text: "abcd" }
      const error = yield* Effect.flip(EventCodec.make(Schema.Union([Short])).encode([event]))
      assert.instanceOf(error, EventNotEncodable)
      assert.strictEqual(error.eventType, "Short")
      assert.include(error.reason, "text")
    })
  )
})

describe("decoding", () => {
  it.effect("answers the events in their order, deeply frozen", () =>
    Effect.gen(function* () {
      const Listed = DomainEvent.make("Listed", { items: Schema.Array(Schema.Struct({ sku: Schema.String })) })
      const list = EventCodec.make(Schema.Union([Listed]))
      const [one, two] = yield* list.decode([
        recorded({ type: "Listed", data: { items: [{ sku: "a" }] } }),
        recorded({ type: "Listed", data: { items: [] } })
      ])
      assert.deepStrictEqual(one, Listed.make({ items: [{ sku: "a" }], occurredAt }))
      assert.deepStrictEqual(two, Listed.make({ items: [], occurredAt }))
      assert.isTrue(Object.isFrozen(one) && Object.isFrozen(one?.items) && Object.isFrozen(one?.items[0]))
    })
  )

  it.effect("takes an event of an older version if its data still fits", () =>
    Effect.gen(function* () {
      const old = recorded({ type: "MoneyWithdrawn", schemaVersion: 1, data: { cents: "5", by: { _tag: "None" } } })
      const events = yield* codec.decode([old])
      assert.deepStrictEqual(events, [Withdrawn.make({ cents: 5n, by: Option.none(), occurredAt })])
    })
  )

  it.effect("ignores what the data knows of name and time: their columns count", () =>
    Effect.gen(function* () {
      const data = { cents: "1", _tag: "AccountOpened", occurredAt: "1999-01-01T00:00:00Z" }
      assert.deepStrictEqual(yield* codec.decode([recorded({ data })]), [Deposited.make({ cents: 1n, occurredAt })])
    })
  )

  const refused: ReadonlyArray<readonly [what: string, event: RecordedEvent, reason: RegExp]> = [
    ["an unknown type", recorded({ type: "MoneyBurnt" }), /^no schema has this name$/u],
    ["a newer version", recorded({ schemaVersion: 2 }), /^this program knows versions up to 1$/u],
    ["data that is no object", recorded({ data: [1] }), /^its data is not a JSON object$/u],
    ["data that is null", recorded({ data: null }), /^its data is not a JSON object$/u],
    ["data its schema does not accept", recorded({ data: { cents: "many" } }), /cents/u]
  ]
  for (const [what, event, reason] of refused) {
    it.effect(`refuses ${what}, naming the event and the reason`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(codec.decode([recorded({}), event]))
        assert.instanceOf(error, EventNotDecodable)
        const { eventId, eventType, position, schemaVersion, stream, version } = error
        assert.deepStrictEqual(
          { eventId, eventType, position, schemaVersion, stream, version },
          {
            eventId: event.id,
            eventType: event.type,
            position: 42,
            schemaVersion: event.schemaVersion,
            stream: event.stream,
            version: 7
          }
        )
        assert.match(error.reason, reason)
        assert.include(
          error.message,
          `event ${event.type} v${event.schemaVersion} at position 42 (acme/account/a-1, version 7) cannot be decoded: `
        )
      })
    )
  }
})

describe("both ways", () => {
  it.effect.prop("an event comes back as it was", [Arbitrary.array(Arbitrary.schema(Event))], ([events]) =>
    Effect.gen(function* () {
      const encoded = yield* codec.encode(events)
      const json = throughText(encoded.map((event) => event.data))
      const decoded = yield* codec.decode(
        encoded.map((event, index) => recorded({ ...event, data: json[index] ?? null }))
      )
      assert.deepStrictEqual(decoded, events)
    })
  )

  it("the codec knows the names and the versions it writes", () => {
    assert.deepStrictEqual(Array.from(codec.types), [
      ["AccountOpened", 1],
      ["MoneyDeposited", 1],
      ["MoneyWithdrawn", 2]
    ])
  })

  it("two events of one name, and events without one, are found at start", () => {
    assert.throws(() => EventCodec.make(Schema.Union([Opened, Opened])), "Two events are called AccountOpened")
    const nameless = Schema.Struct({ _tag: Schema.String, occurredAt: Schema.DateTimeUtc })
    assert.throws(() => EventCodec.make(Schema.Union([nameless])), "must be a struct tagged with its name")
  })
})
