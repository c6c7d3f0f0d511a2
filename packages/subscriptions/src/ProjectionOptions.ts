/** How a projection is run, as data, and the ranges its parts are held to. */
import { Projection } from "@eventfold/decider"
import type { LogFilter } from "@eventfold/event-store"
import type { Schedule } from "effect"
import type { Schema } from "effect"
import { type FailurePolicy, standard } from "./FailurePolicy.ts"
import type { Pace } from "./Pace.ts"

/** How a projection is run. */
export interface ProjectionOptions {
  /**
   * `async`: it follows the log. `inline`: in the transaction of the append. `live`: folded when it is asked for.
   * Default: `async`.
   */
  readonly mode?: "async" | "inline" | "live"
  /** The most events in one transaction at the end of the log. Default: 50. */
  readonly batchSize?: number
  /** The same while there is much to catch up with. Default: 4,096. */
  readonly catchUpBatchSize?: number
  /** The most events in one transaction while rows are built anew beside those of a program at work. Default: 256. */
  readonly rebuildBatchSize?: number
  /**
   * How much of its time such a rebuild works, in per cent: in the rest of it, others do. 1 to 100. Default: 50. The first
   * rows of a projection are built without rests.
   */
  readonly rebuildShare?: number
  /** How often the log is looked at while nothing happens. Default: that of subscriptions, at most every second. */
  readonly pollEvery?: Partial<Pace>
  /** Events of these tenants' or categories' streams only, besides the names the projection declares. Default: all. */
  readonly filter?: Pick<LogFilter, "tenant" | "categories">
  /** Events with a greater position only. Default: 0, from the beginning. */
  readonly startAfter?: number
  /**
   * Into how many parts its partitions are divided, each for one process at a time: 1 to 64. Default: 1. With several, no
   * two partitions may share a row that is upserted: slices work at the same time, and would overwrite each other.
   */
  readonly slices?: number
  /** What is done when an event cannot be dealt with. Default: `FailurePolicy.standard`. */
  readonly failure?: FailurePolicy
  /**
   * When to catch up with the log, such as `Schedule.cron("0 3 * * *")`: it rests in between. What is being built does not
   * wait for it. Default: always.
   */
  readonly schedule?: Schedule.Schedule<unknown>
  /** What to do when its fingerprint is another than that of its rows. Default: `rebuild`. */
  readonly onChange?: "rebuild" | "wait"
}

/** Options with the defaults put in. */
export type CompleteOptions = Required<Omit<ProjectionOptions, "pollEvery" | "filter" | "schedule">> & {
  readonly [Open in "pollEvery" | "filter" | "schedule"]: ProjectionOptions[Open] | undefined
}

/**
 * Puts the defaults in.
 *
 * @throws ProjectionNotUsable when a number is out of its range: it names the option and the rule.
 */
export const complete = (projection: string, options: ProjectionOptions): CompleteOptions => {
  const { filter, pollEvery, schedule, ...others } = options
  const completed = { ...defaults, ...others }
  const wrong = ranges.find(([field, least, most]) => !isWithin(completed[field], least, most))
  if (wrong !== undefined) {
    const [field, least, most] = wrong
    throw new Projection.ProjectionNotUsable({
      projection,
      field,
      rule: `must be a whole number from ${least} to ${most}`
    })
  }
  if (!isWithin(completed.failure.retries, 0, 1000)) {
    const rule = "must be a whole number from 0 to 1000"
    throw new Projection.ProjectionNotUsable({ projection, field: "failure.retries", rule })
  }
  return { ...completed, pollEvery, filter, schedule }
}

/**
 * What of the options decides which rows are made. Rows written inline have no checkpoint: those of one mode cannot be
 * taken over by the other.
 */
export const fingerprint = ({ filter, mode, slices, startAfter }: CompleteOptions): Schema.Json => ({
  slices,
  inline: mode === "inline",
  startAfter,
  tenant: filter?.tenant ?? null,
  categories: filter?.categories?.toSorted() ?? null
})

const defaults: Required<Omit<ProjectionOptions, "pollEvery" | "filter" | "schedule">> = {
  mode: "async",
  batchSize: 50,
  catchUpBatchSize: 4096,
  rebuildBatchSize: 256,
  rebuildShare: 50,
  startAfter: 0,
  slices: 1,
  failure: standard,
  onChange: "rebuild"
}

const ranges = [
  ["batchSize", 1, 10_000],
  ["catchUpBatchSize", 1, 10_000],
  ["rebuildBatchSize", 1, 10_000],
  ["rebuildShare", 1, 100],
  ["startAfter", 0, Number.MAX_SAFE_INTEGER],
  ["slices", 1, 64]
] as const

const isWithin = (value: number, least: number, most: number) =>
  Number.isSafeInteger(value) && value >= least && value <= most
