/**
 * How long a customer is tried to be told who cannot be told now: a table, and what counts.
 *
 * Guarantee: a mailbox that takes nothing is tried ten times in 24 hours, and is given up with the last of them. What is no fault of
 * the mailbox (nobody takes letters from us) does not count: it is tried for as long as it lasts.
 */
import { Duration, Schema } from "effect"

/** The schema of why a customer cannot be told now. Stored, so the names never change. */
export const DelayReason = Schema.Literals([
  "busy",
  "timeout",
  "unreachable",
  "refused-us",
  "no-service",
  "unavailable"
]).annotate({ identifier: "DelayReason" })
/**
 * Why a customer cannot be told now. About the letter, or its mailbox, `busy`: later, says the server; `timeout` and `unreachable`:
 * it does not answer to this letter, though it is there. About us, `refused-us`: the server does not know us; `no-service`: it
 * takes no mail now; `unavailable`: nothing takes text messages.
 */
export type DelayReason = typeof DelayReason.Type

/** The waits before the second try and each after it: the tenth is 24 hours after the first. */
export const waits: ReadonlyArray<Duration.Duration> = [
  Duration.minutes(1),
  Duration.minutes(4),
  Duration.minutes(15),
  Duration.minutes(40),
  Duration.hours(1),
  Duration.hours(2),
  Duration.hours(4),
  Duration.hours(8),
  Duration.hours(8)
]

/** The wait after what does not count. */
export const outageWait = Duration.minutes(30)

/** Whether a try that failed so is one of the ten. */
export const counts = (reason: DelayReason): boolean =>
  reason === "busy" || reason === "timeout" || reason === "unreachable"

/** How long to wait after a try that failed so, the `counted` before it not included; undefined when it was the last. */
export const waitAfter = (reason: DelayReason, counted: number): Duration.Duration | undefined =>
  counts(reason) ? waits[counted] : outageWait
