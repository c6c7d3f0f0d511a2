/**
 * How the sagas are, as one part of the service: degraded as soon as one is parked, because a person has to decide. Whatever
 * waits goes on by itself, so it is never down.
 */
import { SagaRunner, type SagaStatistics } from "@eventfold/processes"
import { Effect, Option } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"

/** Asks for it, for a tenant. */
export const check = Effect.fnUntraced(function* (tenant: string) {
  const runner = yield* SagaRunner
  return Effect.gen(function* () {
    // While their rows are built, or behind, nobody can count them: the health of the projections tells of that.
    const statistics = yield* Effect.option(runner.statistics(tenant))
    return of(Option.getOrUndefined(statistics))
  })
})

/** How they are. */
export const of = (
  statistics: Pick<SagaStatistics, "parked" | "active" | "waiting"> | undefined
): Omit<ComponentHealth, "responseMillis"> => {
  if (statistics !== undefined && statistics.parked > 0) {
    return { status: "degraded", detail: `${statistics.parked} parked: a person has to decide` }
  }
  return statistics === undefined
    ? { status: "up" }
    : { status: "up", detail: `${statistics.active} at work, ${statistics.waiting} waiting` }
}
