/**
 * How the circuit breakers are, as one part of the service: degraded while one is not closed, because what lies behind it is
 * left alone. Whatever needs it waits and goes on by itself, so it is never down.
 */
import { Breakers, type BreakerState } from "@eventfold/processes"
import { DateTime, Effect } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"

/** Asks for it. */
export const check = Effect.map(Breakers, (breakers) =>
  Effect.zipWith(breakers.states, DateTime.now, (states, now) => of(states, now))
)

/** How they are at a time; by name, which are not closed, since when, and when a call is let through. */
export const of = (states: ReadonlyArray<BreakerState>, now: DateTime.Utc): Omit<ComponentHealth, "responseMillis"> => {
  const breakers = states.map(({ breaker, retryAfter, since, state }) => {
    const nextProbe = DateTime.addDuration(now, retryAfter)
    return { breaker, state, ...(since === undefined ? {} : { since }), ...(state === "closed" ? {} : { nextProbe }) }
  })
  const details = states.flatMap(({ breaker, retryAfter, since, state }) => {
    if (state === "closed") return []
    const began = since === undefined ? "" : ` since ${DateTime.formatIso(since)}`
    const next = DateTime.formatIso(DateTime.addDuration(now, retryAfter))
    return [`${breaker} is left alone${began}: the next call after ${next} finds out whether it is back`]
  })
  return details.length > 0 ? { status: "degraded", detail: details.join("; "), breakers } : { status: "up", breakers }
}
