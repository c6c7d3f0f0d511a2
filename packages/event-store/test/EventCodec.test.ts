/** Between domain events and the form the store keeps. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Arbitrary, DateTime, Effect, Option, Result, Schema, SchemaGetter } from "effect"
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
      assert.deepStrictEqual(yield* codec.encode(events, "acme"), [
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
      const error = yield* Effect.flip(codec.encode([closed], "acme"))
      assert.deepStrictEqual(error, new EventNotEncodable({ eventType: "AccountClosed", reason: "it has no schema" }))
      assert.strictEqual(error.message, "event AccountClosed cannot be encoded: it has no schema")
    })
  )

  it.effect("refuses an event that its schema does not accept, with the reason", () =>
    Effect.gen(function* () {
      const Short = DomainEvent.make("Short", { text: Schema.String.check(Schema.isMaxLength(3)) })
      const event = { ...Short.make({ text: "abc", occurredAt }), text: "abcd" }
      const error = yield* Effect.flip(EventCodec.make(Schema.Union([Short])).encode([event], "acme"))
      assert.instanceOf(error, EventNotEncodable)
      assert.strictEqual(error.eventType, "Short")
      assert.include(error.reason, "text")
    })
  )

  it.effect("refuses an event whose time is none", () =>
    Effect.gen(function* () {
      const event = Object.assign({ ...Opened.make({ owner: "Ada", occurredAt }) }, { occurredAt: "2024-05-01" })
      const error = yield* Effect.flip(codec.encode([event as never], "acme"))
      assert.deepStrictEqual(
        error,
        new EventNotEncodable({ eventType: "AccountOpened", reason: "occurredAt is not a time in UTC" })
      )
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

  it.effect("ignores what the data knows of name and time: their columns count", () =>
    Effect.gen(function* () {
      const data = { cents: "1", _tag: "AccountOpened", occurredAt: "1999-01-01T00:00:00Z" }
      assert.deepStrictEqual(yield* codec.decode([recorded({ data })]), [Deposited.make({ cents: 1n, occurredAt })])
    })
  )

  it.effect("takes nothing of the data but the declared fields, also of an event that has none", () =>
    Effect.gen(function* () {
      const Closed = DomainEvent.make("Closed", {})
      const closing = EventCodec.make(Schema.Union([Closed]))
      const events = yield* closing.decode([recorded({ type: "Closed", data: { by: "nobody" } })])
      assert.deepStrictEqual(events, [Closed.make({ occurredAt })])
      assert.deepStrictEqual(
        (yield* closing.encode(events, "acme")).map((event) => event.data),
        [{}]
      )
    })
  )

  it.effect("leaves what is stored as it is, and not frozen", () =>
    Effect.gen(function* () {
      const event = recorded({ data: { cents: "1", extra: { a: 1 } } })
      yield* codec.decode([event])
      assert.deepStrictEqual(event, recorded({ data: { cents: "1", extra: { a: 1 } } }))
      assert.isFalse(Object.isFrozen(event.data))
    })
  )

  it.effect("keeps to the rules of an event as a whole", () =>
    Effect.gen(function* () {
      const earliest = DateTime.makeUnsafe("2000-01-01T00:00:00Z")
      const Dated = DomainEvent.make("Dated", { cents: Schema.Int }).check(
        Schema.makeFilter((event) => DateTime.isGreaterThan(event.occurredAt, earliest), { expected: "a late event" })
      )
      const dated = EventCodec.make(Schema.Union([Dated]))
      const event = recorded({ type: "Dated", data: { cents: 1 } })
      assert.deepStrictEqual(yield* dated.decode([event]), [Dated.make({ cents: 1, occurredAt })])
      assert.deepStrictEqual(yield* dated.encode([Dated.make({ cents: 1, occurredAt })], "acme"), [
        { type: "Dated", schemaVersion: 1, occurredAt, data: { cents: 1 } }
      ])
      const error = yield* Effect.flip(dated.decode([{ ...event, occurredAt: DateTime.makeUnsafe(0) }]))
      assert.include(error.message, "a late event")
    })
  )

  it.effect("a schema that throws makes an event that cannot be decoded, with the cause", () =>
    Effect.gen(function* () {
      const Thrower = Schema.String.pipe(
        Schema.decodeTo(Schema.String, {
          decode: SchemaGetter.transform((): string => {
            throw new RangeError("not today")
          }),
          encode: SchemaGetter.passthrough()
        })
      )
      const thrown = EventCodec.make(Schema.Union([DomainEvent.make("Thrown", { text: Thrower })]))
      const error = yield* Effect.flip(thrown.decode([recorded({ type: "Thrown", data: { text: "a" } })]))
      assert.instanceOf(error, EventNotDecodable)
      assert.instanceOf(error.cause, RangeError)
      assert.include(error.reason, "not today")
    })
  )

  it.effect("each by itself: one that cannot be decoded stands in its place, and the others are there", () =>
    Effect.gen(function* () {
      const events = [recorded({}), recorded({ type: "MoneyBurnt", position: 43 }), recorded({ position: 44 })]
      const [first, second, third] = yield* codec.decodeEach(events)
      const event = Deposited.make({ cents: 100n, occurredAt })
      assert.deepStrictEqual(first, Result.succeed({ event, recorded: recorded({}) }))
      assert.strictEqual(second?._tag === "Failure" ? second.failure.position : undefined, 43)
      assert.deepStrictEqual(third, Result.succeed({ event, recorded: recorded({ position: 44 }) }))
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
        assert.strictEqual(error.failedAt, reason.source === "cents" ? 1 : undefined)
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
      const encoded = yield* codec.encode(events, "acme")
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
