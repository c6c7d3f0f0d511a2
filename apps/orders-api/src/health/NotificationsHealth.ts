/**
 * How telling customers gets on, as one part of the service: degraded while nothing takes letters over, and as soon as something
 * that is to be told needs a person, or is behind for long. What waits is told once that is mended, so it is never down.
 *
 * Gotcha: what was sent and refused, and what takes no letters, is what this process has seen since it started; what waits is that
 * of all.
 */
import { Specification } from "@eventfold/decider"
import { Notifications } from "@eventfold/domain-notifications"
import { type HandlerStatus, ReadModels } from "@eventfold/subscriptions"
import { DateTime, Effect, Option } from "effect"
import { Followers } from "../Followers.ts"
import type { ComponentHealth } from "../http/HealthApi.ts"
import { Post, type PostStatus } from "../notifications/Post.ts"
import { name as tellerName } from "../notifications/Telling.ts"
import { Settings } from "../Settings.ts"
import { behindOf, heldOf, stoppedOf } from "./ConsumerHealth.ts"
import { longestLagMillis } from "./HandlerHealth.ts"

/** What is known of it. */
export interface Findings extends PostStatus {
  /** How many notifications wait to be told; undefined while nobody can count them. */
  readonly waiting: number | undefined
  /** How many were given up for good; undefined while nobody can count them. */
  readonly givenUp?: number | undefined
  /** Who tells them; undefined when this process does not. */
  readonly teller: HandlerStatus | undefined
}

/** Asks for it. */
export const check = Effect.gen(function* () {
  const [followers, post, models] = [yield* Followers, yield* Post, yield* ReadModels]
  const { tenant } = yield* Settings
  const untold = Specification.or(Notifications.inStatus("requested"), Notifications.inStatus("postponed"))
  const givenUp = Notifications.inStatus("given-up")
  return Effect.gen(function* () {
    const statuses = yield* followers.statuses
    // While their rows are built, or behind, nobody can count them: the health of the projections tells of that.
    const count = (which: typeof untold) =>
      Effect.map(Effect.option(models.count(Notifications.readModel, tenant, which)), Option.getOrUndefined)
    const teller = statuses.find((status) => status.handler === tellerName)
    return of({ ...(yield* post.status), waiting: yield* count(untold), givenUp: yield* count(givenUp), teller })
  })
})

/** How it gets on: figures, and what is wrong. */
export const of = ({
  givenUp = 0,
  refused,
  sent,
  teller,
  troubles,
  waiting
}: Findings): Omit<ComponentHealth, "responseMillis"> => {
  const failed = givenUp + (teller === undefined ? 0 : teller.letters.failed)
  const letters = { sent, refused, failed, ...(waiting === undefined ? {} : { waiting }) }
  const details = [
    ...troubles.map(({ problem, since, way }) => `no ${way} since ${DateTime.formatIso(since)}: ${problem}`),
    ...(teller === undefined ? [] : [...heldOf(teller), ...stoppedOf(teller), ...behindOf(teller, longestLagMillis)])
  ]
  if (details.length > 0) return { status: "degraded", detail: details.join("; "), letters }
  return teller === undefined
    ? { status: "up", detail: "this process tells nobody: NOTIFICATIONS is off", letters }
    : { status: "up", letters }
}
