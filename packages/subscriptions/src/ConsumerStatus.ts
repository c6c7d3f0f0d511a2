/**
 * What a worker can say of itself, for health pages and metrics.
 *
 * Metrics, each with the attributes `consumer` and `slice`: `eventfold_consumer_position`,
 * `eventfold_consumer_lag_seconds`, `eventfold_consumer_events_total`, `eventfold_consumer_batches_total`,
 * `eventfold_consumer_failures_total` and `eventfold_consumer_parked_total`.
 */
import { Clock, Effect, Metric } from "effect"

/**
 * How a worker is doing. `not-owner`: another process works for the slice, or nobody does yet; `catching-up`; `live`: it
 * waits at the end of the log; `waiting-for-schedule`: it rests; `stopped`: somebody has stopped the consumer;
 * `retrying`: something fails, and it tries again; `failed`: so does whatever it tries, and not for the sake of one event.
 */
export type WorkerState =
  | "not-owner"
  | "catching-up"
  | "live"
  | "waiting-for-schedule"
  | "stopped"
  | "retrying"
  | "failed"

/** What a worker says of its slice. */
export interface WorkerStatus {
  readonly consumer: string
  readonly slice: number
  readonly state: WorkerState
  /** Who works for the slice, as far as this process knows. */
  readonly owner: string | undefined
  /** Everything up to here has been dealt with, or noted as a dead letter; as this process saw it last. */
  readonly position: number
  /** For how long there has been something that is not dealt with, or may have been, in milliseconds; 0 when live. */
  readonly lagMillis: number
  /** Events and batches this worker has dealt with since it was made, and events a second in its last ten. */
  readonly events: number
  readonly batches: number
  readonly eventsPerSecond: number
  /** Events it has noted as dead letters since it was made. */
  readonly parked: number
  /** How often it has failed since it last succeeded. */
  readonly failures: number
  /** What failed last; undefined when nothing does. */
  readonly problem: string | undefined
}

const describe = {
  position: Metric.gauge("eventfold_consumer_position", {
    description: "The position in the log up to which a consumer has dealt with everything"
  }),
  lag: Metric.gauge("eventfold_consumer_lag_seconds", {
    description: "For how long there has been something that a consumer has not dealt with"
  }),
  events: Metric.counter("eventfold_consumer_events_total", {
    description: "Events that a consumer has dealt with",
    incremental: true
  }),
  batches: Metric.counter("eventfold_consumer_batches_total", {
    description: "Transactions in which a consumer has dealt with events",
    incremental: true
  }),
  failures: Metric.counter("eventfold_consumer_failures_total", {
    description: "How often a consumer had to try again",
    incremental: true
  }),
  parked: Metric.counter("eventfold_consumer_parked_total", {
    description: "Events that a consumer has noted as dead letters",
    incremental: true
  })
}

/** A batch that is committed. */
export interface DoneBatch {
  readonly position: number
  readonly events: number
  readonly parked: number
  /** When the last of its events was stored, in milliseconds since 1970. */
  readonly recordedAt: number | undefined
}

/** Notes what happens to one worker. */
export interface WorkerRecorder {
  /** Another process works for the slice, or nobody, or nobody is to. */
  readonly outside: (seen: { owner: string | undefined; position: number; stopped: boolean }) => void
  /** It has the lease. */
  readonly owns: (owner: string, position: number) => void
  readonly done: (batch: DoneBatch) => Effect.Effect<void>
  /** It has dealt with everything up to the end of the log, as that was just now. */
  readonly end: (position: number) => Effect.Effect<void>
  readonly resting: () => void
  readonly awake: () => void
  readonly failed: (problem: string, hopeless?: boolean) => Effect.Effect<void>
  /** The position at which it came to the end of the log for the first time. */
  readonly reachedEnd: () => number | undefined
  readonly status: Effect.Effect<WorkerStatus>
  /** Brings the gauges up to date. */
  readonly measure: Effect.Effect<void>
}

/** Over how long the rate is taken, in milliseconds. */
const window = 10_000

/** A recorder for the worker of a slice. `now` is in milliseconds since 1970. */
export const make = (consumer: string, slice: number, now: number): WorkerRecorder => {
  const attributes = { consumer, slice: String(slice) }
  const count = (metric: Metric.Counter<number>, by: number) =>
    by === 0 ? Effect.void : Metric.update(Metric.withAttributes(metric, attributes), by)
  let state: Exclude<WorkerState, "retrying" | "failed"> = "not-owner"
  let [owner, position, events, batches, parked] = [undefined as string | undefined, 0, 0, 0, 0]
  let [failures, problem, hopeless] = [0, undefined as string | undefined, false]
  /** Everything that was stored before this has been dealt with. */
  let complete = now
  let reached: number | undefined
  let recent: ReadonlyArray<{ readonly at: number; readonly events: number }> = []
  const well = () => {
    ;[failures, problem, hopeless] = [0, undefined, false]
  }
  const status = Effect.map(Clock.currentTimeMillis, (time): WorkerStatus => {
    const since = recent.filter(({ at }) => at > time - window)
    const ended = state === "live" && problem === undefined
    return {
      consumer,
      slice,
      state: problem === undefined ? state : hopeless ? "failed" : "retrying",
      owner,
      position,
      lagMillis: ended ? 0 : Math.max(0, time - complete),
      events,
      batches,
      eventsPerSecond: since.reduce((sum, one) => sum + one.events, 0) / (window / 1000),
      parked,
      failures,
      problem
    }
  })
  return {
    outside: (seen) => {
      ;[state, owner, position] = [seen.stopped ? "stopped" : "not-owner", seen.owner, seen.position]
      well()
    },
    owns: (by, from) => {
      ;[state, owner, position] = ["catching-up", by, from]
    },
    done: Effect.fnUntraced(function* (batch) {
      well()
      position = batch.position
      events += batch.events
      batches += 1
      parked += batch.parked
      complete = batch.recordedAt ?? complete
      const second = Math.floor((yield* Clock.currentTimeMillis) / 1000) * 1000
      const [last] = recent.slice(-1)
      // One entry a second, however many batches there are.
      recent =
        last?.at === second
          ? [...recent.slice(0, -1), { at: second, events: last.events + batch.events }]
          : [...recent.filter(({ at }) => at > second - window), { at: second, events: batch.events }]
      yield* count(describe.events, batch.events)
      yield* count(describe.batches, 1)
      yield* count(describe.parked, batch.parked)
    }),
    end: (at) =>
      Effect.map(Clock.currentTimeMillis, (time) => {
        ;[state, complete] = ["live", time]
        reached ??= at
      }),
    resting: () => (state = "waiting-for-schedule"),
    awake: () => (state = "catching-up"),
    failed: (what, isHopeless = false) => {
      failures += 1
      ;[problem, hopeless] = [what, isHopeless]
      return count(describe.failures, 1)
    },
    reachedEnd: () => reached,
    status,
    measure: Effect.flatMap(status, ({ lagMillis }) =>
      Effect.andThen(
        Metric.update(Metric.withAttributes(describe.position, attributes), position),
        Metric.update(Metric.withAttributes(describe.lag, attributes), lagMillis / 1000)
      )
    )
  }
}
