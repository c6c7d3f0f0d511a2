/**
 * The place in the list of timers at which a page begins, as text that clients hand back and do not look into.
 *
 * Like `Cursor`, it names the last timer of the page before, so it stays right while others start and fire, and grants
 * nothing: the tenant is that of the service.
 */
import { plainText } from "@eventfold/event-store/PlainText"
import { Schema } from "effect"
import * as PlaceCursor from "./PlaceCursor.ts"
import { PointInTime } from "./PointInTime.ts"

/** The schema of a cursor: base64url text outside, the due time and the names of a timer inside. */
export const TimerCursor = PlaceCursor.make(
  Schema.Struct({
    dueAt: PointInTime,
    manager: plainText({ what: "a name", max: 40 }),
    process: plainText({ what: "a name", max: 255 }),
    timer: plainText({ what: "a name", max: 128 })
  }),
  4096
)
