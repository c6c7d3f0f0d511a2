/**
 * How the sagas are, as one part of the service: degraded as soon as one is parked, because a person has to decide, or what
 * one needs is left alone because it failed several times in a row. Whatever waits goes on by itself, so it is never down.
 */
import { Breakers, SagaRunner, type BreakerState, type SagaStatistics } from "@eventfold/processes"
import { Effect, Option } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"

/** Asks for it, for a tenant. */
export const check = Effect.fnUntraced(function* (tenant: string) {
  const [runner, breakers] = [yield* SagaRunner, yield* Breakers]
  return Effect.gen(function* () {
    const states = yield* breakers.states
    // While their rows are built, or behind, nobody can count them: the health of the projections tells of that.
    const statistics = yield* Effect.option(runner.statistics(tenant))
    return of(Option.getOrUndefined(statistics), states)
  })
})

/** How they are. */
export const of = (
  statistics: Pick<SagaStatistics, "parked" | "active" | "waiting"> | undefined,
  breakers: ReadonlyArray<BreakerState>
): Omit<ComponentHealth, "responseMillis"> => {
  const problems = [
    ...(statistics === undefined || statistics.parked === 0
      ? []
      : [`${statistics.parked} parked: a person has to decide`]),
    ...breakers.flatMap(({ breaker, state }) => (state === "closed" ? [] : [`${breaker} is left alone for now`]))
  ]
  if (problems.length > 0) return { status: "degraded", detail: problems.join("; ") }
  return statistics === undefined
    ? { status: "up" }
    : { status: "up", detail: `${statistics.active} at work, ${statistics.waiting} waiting` }
}
