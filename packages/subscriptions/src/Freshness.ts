/**
 * Tells, beside an answer, whether the read models it came from were up to date.
 *
 * A read model is up to date when it had dealt with everything that was stored when it was asked. The store is asked for
 * that only if somebody collects it.
 */
import { Context, Effect } from "effect"

/** How fresh a read model was when it was read. */
export interface ReadFreshness {
  readonly readModel: string
  /** Whether the rows had everything in them that was stored when they were asked for. */
  readonly upToDate: boolean
  /** The rows had at least everything up to this position in them; of several reads, the first one's. */
  readonly position: number
}

/** Where freshness is noted; nowhere unless somebody collects it. */
export const Current = Context.Reference<Map<string, ReadFreshness> | undefined>("@eventfold/subscriptions/Freshness", {
  defaultValue: () => undefined
})

/**
 * Answers what an effect answers, and how fresh the read models were that it has read, by name. What has read one more
 * than once is told the oldest state it can have seen.
 */
export const collect = <A, E, R>(
  reading: Effect.Effect<A, E, R>
): Effect.Effect<readonly [A, ReadonlyArray<ReadFreshness>], E, R> =>
  Effect.suspend(() => {
    const seen = new Map<string, ReadFreshness>()
    return Effect.map(Effect.provideService(reading, Current, seen), (answer) => [
      answer,
      Array.from(seen.values()).toSorted((a, b) => (a.readModel < b.readModel ? -1 : 1))
    ])
  })

/** Notes how fresh a read model was. */
export const note = (seen: Map<string, ReadFreshness>, now: ReadFreshness): void => {
  const before = seen.get(now.readModel)
  seen.set(now.readModel, {
    readModel: now.readModel,
    upToDate: now.upToDate && before?.upToDate !== false,
    position: Math.min(now.position, before?.position ?? now.position)
  })
}
