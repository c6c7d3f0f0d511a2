/**
 * What is done when an event cannot be dealt with, as data.
 *
 * A *permanent* failure stays the same however often the event is tried: its partition is held back at once. A *transient*
 * one may pass: it is tried again with growing waits, and is held back when the retries run out. While the store does not
 * answer at all nothing can be noted, so that is waited for without end, and shows in the status.
 */
import { type Duration, Schedule } from "effect"

/** What is done when an event cannot be dealt with. */
export interface FailurePolicy {
  /** How often what may pass is tried again before the event is held back: a whole number, 0 or more. */
  readonly retries: number
  /** How long the first wait is; each one after it is twice as long. */
  readonly firstWait: Duration.Input
  /** What the waits grow to. */
  readonly longestWait: Duration.Input
}

/** Three retries, after 1, 2 and 4 seconds. */
export const standard: FailurePolicy = { retries: 3, firstWait: "1 second", longestWait: "1 minute" }

/** The waits of a policy, without an end. They vary by a fifth, so that many do not come back together. */
export const waits = ({ firstWait, longestWait }: FailurePolicy) =>
  Schedule.min([Schedule.exponential(firstWait), Schedule.spaced(longestWait)]).pipe(Schedule.jittered)
