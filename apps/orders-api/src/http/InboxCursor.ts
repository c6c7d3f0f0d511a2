/**
 * The place in the list of an inbox at which a page begins, as text that clients hand back and do not look into.
 *
 * Like `Cursor`, it names the last entry of the page before, and grants nothing: the subscriber is that of the path.
 */
import { plainText } from "@eventfold/event-store/PlainText"
import { Schema } from "effect"
import * as PlaceCursor from "./PlaceCursor.ts"
import { PointInTime } from "./PointInTime.ts"

/** The schema of a cursor: base64url text outside, the time and the names of an entry inside. */
export const InboxCursor = PlaceCursor.make(
  Schema.Struct({
    at: PointInTime,
    tenant: plainText({ what: "a tenant", max: 63 }),
    source: plainText({ what: "a source", max: 1024 }),
    id: plainText({ what: "an id", max: 256 })
  }),
  8192
)
