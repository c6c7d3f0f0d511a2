/**
 * The endpoints for events that could not be dealt with: list and inspect them, replay or discard them.
 *
 * A letter is named by its consumer and the position of its event in the log.
 */
import { StreamId } from "@eventfold/event-store"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { IdCursor } from "./IdCursor.ts"
import { pageSize } from "./PageSize.ts"
import * as Problems from "./Problems.ts"
import { UnknownConsumer, UnknownDeadLetter } from "./ProjectionProblems.ts"
import { Actor, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"
import { wholeNumber } from "./WholeNumber.ts"

/** An event that could not be dealt with, or waits behind one. */
export const DeadLetterEntry = Schema.Struct({
  consumer: Schema.String,
  /** The position of its event in the log. */
  position: Schema.Int,
  tenant: Schema.String,
  /** What is held back together. */
  partition: Schema.String,
  state: Schema.Literals(["failed", "waiting", "discarded"]),
  stream: StreamId.StreamId,
  version: Schema.Int,
  eventId: Schema.String,
  eventType: Schema.String,
  /** Why it failed; absent for one that waits. */
  failure: Schema.optionalKey(
    Schema.Struct({
      kind: Schema.Literals(["permanent", "transient"]),
      name: Schema.String,
      message: Schema.String,
      stack: Schema.String
    })
  ),
  /** How often it was given up; each time after the retries there are. */
  attempts: Schema.Int,
  notedAt: Schema.DateTimeUtc,
  triedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Who said that it is not to be dealt with, and why. */
  discarded: Schema.optionalKey(Schema.Struct({ by: Schema.String, reason: Schema.String, at: Schema.DateTimeUtc }))
}).annotate({ identifier: "DeadLetter" })

/** A letter with the data of its event. */
export const InspectedDeadLetter = Schema.Struct({
  ...DeadLetterEntry.fields,
  /** What the event holds, personal values in clear or redacted; absent when it is not in the log any more. */
  data: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "InspectedDeadLetter", description: "An event that could not be dealt with" })

/** A page of letters, by the positions of their events. */
export const DeadLettersPage = Schema.Struct({
  deadLetters: Schema.Array(DeadLetterEntry),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(IdCursor)
}).annotate({ identifier: "DeadLettersPage", description: "A page of dead letters" })

/** What a replay has done. */
export const ReplayReport = Schema.Struct({
  /** How many events have been dealt with. */
  replayed: Schema.Int,
  partitions: Schema.Array(
    Schema.Struct({
      tenant: Schema.String,
      partition: Schema.String,
      replayed: Schema.Int,
      /** Why it stopped before its end, and at which position. */
      stopped: Schema.optionalKey(Schema.Struct({ because: Schema.String, position: Schema.Int }))
    })
  ),
  /** Whether more partitions are held than are replayed at a time. */
  more: Schema.Boolean
}).annotate({ identifier: "ReplayReport", description: "What a replay has done" })

const text = { message: "must be text of 1 to 500 characters" }

/** Why somebody does it; it is kept in the audit. */
export const BecauseBody = Schema.Struct({
  reason: Schema.String.annotate(text).check(Schema.isMinLength(1, text), Schema.isMaxLength(500, text))
}).annotate({ identifier: "Because" })

const letter = {
  consumer: Schema.String.check(Schema.isMaxLength(128)),
  position: wholeNumber({ message: "must be a position of the log, from 1" }, 1, Number.MAX_SAFE_INTEGER)
}
const acting = {
  headers: Schema.Struct({ ...QueryHeaders.fields, "x-actor": Schema.optionalKey(Actor) }),
  payload: BecauseBody,
  success: ReplayReport
}
const body = [Problems.BodyTooLarge, Problems.UnsupportedMediaType] as const

/** The endpoints for events that could not be dealt with. */
export class DeadLettersApi extends HttpApiGroup.make("deadLetters")
  .add(
    HttpApiEndpoint.get("list", "/dead-letters", {
      query: {
        consumer: Schema.optionalKey(Schema.String),
        partition: Schema.optionalKey(Schema.String),
        state: Schema.optionalKey(Schema.Literals(["failed", "waiting", "discarded"])),
        limit: pageSize(100, 20),
        cursor: Schema.optionalKey(IdCursor)
      },
      headers: QueryHeaders,
      success: DeadLettersPage
    }).annotateMerge(about("Events that could not be dealt with", "And those that wait behind them, in order.")),
    HttpApiEndpoint.get("get", "/dead-letters/:consumer/:position", {
      params: letter,
      headers: QueryHeaders,
      success: InspectedDeadLetter,
      error: UnknownDeadLetter
    }).annotateMerge(about("One of them, with its event, the error and where it came from")),
    HttpApiEndpoint.post("replay", "/dead-letters/:consumer/:position/replay", {
      params: letter,
      ...acting,
      error: [UnknownDeadLetter, UnknownConsumer, ...body]
    }).annotateMerge(
      about("Deal with its partition again", "In order, as far as it works; when what was wrong has been mended.")
    ),
    HttpApiEndpoint.post("discard", "/dead-letters/:consumer/:position/discard", {
      params: letter,
      ...acting,
      error: [UnknownDeadLetter, UnknownConsumer, ...body]
    }).annotateMerge(
      about("Say that its event is not to be dealt with", "It stays listed as discarded; what waits behind it goes on.")
    ),
    HttpApiEndpoint.post("replayAll", "/dead-letters/:consumer/replay", {
      params: { consumer: letter.consumer },
      ...acting,
      error: [UnknownConsumer, ...body]
    }).annotateMerge(about("Deal with all held partitions of a consumer again"))
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Dead letters" })) {}
