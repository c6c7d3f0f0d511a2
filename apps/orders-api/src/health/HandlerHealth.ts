/**
 * How the event handlers are, those of process managers among them, as one part of the service.
 *
 * It is degraded as soon as something of them needs a person, or they are behind for long: an event that was held back, a
 * handler that was stopped or cannot go on. Whatever they do goes on once that is mended, so it is never down.
 */
import { ProcessManagerRunner } from "@eventfold/processes"
import { HandlerRunner, type HandlerStatus } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { Followers } from "../Followers.ts"
import type { ComponentHealth } from "../http/HealthApi.ts"
import { behindOf, heldOf, stoppedOf } from "./ConsumerHealth.ts"

/** Behind by more than this something stands still: a command may take half a minute, and be tried again. */
export const longestLagMillis = 60_000

/** Asks for it. */
export const check = Effect.gen(function* () {
  const runners = [yield* HandlerRunner, yield* Followers, yield* ProcessManagerRunner]
  return Effect.map(
    Effect.forEach(runners, ({ statuses }) => statuses, { concurrency: "unbounded" }),
    (statuses) => of(statuses.flat())
  )
})

/** How they are; by name what is wrong. */
export const of = (statuses: ReadonlyArray<HandlerStatus>): Omit<ComponentHealth, "responseMillis"> => {
  const details = statuses.flatMap((status) => {
    const words = wordsOf(status)
    return words.length === 0 ? [] : [`${status.handler}: ${words.join(", ")}`]
  })
  return {
    status: details.length > 0 ? "degraded" : "up",
    pendingEvents: Math.max(0, ...statuses.map(({ lag }) => lag?.count ?? 0)),
    lagMillis: Math.max(0, ...statuses.map(({ lagMillis }) => lagMillis)),
    ...(details.length === 0 ? {} : { detail: details.join("; ") })
  }
}

const wordsOf = (status: HandlerStatus) => [
  ...(status.problem === undefined ? [] : [status.problem]),
  ...heldOf(status),
  ...stoppedOf(status),
  ...behindOf(status, longestLagMillis)
]
