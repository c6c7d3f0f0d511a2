/**
 * What a subscription can say of itself, for health pages and metrics.
 *
 * Metrics, each with the attribute `subscription`: `eventfold_subscription_position`,
 * `eventfold_subscription_lag_seconds`, `eventfold_subscription_events_total` and
 * `eventfold_subscription_failures_total`.
 */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Metric } from "effect"
import type { LogBatch } from "./LogBatch.ts"

/** How a subscription is doing. */
export interface SubscriptionStatus {
  readonly name: string
  /**
   * `catching-up`: there is more in the log than it has handed over; `live`: it waits at the end of the log; `retrying`:
   * the store failed, and it tries again; `failed`: the store failed in a way that trying again cannot help.
   */
  readonly state: "catching-up" | "live" | "retrying" | "failed"
  /** Everything wanted up to here has been handed over. */
  readonly position: number
  /** For how long there has been something, or may have been, that is not handed over yet, in milliseconds; 0 when live. */
  readonly lagMillis: number
  /** How often the store has failed since it last answered. */
  readonly failures: number
  /** What the store said when it failed last; undefined when it answers. */
  readonly problem: string | undefined
}

const position = Metric.gauge("eventfold_subscription_position", {
  description: "The position in the log up to which a subscription has handed over everything"
})
const lag = Metric.gauge("eventfold_subscription_lag_seconds", {
  description: "For how long there has been something that a subscription has not handed over"
})
const events = Metric.counter("eventfold_subscription_events_total", {
  description: "Events that a subscription has handed over",
  incremental: true
})
const failures = Metric.counter("eventfold_subscription_failures_total", {
  description: "How often the event store failed a subscription",
  incremental: true
})

/** Notes what happens in one subscription. Times are milliseconds since 1970. */
export interface StatusRecorder {
  /** It has looked to the end of the log, and has nothing left to hand over. */
  readonly live: (now: number) => void
  /** It has found something, and waits until it is asked for. */
  readonly found: () => void
  /** It hands over what it found when it looked. */
  readonly handed: (batch: LogBatch, looked: number) => Effect.Effect<void>
  readonly failed: (failure: EventStoreFailure) => Effect.Effect<void>
  /** The store answers. */
  readonly answered: () => void
  readonly status: (now: number) => SubscriptionStatus
  /** Brings the gauges up to date. */
  readonly measure: (now: number) => Effect.Effect<void>
}

/** A recorder for a subscription that begins after a position, now. */
export const make = (name: string, after: number, now: number): StatusRecorder => {
  const attributes = { subscription: name }
  let [at, state, failed] = [after, "catching-up" as SubscriptionStatus["state"], 0]
  /** Everything that was stored before this has been handed over. */
  let complete = now
  let problem: string | undefined
  const status = (time: number): SubscriptionStatus => ({
    name,
    state: problem === undefined || state === "failed" ? state : "retrying",
    position: at,
    lagMillis: state === "live" && problem === undefined ? 0 : Math.max(0, time - complete),
    failures: failed,
    problem
  })
  return {
    live: (time) => {
      state = "live"
      complete = time
    },
    found: () => {
      state = "catching-up"
    },
    handed: (batch, looked) => {
      at = batch.position
      const last = batch.events.at(-1)
      if (batch.end) complete = looked
      else if (last !== undefined) complete = last.recordedAt.epochMilliseconds
      state = batch.end ? "live" : "catching-up"
      return Metric.update(Metric.withAttributes(events, attributes), batch.events.length)
    },
    failed: (failure) => {
      failed += 1
      problem = failure.message
      if (!failure.retryable) state = "failed"
      return Metric.update(Metric.withAttributes(failures, attributes), 1)
    },
    answered: () => {
      failed = 0
      problem = undefined
    },
    status,
    measure: (time) =>
      Effect.andThen(
        Metric.update(Metric.withAttributes(position, attributes), at),
        Metric.update(Metric.withAttributes(lag, attributes), status(time).lagMillis / 1000)
      )
  }
}
