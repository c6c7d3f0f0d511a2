/**
 * What the cache of rows counts, for health pages and metrics.
 *
 * Metrics: `eventfold_read_cache_hits_total`, `..._misses_total`, `..._evictions_total`, `..._invalidations_total` and
 * `..._failures_total`; hits and misses with the attribute `readModel`.
 */
import { Effect, Metric } from "effect"
import type { ReadCacheFailure } from "./ReadCacheStore.ts"

/** What this process has counted since it began, and whether the cache answers. */
export interface ReadCacheStatistics {
  /** Rows, or the knowledge that there is none, that came out of the cache. */
  readonly hits: number
  readonly misses: number
  /** Rows that had to go because the cache was full. */
  readonly evictions: number
  /** Rows that were taken out because they had changed. */
  readonly invalidations: number
  /** How often all rows of a read model were taken out, because it was not known which had changed. */
  readonly clears: number
  /** How often the cache did not answer, or not in time. */
  readonly failures: number
  /** What it failed with last; undefined when it answers. */
  readonly problem: string | undefined
}

const counter = (name: string, description: string) =>
  Metric.counter(`eventfold_read_cache_${name}_total`, { description, incremental: true })

const metrics = {
  hits: counter("hits", "Reads of single rows that the cache answered"),
  misses: counter("misses", "Reads of single rows that the cache could not answer"),
  evictions: counter("evictions", "Rows that had to leave the cache because it was full"),
  invalidations: counter("invalidations", "Rows that left the cache because they had changed"),
  clears: counter("clears", "How often all cached rows of a read model were dropped"),
  failures: counter("failures", "How often the cache of rows did not answer")
}

/** Counts. */
export interface ReadCacheCounts {
  readonly add: (what: keyof typeof metrics, by?: number, readModel?: string) => Effect.Effect<void>
  readonly failed: (failure: ReadCacheFailure) => Effect.Effect<void>
  /** The cache answers. */
  readonly answered: () => void
  readonly statistics: Effect.Effect<ReadCacheStatistics>
}

/** Counts from 0. */
export const make = (): ReadCacheCounts => {
  const counts = { hits: 0, misses: 0, evictions: 0, invalidations: 0, clears: 0, failures: 0 }
  let problem: string | undefined
  const add = (what: keyof typeof metrics, by = 1, readModel?: string) =>
    Effect.suspend(() => {
      if (by === 0) return Effect.void
      counts[what] += by
      return Metric.update(
        readModel === undefined ? metrics[what] : Metric.withAttributes(metrics[what], { readModel }),
        by
      )
    })
  return {
    add,
    failed: (failure) =>
      Effect.suspend(() => {
        const isNews = problem === undefined
        problem = failure.message
        const warning = Effect.logWarning("rows are read without the cache until it answers again", failure.message)
        return Effect.andThen(isNews ? warning : Effect.void, add("failures"))
      }),
    answered: () => {
      problem = undefined
    },
    statistics: Effect.sync(() => ({ ...counts, problem }))
  }
}
