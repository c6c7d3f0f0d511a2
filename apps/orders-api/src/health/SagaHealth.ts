/**
 * How the sagas are, as one part of the service: degraded as soon as one is parked, because a person has to decide, and while
 * one is not driven on though it is due, because nobody can: this program does not know it, or the store refuses it.
 * Whatever waits goes on by itself, so it is never down.
 */
import { SagaRows, SagaRunner, type SagaStatistics } from "@eventfold/processes"
import { ReadModels } from "@eventfold/subscriptions"
import { DateTime, Duration, Effect, Option } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"

/** Due for longer than this, a saga is not on its way: whoever looks for those that are due does so every second. */
const longestDue = Duration.minutes(1)

/** Asks for it, for a tenant. */
export const check = Effect.fnUntraced(function* (tenant: string) {
  const [runner, models] = [yield* SagaRunner, yield* ReadModels]
  return Effect.gen(function* () {
    const before = DateTime.subtractDuration(yield* DateTime.now, longestDue)
    const overdue = Effect.provideService(SagaRows.dueBefore(tenant, before), ReadModels, models)
    // While their rows are built, or behind, nobody can count them: the health of the projections tells of that.
    const counted = yield* Effect.option(Effect.all([runner.statistics(tenant), overdue]))
    return Option.match(counted, {
      onNone: () => of(undefined),
      onSome: ([statistics, overdueNow]) => of({ ...statistics, overdue: overdueNow })
    })
  })
})

/** How many stand how; `overdue`: should have gone on by themselves, and have not. */
export interface Counted extends Pick<SagaStatistics, "parked" | "active" | "waiting"> {
  readonly overdue: number
}

/** How they are. */
export const of = (counted: Counted | undefined): Omit<ComponentHealth, "responseMillis"> => {
  if (counted === undefined) return { status: "up" }
  const { active, overdue, parked, waiting } = counted
  const details = [
    ...(parked === 0 ? [] : [`${parked} parked: a person has to decide`]),
    ...(overdue === 0 ? [] : [`${overdue} should have gone on for more than a minute: the log says why not`])
  ]
  return details.length > 0
    ? { status: "degraded", detail: details.join("; ") }
    : { status: "up", detail: `${active} at work, ${waiting} waiting` }
}
