/** Events of older versions: read through their chain, left alone on disk, refused by name when a step does not fit. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { Arbitrary, DateTime, Effect, Schema } from "effect"
import { EventCodec, EventNotDecodable, type RecordedEvent, StreamId } from "../src/index.ts"
import { occurredAt } from "./Account.ts"

const Cents = Schema.Int.check(Schema.isGreaterThan(0))
const V1 = DomainEvent.make("OrderPlaced", { orderId: Schema.String, productIds: Schema.Array(Schema.String) })
const Item = Schema.Struct({ productId: Schema.String, quantity: Schema.BigInt })
const V2 = DomainEvent.nextVersion(
  V1,
  { orderId: Schema.String, items: Schema.Array(Item), address: Schema.NullOr(Schema.String) },
  ({ orderId, productIds }) => ({
    orderId,
    items: productIds.map((productId) => ({ productId, quantity: 1n })),
    address: null
  })
)
const Payment = Schema.Literals(["card", "invoice", "unknown"])
const V3 = DomainEvent.nextVersion(V2, { ...V2.fields, payment: Payment }, (older) => ({
  ...older,
  payment: "unknown"
}))

const [first, second, third] = [
  EventCodec.make(Schema.Union([V1])),
  EventCodec.make(Schema.Union([V2])),
  EventCodec.make(Schema.Union([V3]))
]

const recorded = (parts: Partial<RecordedEvent>): RecordedEvent => ({
  id: "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55",
  stream: StreamId.make("acme", "order", "o-1"),
  version: 7,
  position: 42,
  type: "OrderPlaced",
  schemaVersion: 1,
  occurredAt,
  recordedAt: DateTime.makeUnsafe("2024-05-01T10:00:01Z"),
  data: { orderId: "o-1", productIds: ["tea", "milk"] },
  metadata: {},
  ...parts
})

describe("an event of an older version", () => {
  it.effect("comes in the newest shape, deeply frozen, and stays as it is where it is stored", () =>
    Effect.gen(function* () {
      const stored = recorded({})
      const [event] = yield* third.decode([stored])
      assert.deepStrictEqual(
        event,
        V3.make({
          orderId: "o-1",
          items: [
            { productId: "tea", quantity: 1n },
            { productId: "milk", quantity: 1n }
          ],
          address: null,
          payment: "unknown",
          occurredAt
        })
      )
      assert.isTrue(Object.isFrozen(event) && event !== undefined && "items" in event && Object.isFrozen(event.items))
      assert.deepStrictEqual(stored, recorded({}))
    })
  )

  it.effect("of a version between is taken from there on", () =>
    Effect.gen(function* () {
      const data = { orderId: "o-1", items: [{ productId: "tea", quantity: "3" }], address: "Here" }
      const events = yield* third.decode([recorded({ schemaVersion: 2, data })])
      const items = [{ productId: "tea", quantity: 3n }]
      assert.deepStrictEqual(events, [
        V3.make({ orderId: "o-1", items, address: "Here", payment: "unknown", occurredAt })
      ])
    })
  )

  it.effect.prop(
    "is the same whether it goes all the way at once or is stored in between",
    [Arbitrary.array(Arbitrary.schema(V1))],
    ([events]) =>
      Effect.gen(function* () {
        const stored = (yield* first.encode(events, "acme")).map((event) => recorded(event))
        const atOnce = yield* third.decode(stored)
        const between = (yield* second.encode(yield* second.decode(stored), "acme")).map((event) => recorded(event))
        assert.deepStrictEqual(new Set(between.map(({ schemaVersion }) => schemaVersion)).has(1), false)
        assert.deepStrictEqual(yield* third.decode(between), atOnce)
      })
  )

  it.effect("keeps its name and its business time, whatever an upcaster says of them", () =>
    Effect.gen(function* () {
      const Next = DomainEvent.nextVersion(V1, { orderId: Schema.String }, ({ orderId }) =>
        Object.assign({ orderId }, { _tag: "OrderLost", occurredAt: DateTime.makeUnsafe(0), more: true })
      )
      const codec = EventCodec.make(Schema.Union([Next]))
      assert.deepStrictEqual(yield* codec.decode([recorded({})]), [Next.make({ orderId: "o-1", occurredAt })])
    })
  )
})

describe("a step that does not fit", () => {
  const failing = Effect.fnUntraced(function* <E extends DomainEvent.DomainEvent>(
    codec: EventCodec.EventCodec<E>,
    event: RecordedEvent
  ) {
    const error = yield* Effect.flip(codec.decode([event]))
    if (!(error instanceof EventNotDecodable)) return yield* Effect.die(error)
    assert.strictEqual(error.schemaVersion, event.schemaVersion)
    return error
  })

  it.effect("is found in the shape of its own version, and named", () =>
    Effect.gen(function* () {
      const error = yield* failing(third, recorded({ data: { orderId: "o-1", productIds: "tea" } }))
      assert.strictEqual(error.failedAt, 1)
      assert.include(error.reason, "productIds")
      const between = yield* failing(third, recorded({ schemaVersion: 2 }))
      assert.strictEqual(between.failedAt, 2)
      assert.include(between.reason, "items")
    })
  )

  it.effect("is found in what an upcaster answers, and the version is named that does not accept it", () =>
    Effect.gen(function* () {
      const Middle = DomainEvent.nextVersion(V1, { cents: Cents }, () => ({ cents: 0 }))
      const Last = DomainEvent.nextVersion(Middle, { cents: Cents, note: Schema.String }, (older) => ({
        ...older,
        note: ""
      }))
      const inTheMiddle = yield* failing(EventCodec.make(Schema.Union([Last])), recorded({}))
      assert.strictEqual(inTheMiddle.failedAt, 2)
      assert.match(inTheMiddle.reason, /^as version 2: .*cents/su)
      const atTheEnd = yield* failing(EventCodec.make(Schema.Union([Middle])), recorded({}))
      assert.strictEqual(atTheEnd.failedAt, 2)
      assert.match(atTheEnd.reason, /^as version 2: .*cents/su)
    })
  )

  it.effect("is an upcaster that throws: a typed error with the cause, not a defect", () =>
    Effect.gen(function* () {
      const Thrown = DomainEvent.nextVersion(V1, { orderId: Schema.String }, (older) => {
        if (older.productIds.length > 1) throw new RangeError("two products are too many")
        return { orderId: older.orderId }
      })
      const error = yield* failing(EventCodec.make(Schema.Union([Thrown])), recorded({}))
      assert.strictEqual(error.failedAt, 2)
      assert.strictEqual(error.reason, "from version 1 to 2: two products are too many")
      assert.instanceOf(error.cause, RangeError)
    })
  )
})

describe("a chain with a missing link", () => {
  it("is found when the codec is made, and the message says which and what to do", () => {
    const V4 = DomainEvent.make("OrderPlaced", { orderId: Schema.String }, { version: 4 })
    const V5 = DomainEvent.nextVersion(V4, { id: Schema.String }, ({ orderId }) => ({ id: orderId }))
    assert.throws(
      () => EventCodec.make(Schema.Union([V5])),
      "Event OrderPlaced is at version 5, and nothing says how versions 1 to 3 of it can be read. " +
        'Declare version 1 with DomainEvent.make("OrderPlaced", fields) and each later one with ' +
        "DomainEvent.nextVersion(versionBefore, fields, upcast), up to version 5"
    )
    const alone = DomainEvent.make("OrderPlaced", { orderId: Schema.String }, { version: 2 })
    assert.throws(() => EventCodec.make(Schema.Union([alone])), "nothing says how version 1 of it can be read")
  })

  it("does not compile where types can know", () => {
    // @ts-expect-error The function must answer every field of the next version: `note` is missing.
    const incomplete = DomainEvent.nextVersion(V1, { orderId: Schema.String, note: Schema.String }, ({ orderId }) => ({
      orderId
    }))
    // @ts-expect-error Version 1 has no `items`.
    const unknown = DomainEvent.nextVersion(V1, { orderId: Schema.String }, ({ items }) => ({ orderId: String(items) }))
    // @ts-expect-error There is no next version without the one before.
    const rootless = () => DomainEvent.nextVersion(undefined, { orderId: Schema.String }, () => ({ orderId: "o-1" }))
    assert.throws(rootless)
    assert.deepStrictEqual([DomainEvent.versionOf(incomplete), DomainEvent.versionOf(unknown)], [2, 2])
  })
})

describe("a change that needs no version", () => {
  const Before = DomainEvent.make("Noted", { text: Schema.String })
  const After = DomainEvent.make("Noted", {
    text: Schema.String,
    author: Schema.optionalKey(Schema.String),
    channel: Schema.Literals(["web", "store"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("web" as const)))
  })
  const [before, after] = [EventCodec.make(Schema.Union([Before])), EventCodec.make(Schema.Union([After]))]

  it.effect("an optional field is absent in events from before, and one with a default has it", () =>
    Effect.gen(function* () {
      const events = yield* after.decode([recorded({ type: "Noted", data: { text: "a" } })])
      assert.deepStrictEqual(events, [After.make({ text: "a", channel: "web", occurredAt })])
      assert.isFalse(events[0] !== undefined && "author" in events[0])
    })
  )

  it.effect("fields that this program does not know are ignored", () =>
    Effect.gen(function* () {
      const data = { text: "a", author: "Ada", channel: "store", mood: "fine" }
      assert.deepStrictEqual(yield* before.decode([recorded({ type: "Noted", data })]), [
        Before.make({ text: "a", occurredAt })
      ])
    })
  )
})
