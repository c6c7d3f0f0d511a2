/** Whatever can happen to an order comes out of the store as it went in. */
import { assert, it } from "@effect/vitest"
import { Order, OrderEvents } from "@eventfold/domain-ordering"
import { EventCodec, layerMemory, type RecordedEvent, StreamId } from "@eventfold/event-store"
import { Arbitrary, Effect, Schema } from "effect"

const codec = EventCodec.make(Order.Order.Event)
const throughText = Schema.decodeSync(Schema.fromJsonString(Schema.Json))

it.effect.prop(
  "an event of an order, encoded, kept as JSON text and decoded, is what it was",
  [Arbitrary.schema(OrderEvents.OrderEvent)],
  ([event]) =>
    Effect.gen(function* () {
      const recorded = (yield* codec.encode([event], "acme")).map((encoded): RecordedEvent => ({
        ...encoded,
        id: "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55",
        stream: StreamId.make("acme", "order", "o-1"),
        version: 1,
        position: 1,
        recordedAt: encoded.occurredAt,
        data: throughText(JSON.stringify(encoded.data)),
        metadata: {}
      }))
      assert.deepStrictEqual(yield* codec.decode(recorded), [event])
    }).pipe(Effect.provide(layerMemory)),
  { arbitrary: { runs: 500 } }
)
