/**
 * Work that removes what is old, a bounded part with each call, at intervals.
 *
 * Guarantees: it goes on whatever a call comes to, be it a failure, a defect or no answer within {@link patience}; what is left
 * is done the next time, and after trouble within a minute. How it goes can be asked for, so that cleaning that has ended or never
 * gets done is seen.
 */
import { inTime } from "@eventfold/subscriptions/InTime"
import { Cause, Clock, DateTime, Duration, Effect, Schedule, type Scope } from "effect"
import { troubleOf } from "./Reason.ts"

/** How cleaning goes. */
export interface CleaningStatus {
  /** What is cleaned: a topic, or `the inbox`. */
  readonly what: string
  /** How much was removed since it began. */
  readonly removed: number
  /** When it was last done with it; undefined when it never was. */
  readonly doneAt: DateTime.Utc | undefined
  /** For how long it should have been done again, in milliseconds: 0 when it is not due. */
  readonly lateMillis: number
  /** Why it was not done the last time. */
  readonly problem: string | undefined
}

/** What is cleaned, and how. */
export interface CleaningParts<E> {
  readonly what: string
  /** Removes a bounded part of what is old; answers how much that was, and whether there may be more. */
  readonly call: Effect.Effect<{ readonly removed: number; readonly more: boolean }, E>
  /** How many calls are made each time at the most. */
  readonly mostCalls: number
  readonly every: Duration.Input
  /** Told what was removed each time; by default nobody is. */
  readonly told?: (removed: number) => Effect.Effect<void>
}

/** How long one call is waited for. */
export const patience = Duration.seconds(30)

/** After trouble it is tried again at least this often. */
const soon = Duration.minutes(1)

/** Cleans once and then at intervals until the scope closes; answers how that goes. Intervals vary by a fifth. */
export const run = Effect.fnUntraced(function* <E>({
  call,
  every,
  mostCalls,
  told,
  what
}: CleaningParts<E>): Effect.fn.Return<Effect.Effect<CleaningStatus>, never, Scope.Scope> {
  const interval = Duration.fromInputUnsafe(every)
  const begun = yield* Clock.currentTimeMillis
  let removed = 0
  let doneAt: number | undefined
  let problem: string | undefined

  const sweep = Effect.gen(function* () {
    const before = removed
    for (let calls = 0; calls < mostCalls; calls += 1) {
      const answer = yield* inTime(call, patience)
      removed += answer.removed
      if (!answer.more) break
    }
    if (told !== undefined && removed > before) yield* told(removed - before)
    doneAt = yield* Clock.currentTimeMillis
    problem = undefined
  }).pipe(
    Effect.catchCause((cause) => {
      const isNews = problem === undefined
      problem = troubleOf(Cause.squash(cause))
      return isNews ? Effect.logWarning(`nothing is removed from ${what}: ${problem}`) : Effect.void
    })
  )
  const pause = Schedule.jittered(
    Schedule.addDelay(Schedule.forever, () =>
      Effect.succeed(problem === undefined ? interval : Duration.min(interval, soon))
    )
  )
  yield* Effect.forkScoped(Effect.repeat(sweep, pause))

  return Effect.map(Clock.currentTimeMillis, (now): CleaningStatus => {
    const due = (doneAt ?? begun) + (doneAt === undefined ? 0 : Duration.toMillis(interval) * 1.2)
    return {
      what,
      removed,
      doneAt: doneAt === undefined ? undefined : DateTime.makeUnsafe(doneAt),
      lateMillis: Math.max(0, Math.round(now - due)),
      problem
    }
  })
})
