/**
 * How the projections are, as one part of the service.
 *
 * It is degraded as soon as something of them needs a person, or they are behind for long: an event that was held back, a
 * projection that was stopped or cannot go on. Their rows can still be read, so it is never down.
 */
import type { ProjectionStatus } from "@eventfold/subscriptions"
import { Predicate } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"
import { behindOf, heldOf, stoppedOf } from "./ConsumerHealth.ts"

/** Behind by more than this, read models are not what users expect any more. */
const longestLagMillis = 10_000

/** How the projections are; by name what is wrong. */
export const of = (statuses: ReadonlyArray<ProjectionStatus>): Omit<ComponentHealth, "responseMillis"> => {
  const followers = statuses.flatMap(({ current }) => (current === undefined ? [] : [current]))
  const lagMillis = Math.max(0, ...followers.map((status) => status.lagMillis))
  const pendingEvents = Math.max(0, ...followers.map(({ lag }) => lag?.count ?? 0))
  const details = statuses.map(problemOf).filter(Predicate.isNotUndefined)
  return {
    status: details.length > 0 ? "degraded" : "up",
    pendingEvents,
    lagMillis,
    ...(details.length === 0 ? {} : { detail: details.join("; ") })
  }
}

const problemOf = ({ current, problem, projection }: ProjectionStatus): string | undefined => {
  const words = [...(problem === undefined ? [] : [problem]), ...(current === undefined ? [] : wordsOf(current))]
  return words.length === 0 ? undefined : `${projection}: ${words.join(", ")}`
}

const wordsOf = (current: NonNullable<ProjectionStatus["current"]>) => [
  ...heldOf(current),
  ...stoppedOf(current),
  ...(current.generationState === "building" ? ["being built"] : []),
  ...behindOf(current, longestLagMillis)
]
