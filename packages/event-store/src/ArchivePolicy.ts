/**
 * Which streams move to the archive, as a value: of which category, closed by which events, for how long.
 *
 * A stream is closed when its last event is one of those that end it. The time counts from when the store took that event
 * (`recordedAt`), not from when it happened in the business: imported history has been here for a day, however old it is.
 */
import { Duration, Result, Schema } from "effect"
import * as StreamId from "./StreamId.ts"

/** Which streams move to the archive. */
export interface ArchivePolicy {
  /** The category of the streams. */
  readonly category: string
  /** The names of the events that end a stream: only one whose last event is among them is closed. */
  readonly closedBy: ReadonlyArray<string>
  /** How long a stream must have been closed. */
  readonly closedFor: Duration.Duration
}

/** How long books must be kept at hand in many places: 7 years of 365.25 days. The default. */
export const sevenYears: Duration.Duration = Duration.hours(7 * 365.25 * 24)

/** For streams that nobody asks for after a quarter: 90 days. */
export const ninetyDays: Duration.Duration = Duration.days(90)

/** A policy that cannot be meant. `field` names the part, `rule` what must hold. */
export class InvalidArchivePolicy extends Schema.TaggedError<InvalidArchivePolicy>()("InvalidArchivePolicy", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the archive policy is not valid: ${this.field} ${this.rule}`
  }
}

/** A policy; streams must have been closed for seven years unless `closedFor` says otherwise. Throws what {@link check} finds. */
export const make = (parts: {
  readonly category: string
  readonly closedBy: ReadonlyArray<string>
  readonly closedFor?: Duration.Input
}): ArchivePolicy =>
  Result.getOrThrow(check({ ...parts, closedFor: Duration.fromInputUnsafe(parts.closedFor ?? sevenYears) }))

/** The policy itself, or the part of it that breaks a rule. */
export const check = (policy: ArchivePolicy): Result.Result<ArchivePolicy, InvalidArchivePolicy> => {
  const invalid = (field: string, rule: string) => Result.fail(new InvalidArchivePolicy({ field, rule }))
  if (!isCategory(policy.category)) return invalid("category", "must be the category of a stream")
  if (policy.closedBy.length === 0) return invalid("closedBy", "must name at least one event")
  // Without an end there would be no instant before which a stream must have been closed.
  return Duration.isFinite(policy.closedFor) && Duration.toMillis(policy.closedFor) >= 0
    ? Result.succeed(policy)
    : invalid("closedFor", "must be a finite time that is not negative")
}

const isCategory = Schema.is(StreamId.Category)
