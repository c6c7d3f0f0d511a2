/**
 * Finds the next stretch of the log for a subscription: reads while there is something, waits while there is nothing.
 *
 * Guarantees: stretches join without gap or overlap; what the store fails with is tried again as long as that can help,
 * with waits that grow to a limit; a read that is not answered in time counts as such a failure.
 */
import { type AppendSignal, EventStoreFailure, type EventStore, type LogFilter } from "@eventfold/event-store"
import { Clock, Duration, Effect, Fiber, Schedule, type Scope } from "effect"
import type { LogBatch } from "./LogBatch.ts"
import { longer, type PaceMillis } from "./Pace.ts"
import type { StatusRecorder } from "./SubscriptionStatus.ts"

/** What a subscription follows, and how. */
export interface FollowerOptions {
  readonly name: string
  readonly after: number
  readonly filter: LogFilter | undefined
  readonly batchSize: number
  readonly pace: PaceMillis
  /** The shortest time between two batches without events, in milliseconds. */
  readonly passEvery: number
  readonly readWithin: Duration.Duration
}

/** A stretch, and when the log was looked at, in milliseconds since 1970. */
export interface Found {
  readonly batch: LogBatch
  readonly looked: number
}

const backOff = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

/** Answers an effect that finds one stretch after another; reads that are given up on live in `scope`. */
export const make = (
  store: EventStore["Service"],
  signal: AppendSignal["Service"],
  options: FollowerOptions,
  recorder: StatusRecorder,
  scope: Scope.Scope
): Effect.Effect<Found, EventStoreFailure> => {
  const { batchSize, filter, name, pace, passEvery, readWithin } = options
  let [position, handed] = [options.after, options.after]
  let [looked, found] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let wait = pace.busy
  /** Waits for the first ring since the last look, when that look came to the end of the log. */
  let heard: Effect.Effect<void> | undefined

  const read = Effect.suspend(() =>
    store.readLog({ after: position, limit: batchSize, ...(filter === undefined ? {} : { filter }) })
  )

  // A connection whose other end is gone is waited for even by an interruption, so that one must not be waited for.
  const readInTime = Effect.flatMap(Effect.forkIn(read, scope, { startImmediately: true }), (reading) =>
    Effect.timeoutOrElse(Fiber.join(reading), {
      duration: readWithin,
      orElse: () => {
        reading.interruptUnsafe()
        const detail = `no answer within ${Duration.format(readWithin)}`
        return Effect.fail(
          new EventStoreFailure({ operation: "EventStore.readLog", retryable: true, detail, cause: undefined })
        )
      }
    })
  )

  const failed = Effect.fnUntraced(function* (failure: EventStoreFailure) {
    const { problem } = recorder.status(yield* Clock.currentTimeMillis)
    yield* recorder.failed(failure)
    // It is news once: it is tried again every few seconds.
    if (failure.retryable && problem === undefined) {
      yield* Effect.logWarning(`the subscription ${name} cannot read the log, and tries again: ${failure.message}`)
    }
  })

  const look = readInTime.pipe(
    Effect.tapError(failed),
    Effect.retry({ schedule: backOff, while: (failure) => failure.retryable }),
    Effect.tap(() =>
      Effect.gen(function* () {
        const { problem } = recorder.status(yield* Clock.currentTimeMillis)
        recorder.answered()
        if (problem !== undefined) yield* Effect.logInfo(`the subscription ${name} reads the log again`)
      })
    )
  )

  /** Waits for a ring, for the next look, or until a stretch without events is due. */
  const rest = Effect.fnUntraced(function* (ring: Effect.Effect<void>) {
    const due = position > handed ? found + passEvery - (yield* Clock.currentTimeMillis) : Number.POSITIVE_INFINITY
    const rung = yield* Effect.timeoutOrElse(Effect.as(ring, true), {
      duration: Math.max(1, Math.min(wait, due)),
      orElse: () => Effect.succeed(false)
    })
    wait = rung ? pace.busy : longer(pace, wait)
    const early = looked + pace.ringing - (yield* Clock.currentTimeMillis)
    if (early > 0) yield* Effect.sleep(early)
  })

  return Effect.gen(function* () {
    while (true) {
      if (heard !== undefined) yield* rest(heard)
      const ring = yield* signal.listen
      const slice = yield* look
      looked = yield* Clock.currentTimeMillis
      heard = slice.end ? ring : undefined
      if (slice.position > position) wait = pace.busy
      position = slice.position
      if (slice.events.length > 0 || (position > handed && looked - found >= passEvery)) {
        const batch = { after: handed, position, events: slice.events, end: slice.end }
        handed = position
        found = looked
        recorder.found()
        return { batch, looked }
      }
      if (slice.end) recorder.live(looked)
    }
  })
}
