/** Messages for tests: one with every attribute, and arbitrary ones. */
import { Arbitrary, DateTime, Schema } from "effect"
import type { CloudEvent } from "../src/CloudEvent.ts"

/** An order was placed. */
export const orderPlaced: CloudEvent = {
  specversion: "1.0",
  id: "0193a0f0-0000-7000-8000-000000000001",
  source: "/contexts/ordering",
  type: "ordering.order-placed.v1",
  subject: "order-17",
  time: DateTime.makeUnsafe("2026-01-15T12:00:00.123Z"),
  datacontenttype: "application/json",
  dataschema: "https://eventfold.example/schemas/ordering.order-placed.v1.json",
  partitionkey: "order-17",
  correlationid: "request-9",
  causationid: "0193a0f0-0000-7000-8000-000000000001",
  tenantid: "acme",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  data: { orderId: "order-17", total: { currency: "EUR", minor: 12_50 }, lines: [null, true, "ä\u0000"] }
}

const Text = Schema.String.check(Schema.isPattern(/^[ -~à-ÿ€😀]{1,20}$/u))

/** Messages with all that may differ. */
export const arbitrary: Arbitrary.Arbitrary<CloudEvent> = Arbitrary.map(
  Arbitrary.schema(
    Schema.Struct({
      id: Text,
      subject: Text,
      partitionkey: Text,
      millis: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 253_402_300_799_999 })),
      extension: Text,
      data: Schema.JsonObject
    })
  ),
  ({ extension, millis, ...given }) => ({
    ...orderPlaced,
    ...given,
    // JSON has no negative zero.
    data: Schema.decodeUnknownSync(Schema.JsonObject)(JSON.parse(JSON.stringify(given.data))),
    time: DateTime.makeUnsafe(millis),
    extensions: { comment: extension }
  })
)
