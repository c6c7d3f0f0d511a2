/**
 * What a subscriber can say of itself, for health pages and metrics.
 *
 * Metrics, with the attributes `subscriber` and `topic`: `eventfold_subscriber_messages_total`, which also has the `outcome`
 * (handled, duplicate, passed-over, put-back, given-up), and `eventfold_subscriber_lag_seconds`, measured every 15 seconds and whenever somebody asks.
 */
import { Clock, DateTime, Effect, Metric } from "effect"
import type { GroupState } from "./MessageBroker.ts"

/** How many messages ended how, in this process since it started. */
export interface SubscriberCounts {
  readonly handled: number
  readonly duplicate: number
  readonly "passed-over": number
  readonly "put-back": number
  readonly "given-up": number
}

/** A message that could not be handled, as it was told last. */
export interface SubscriberFailure {
  readonly at: DateTime.Utc
  readonly position: number
  readonly type: string
  /** Nothing personal. */
  readonly reason: string
  /** Whether it comes again. */
  readonly again: boolean
}

/** How a subscriber does with a topic. */
export interface TopicStatus {
  readonly topic: string
  /**
   * `starting`: its group is not made yet; `live`: nothing waits; `catching-up`: something does; `retrying`: the broker or the
   * store does not answer, and it tries again.
   */
  readonly state: "starting" | "live" | "catching-up" | "retrying"
  /** Messages it has not done with, dead letters aside; undefined when the broker does not answer. */
  readonly lag: number | undefined
  /** For how long the oldest of them has been published, in milliseconds. */
  readonly lagMillis: number | undefined
  /** Messages that are held by any process. */
  readonly inFlight: number | undefined
  readonly dead: number | undefined
  readonly counts: SubscriberCounts
  readonly lastFailure: SubscriberFailure | undefined
  /** Why the broker or the store cannot be worked with, as long as that is so. */
  readonly problem: string | undefined
}

/** How a subscriber is doing. */
export interface SubscriberStatus {
  readonly subscriber: string
  readonly topics: ReadonlyArray<TopicStatus>
}

const messages = Metric.counter("eventfold_subscriber_messages_total", {
  description: "Messages a subscriber has done with or put back",
  incremental: true
})
const lag = Metric.gauge("eventfold_subscriber_lag_seconds", {
  description: "For how long there has been a message that a subscriber has not done with"
})

/** Notes what happens to a subscriber at a topic. */
export interface SubscriberRecorder {
  readonly count: (outcome: keyof SubscriberCounts) => Effect.Effect<void>
  readonly failed: (failure: Omit<SubscriberFailure, "at">) => Effect.Effect<void>
  /** It works with the broker and the store again. Answers whether it did not before. */
  readonly well: () => boolean
  /** Answers whether it was well before. */
  readonly trouble: (problem: string) => boolean
  readonly statusOf: (group: GroupState | undefined, problem: string | undefined) => Effect.Effect<TopicStatus>
}

/** A recorder of a subscriber at a topic. */
export const make = (subscriber: string, topic: string): SubscriberRecorder => {
  const attributes = { subscriber, topic }
  let counts: SubscriberCounts = { handled: 0, duplicate: 0, "passed-over": 0, "put-back": 0, "given-up": 0 }
  let lastFailure: SubscriberFailure | undefined
  let problem: string | undefined
  let started = false
  return {
    count: (outcome) =>
      Effect.suspend(() => {
        counts = { ...counts, [outcome]: counts[outcome] + 1 }
        return Metric.update(Metric.withAttributes(messages, { ...attributes, outcome }), 1)
      }),
    failed: (failure) =>
      Effect.map(DateTime.now, (at) => {
        lastFailure = { ...failure, at }
      }),
    well: () => {
      const before = problem !== undefined
      ;[problem, started] = [undefined, true]
      return before
    },
    trouble: (what) => {
      const before = problem === undefined
      problem = what
      return before
    },
    statusOf: Effect.fnUntraced(function* (group, unanswered) {
      const now = yield* Clock.currentTimeMillis
      const wrong = problem ?? unanswered
      const waiting = group === undefined ? undefined : group.end - group.position + group.waiting + group.inFlight
      const lagMillis =
        group === undefined
          ? undefined
          : group.oldest === undefined
            ? 0
            : Math.max(0, now - group.oldest.epochMilliseconds)
      if (lagMillis !== undefined) yield* Metric.update(Metric.withAttributes(lag, attributes), lagMillis / 1000)
      return {
        topic,
        state: wrong !== undefined ? "retrying" : !started ? "starting" : waiting === 0 ? "live" : "catching-up",
        lag: waiting,
        lagMillis,
        inFlight: group?.inFlight,
        dead: group?.dead,
        counts,
        lastFailure,
        problem: wrong
      }
    })
  }
}
