/**
 * The place in the list of timers at which a page begins, as text that clients hand back and do not look into.
 *
 * Like `Cursor`, it names the last timer of the page before, so it stays right while others start and fire, and grants
 * nothing: the tenant is that of the service.
 */
import { plainText } from "@eventfold/event-store/PlainText"
import { Result, Schema, SchemaTransformation } from "effect"
import { PointInTime } from "./PointInTime.ts"

const message = "must be the nextCursor of an earlier answer"

const Place = Schema.fromJsonString(
  Schema.Struct({
    dueAt: PointInTime,
    manager: plainText({ what: "a name", max: 40 }),
    process: plainText({ what: "a name", max: 255 }),
    timer: plainText({ what: "a name", max: 128 })
  })
)
const read = Schema.decodeResult(Place)

/** The schema of a cursor: base64url text outside, the due time and the names of a timer inside. */
export const TimerCursor = Schema.String.annotate({ message })
  .check(Schema.isPattern(/^[A-Za-z0-9_-]{4,4096}$/u, { message }))
  .pipe(
    Schema.decodeTo(Schema.StringFromBase64Url.annotate({ message }), SchemaTransformation.passthrough()),
    // Told as a whole: which part of it is wrong is nobody's business.
    Schema.decodeTo(
      Schema.String.check(Schema.makeFilter((text: string) => Result.isSuccess(read(text)), { message })),
      SchemaTransformation.passthrough()
    ),
    Schema.decodeTo(Place)
  )
