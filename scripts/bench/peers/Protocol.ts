/** What the bench and the process of a peer say to each other: one question, one answer, then the next. */
import { Schema } from "effect"

/** To make the tables and prove that the peer keeps what is measured, or to run one measure. */
export const Question = Schema.Union([
  Schema.TaggedStruct("Prepare", { payload: Schema.String, item: Schema.String }),
  Schema.TaggedStruct("Measure", {
    measure: Schema.Literals(["append-1", "read-stream-1000"]),
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
