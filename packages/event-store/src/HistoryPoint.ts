/**
 * Which part of a history is meant: all of it up to a point, or what lies between two dates.
 *
 * There are two times. An event was *recorded* when the store took it, by the store's clock; it *occurred* when its
 * command says it did, which can be long before. "What did we know that evening" asks for recorded time, "how was it
 * that evening, with all we know now" for occurred time.
 */
import { DateTime, Effect, Schema } from "effect"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** The two times of an event. */
export const HistoryTime = Schema.Literals(["recorded", "occurred"])
/** The two times of an event. */
export type HistoryTime = typeof HistoryTime.Type

/**
 * A point in the history of a stream.
 *
 * - `Recorded`: up to the last event that was recorded at `at` or before. The state is one the stream really had. Times
 *   grow along a stream, because events are recorded one after another; where the store's clock was put back, an event
 *   with a later time counts too when an event after it has an earlier one, for the stream had passed it by then.
 *   An append is recorded when it is made, which a long transaction makes visible later.
 * - `Occurred`: every event that occurred at `at` or before, and no other, in the order of versions. What was told late
 *   counts at the time at which it happened, so this can be a state that the stream never had. Who asks again later can
 *   get another answer.
 * - `Version`: the first `version` events; all there are when there are fewer.
 */
export const HistoryPoint = Schema.TaggedUnion({
  Recorded: { at: Schema.DateTimeUtc },
  Occurred: { at: Schema.DateTimeUtc },
  Version: { version: Schema.Natural }
})
/** A point in the history of a stream. */
export type HistoryPoint = typeof HistoryPoint.Type

/** As it was known at a date: by the time at which events were recorded. */
export const recordedBy = (at: DateTime.Utc): HistoryPoint => ({ _tag: "Recorded", at })

/** As it was at a date by what is known today: by the time at which events occurred. */
export const occurredBy = (at: DateTime.Utc): HistoryPoint => ({ _tag: "Occurred", at })

/** As it was at a date, by either time. */
export const by = (time: HistoryTime, at: DateTime.Utc): HistoryPoint =>
  time === "recorded" ? recordedBy(at) : occurredBy(at)

/** As it was after so many events. */
export const atVersion = (version: number): HistoryPoint => ({ _tag: "Version", version })

/** As it is: after all events. */
export const latest: HistoryPoint = atVersion(Number.MAX_SAFE_INTEGER)

/** The time between two dates: `from` is included, `to` is not. What is left out does not restrict. */
export interface HistoryPeriod {
  readonly from?: DateTime.Utc | undefined
  /** Not before `from`. The same as `from`: no time at all. */
  readonly to?: DateTime.Utc | undefined
  /** Which time of the events is meant. Default `recorded`. */
  readonly by?: HistoryTime | undefined
}

/** A question about the past that cannot be answered. `field` names the part, `rule` what must hold. */
export class InvalidHistoryQuery extends Schema.TaggedError<InvalidHistoryQuery>()("InvalidHistoryQuery", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.field}: ${this.rule}`
  }
}

/** Refuses a point that is none: a version must be a whole number from 0. */
export const checkPoint = (point: HistoryPoint): Effect.Effect<void, InvalidHistoryQuery> =>
  point._tag === "Version" && !(Number.isSafeInteger(point.version) && point.version >= 0)
    ? Effect.fail(new InvalidHistoryQuery({ field: "version", rule: "must be a whole number from 0" }))
    : Effect.void

/** What is wrong with a period; `undefined` when nothing is. */
export const problemOfPeriod = ({ from, to }: HistoryPeriod): InvalidHistoryQuery | undefined =>
  from !== undefined && to !== undefined && DateTime.isLessThan(to, from)
    ? new InvalidHistoryQuery({ field: "to", rule: "must not be before from" })
    : undefined

/** Whether an event lies in a period. */
export const isIn =
  ({ by: time = "recorded", from, to }: HistoryPeriod) =>
  (event: Pick<RecordedEvent, "occurredAt" | "recordedAt">): boolean => {
    const at = time === "recorded" ? event.recordedAt : event.occurredAt
    return (
      (from === undefined || DateTime.isGreaterThanOrEqualTo(at, from)) &&
      (to === undefined || DateTime.isLessThan(at, to))
    )
  }
