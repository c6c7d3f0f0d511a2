/**
 * When the state of an aggregate is stored as a snapshot, as data.
 *
 * A snapshot saves folding, nothing else: under every policy, and with every snapshot deleted, commands and queries get
 * the same answers. Gotcha: a policy looks at an aggregate when it is commanded or loaded; one that rests is left alone.
 */
import { Duration } from "effect"

/** When the state of an aggregate is stored as a snapshot. */
export type SnapshotPolicy =
  | { readonly _tag: "EveryEvents"; readonly events: number }
  | { readonly _tag: "Every"; readonly period: Duration.Duration }
  | { readonly _tag: "OnDemand" }
  | { readonly _tag: "Never" }

/**
 * Whenever the version crosses a multiple of `events` (default 100). A stream shorter than that never costs anything.
 *
 * @throws RangeError unless `events` is a whole number from 1: a mistake of the program.
 */
export const everyEvents = (events = 100): SnapshotPolicy => {
  if (!Number.isSafeInteger(events) || events < 1) {
    throw new RangeError(`A snapshot policy counts a whole number of events from 1, got ${events}`)
  }
  return { _tag: "EveryEvents", events }
}

/** When the aggregate changes and its newest snapshot, or else its first event, is older than `period`. */
export const every = (period: Duration.Input): SnapshotPolicy => ({
  _tag: "Every",
  period: Duration.fromInputUnsafe(period)
})

/** Only when `CommandHandler.snapshot` is called. */
export const onDemand: SnapshotPolicy = { _tag: "OnDemand" }

/** None is stored and none is looked for. */
export const never: SnapshotPolicy = { _tag: "Never" }

/** How far an aggregate had come, and at what time, in milliseconds. */
export interface Reached {
  readonly version: number
  readonly millis: number
}

/** Whether an aggregate that has come to `now` gets a snapshot; `last` is the newest one, `undefined` for a new aggregate. */
export const isDue = (policy: SnapshotPolicy, last: Reached | undefined, now: Reached): boolean => {
  switch (policy._tag) {
    case "EveryEvents":
      return Math.floor(now.version / policy.events) > Math.floor((last?.version ?? 0) / policy.events)
    case "Every":
      if (last === undefined || now.version === last.version) return false
      return now.millis - last.millis >= Duration.toMillis(policy.period)
    case "OnDemand":
    case "Never":
      return false
  }
}
