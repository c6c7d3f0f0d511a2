/** What the bench and the process of a peer say to each other: one question, one answer, then the next. */
import { Schema } from "effect"

/** The JSON that eventfold stores as well: of the event that is appended, of those of the stream that is read, of an order. */
export const Payloads = Schema.Struct({
  payload: Schema.String,
  item: Schema.String,
  /** The events of one order, in the appends in which they come. */
  order: Schema.Array(Schema.Array(Schema.Struct({ type: Schema.String, data: Schema.String })))
})
/** @see {@link Payloads} */
export type Payloads = typeof Payloads.Type

/** To make the tables and prove that the peer keeps what is measured, or to run one measure. */
export const Question = Schema.Union([
  Schema.TaggedStruct("Prepare", Payloads.fields),
  Schema.TaggedStruct("Measure", {
    measure: Schema.Literals(["append-1", "read-stream-1000", "catch-up-order-list", "saga-4-steps", "outbox-relay"]),
    callers: Schema.Int,
    seconds: Schema.Finite
  })
])
/** @see {@link Question} */
export type Question = typeof Question.Type

/** Times are in milliseconds; `reason` is for the person who runs the bench. */
export const Answer = Schema.Union([
  Schema.TaggedStruct("Prepared", {}),
  Schema.TaggedStruct("Measured", { perSecond: Schema.Finite, p50ms: Schema.Finite, p99ms: Schema.Finite }),
  Schema.TaggedStruct("Failed", { reason: Schema.String })
])
/** @see {@link Answer} */
export type Answer = typeof Answer.Type
