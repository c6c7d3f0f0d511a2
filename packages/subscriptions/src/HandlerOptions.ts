/** How an event handler is run, as data, and the ranges its parts are held to. */
import type { LogFilter } from "@eventfold/event-store"
import { Duration, Schema } from "effect"
import { type FailurePolicy, standard } from "./FailurePolicy.ts"
import type { Pace } from "./Pace.ts"

/** How an event handler is run. */
export interface HandlerOptions {
  /** The most events that are handled before the checkpoint moves: 1 to 2,048. Default: 50; in a transaction 10, together 100. */
  readonly batchSize?: number
  /** The same while there is much to catch up with: 1 to 2,048. Default: the batch size; of a handler that works together 1,000. */
  readonly catchUpBatchSize?: number
  /** How many partitions are handled at the same time, 1 to 256; in a transaction it is one. Default: 16; together 100. */
  readonly concurrency?: number
  /**
   * After this time a try counts as failed, and so does a compensation. Default: 30 s. In a transaction 2 s, 2.5 s at
   * the most, and 30 s for a whole batch: a store takes back a transaction that stands still or is open for too long.
   */
  readonly timeLimit?: Duration.Input
  /** What is done when an event cannot be handled. Default: `FailurePolicy.standard`. */
  readonly failure?: FailurePolicy
  /** Events of these tenants' or categories' streams only, besides the names the handler declares. Default: all. */
  readonly filter?: Pick<LogFilter, "tenant" | "categories">
  /** Events with a greater position only, when the handler is run for the first time. Default: 0, from the beginning. */
  readonly startAfter?: number
  /** How often the log is looked at while nothing happens. Default: that of subscriptions, at most every second. */
  readonly pollEvery?: Partial<Pace>
}

/** How a handler is delivered to: see `EventHandler` and `TogetherHandler`. */
export type DeliveryKind = "at-least-once" | "in-transaction" | "together"

/** Options with the defaults put in. */
export type CompleteOptions = Required<Omit<HandlerOptions, "filter" | "pollEvery">> & {
  readonly [Open in "filter" | "pollEvery"]: HandlerOptions[Open] | undefined
}

/** A handler that breaks a rule: a mistake of the program, found where it is declared. */
export class HandlerNotUsable extends Schema.TaggedError<HandlerNotUsable>()("HandlerNotUsable", {
  handler: Schema.String,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the event handler ${this.handler} cannot be used: ${this.field} ${this.rule}`
  }
}

/**
 * Puts the defaults in.
 *
 * @throws HandlerNotUsable when the name or a number breaks its rule.
 */
export const complete = (handler: string, delivery: DeliveryKind, options: HandlerOptions = {}): CompleteOptions => {
  const inTransaction = delivery === "in-transaction"
  const refuse = (field: string, rule: string) => new HandlerNotUsable({ handler, field, rule })
  if (!/^[a-z0-9_-]{1,48}$/u.test(handler)) {
    throw refuse("name", "must be 1 to 48 lower-case letters, digits, '_' or '-'")
  }
  const { filter, pollEvery, ...others } = options
  const given = { ...defaults, ...defaultsOf[delivery], ...others }
  const completed = { ...given, catchUpBatchSize: given.catchUpBatchSize ?? given.batchSize }
  const longest = inTransaction ? longestInTransaction : 86_400_000
  const timeLimit = Duration.toMillis(completed.timeLimit)
  const numbers: ReadonlyArray<readonly [field: string, value: number, least: number, most: number]> = [
    ["batchSize", completed.batchSize, 1, 2048],
    ["catchUpBatchSize", completed.catchUpBatchSize, 1, 2048],
    ["concurrency", completed.concurrency, 1, 256],
    ["startAfter", completed.startAfter, 0, Number.MAX_SAFE_INTEGER],
    ["failure.retries", completed.failure.retries, 0, 1000],
    ["timeLimit in milliseconds", timeLimit, 1, longest]
  ]
  for (const [field, value, least, most] of numbers) {
    if (Number.isSafeInteger(value) && value >= least && value <= most) continue
    throw refuse(field, `must be a whole number from ${least} to ${most}`)
  }
  const largest = completed.catchUpBatchSize > completed.batchSize ? "catchUpBatchSize" : "batchSize"
  if (inTransaction && completed[largest] * timeLimit > longestBatch) {
    throw refuse(largest, `times timeLimit must be at most ${longestBatch} milliseconds, because it is one transaction`)
  }
  return { ...completed, filter, pollEvery: pollEvery ?? (delivery === "together" ? { idle: "5 seconds" } : undefined) }
}

const defaults = {
  batchSize: 50,
  concurrency: 16,
  timeLimit: "30 seconds",
  failure: standard,
  startAfter: 0
} satisfies HandlerOptions

const defaultsOf: Readonly<Record<DeliveryKind, HandlerOptions>> = {
  "at-least-once": {},
  "in-transaction": { batchSize: 10, timeLimit: "2 seconds" },
  together: {
    batchSize: 100,
    catchUpBatchSize: 1000,
    concurrency: 100,
    // While what they are handed to is away, a look every ten seconds is no burden.
    failure: { ...standard, longestWait: "10 seconds" }
  }
}

/** In milliseconds: below `longestStandstill` of the store, and, with compensations, within `longestTransaction`. */
const [longestInTransaction, longestBatch] = [2500, 30_000]
