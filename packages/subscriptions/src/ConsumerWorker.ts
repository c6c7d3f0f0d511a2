/**
 * Works for one slice of one consumer, for as long as it is let: competes for the lease, follows the log, deals with it.
 *
 * Guarantees: at most one process works for a slice, and one that was believed dead stores nothing. Where the owner dies,
 * another takes over when the lease is up, three seconds by default; where it ends in an orderly way, at once. With
 * `NodePlacement` it leaves its slice to another node that is to have it, between two batches. Whatever fails, it begins again by itself, with waits that grow. A stretch without wanted events moves the checkpoint too.
 *
 * Memory is bounded: one batch that is worked on, one that is prepared meanwhile, where that can be, and one that is read
 * ahead.
 */
import { EventStore, Transaction } from "@eventfold/event-store"
import { Cause, Clock, Duration, Effect, Option, Schedule, Semaphore, Stream } from "effect"
import * as Ahead from "./Ahead.ts"
import * as ConsumerBatch from "./ConsumerBatch.ts"
import { ConsumerProgress } from "./ConsumerProgress.ts"
import { Consumers } from "./Consumers.ts"
import * as ConsumerStatus from "./ConsumerStatus.ts"
import { type ConsumerWork, inSlice } from "./ConsumerWork.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { inTime } from "./InTime.ts"
import * as LeaseKeeper from "./LeaseKeeper.ts"
import type { LogBatch } from "./LogBatch.ts"
import { NodePlacement } from "./NodePlacement.ts"
import * as Nudge from "./Nudge.ts"
import { Subscriptions } from "./Subscriptions.ts"

/** How a worker competes. */
export interface WorkerOptions {
  /** One text per process that competes. */
  readonly owner: string
  /** After this time a process that is not heard of any more is replaced. */
  readonly leaseTime: Duration.Duration
  /** Comes when the end of the log has been reached for the first time. */
  readonly onEnd: Effect.Effect<void>
}

/** A worker for a slice. */
export interface ConsumerWorker {
  readonly slice: number
  readonly recorder: ConsumerStatus.WorkerRecorder
  /** Looks at once whether the consumer is stopped or started, or its lease free. */
  readonly nudge: Effect.Effect<void>
  /** Works; ends by interruption only. */
  readonly run: Effect.Effect<never>
}

/** What a rest after a step is at the most, in milliseconds: a step that had to wait says little. */
const longestRest = 1000

/** How long one read may take before it counts as failed: as long as one of a subscription. */
const readWithin = Duration.seconds(30)

/** What is dealt with in one transaction. */
interface Step {
  readonly stretch: ConsumerBatch.Stretch
  /** Whether the log ended behind it. */
  readonly end: boolean
  readonly ready?: ConsumerBatch.Ready
}

/** A stretch of the log in parts of at most `size` events. */
const stepsOf = ({ after, end, events, position }: LogBatch, size: number): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  let from = after
  for (let start = 0; start === 0 || start < events.length; start += size) {
    const part = events.slice(start, start + size)
    const last = start + size >= events.length
    const to = last ? position : (part.at(-1)?.position ?? position)
    steps.push({ stretch: { after: from, position: to, events: part }, end: end && last })
    from = to
  }
  return steps
}

const backOff = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered
)

/** Makes a worker. */
export const make = Effect.fnUntraced(function* (work: ConsumerWork, slice: number, options: WorkerOptions) {
  const [consumers, store] = [yield* Consumers, yield* EventStore]
  const services = {
    consumers,
    letters: yield* DeadLetters,
    progress: yield* ConsumerProgress,
    transaction: yield* Transaction
  }
  const subscriptions = yield* Subscriptions
  const recorder = ConsumerStatus.make(work.consumer, slice, yield* Clock.currentTimeMillis)
  const nudge = Nudge.make()
  const seat = yield* (yield* NodePlacement).join({ consumer: work.consumer, slice }, nudge)
  const { batchSize, catchUpBatchSize, pollEvery, rest = 0, schedule, slices } = work.pace
  const batches = ConsumerBatch.make(services, work, slices === 1 ? undefined : inSlice(slice, slices), recorder)
  const { filter } = work
  const third = Duration.millis(Duration.toMillis(options.leaseTime) / 3)

  const atEnd = Effect.fnUntraced(function* (position: number) {
    const first = recorder.reachedEnd() === undefined
    yield* recorder.end(position)
    if (first) yield* options.onEnd
  })

  /** Of this session: taken by each step, and by who ends it for another node, so that it never ends in the middle of one. */
  let step = Semaphore.makeUnsafe(1)

  const dealWith = Effect.fnUntraced(
    function* (lease: LeaseKeeper.KeptLease, { end, ready, stretch }: Step) {
      recorder.awake()
      yield* batches.deal(lease, stretch, ready)
      if (end) yield* atEnd(stretch.position)
    },
    (dealing) => Effect.suspend(() => step.withPermits(1)(dealing))
  )

  /** Rests for a while, so that others get their share. */
  const restAfter = Effect.fnUntraced(function* (begun: number) {
    const took = (yield* Clock.currentTimeMillis) - begun
    if (took > 0) yield* Effect.sleep(Math.min(took * rest, longestRest))
  })

  const read = (after: number, limit: number) => inTime(store.readLog({ after, limit, filter }), readWithin)

  /** Everything there is, to the end of the log as it is now. Answers where that was. */
  const catchUp = Effect.fnUntraced(function* (lease: LeaseKeeper.KeptLease, from: number) {
    let after = from
    while (true) {
      const begun = yield* Clock.currentTimeMillis
      const slice = yield* read(after, catchUpBatchSize)
      if (slice.position > after) yield* dealWith(lease, { stretch: { ...slice, after }, end: slice.end })
      after = slice.position
      if (rest > 0 && !slice.end) yield* restAfter(begun)
      if (slice.end) {
        yield* atEnd(after)
        return after
      }
    }
  })

  const follow = Effect.fnUntraced(function* (lease: LeaseKeeper.KeptLease) {
    // A log without anything new would be waited at, and never be seen to be at its end.
    const { end, events } = yield* read(lease.position, 1)
    let live = end && events.length === 0
    if (live) yield* atEnd(lease.position)
    const steps = Stream.flatMap(
      subscriptions.stream({
        name: slices === 1 ? work.consumer : `${work.consumer}/${slice}`,
        after: lease.position,
        filter,
        batchSize: catchUpBatchSize,
        ...(pollEvery === undefined ? {} : { pollEvery })
      }),
      (batch) => {
        const size = live && batch.end ? batchSize : catchUpBatchSize
        live = batch.end
        return Stream.fromIterable(stepsOf(batch, size))
      }
    )
    const dealAndRest = Effect.fnUntraced(function* (step: Step) {
      const begun = yield* Clock.currentTimeMillis
      yield* dealWith(lease, step)
      if (rest > 0 && !step.end) yield* restAfter(begun)
    })
    yield* work.ahead === true
      ? Ahead.runForEach(
          Stream.mapEffect(steps, (step) => Effect.map(batches.ready(step.stretch), (ready) => ({ ...step, ready }))),
          dealAndRest
        )
      : Stream.runForEach(steps, dealAndRest)
  })

  /** Rests, and catches up at the times of the schedule. When it has none left, it rests for good. */
  const keepTo = Effect.fnUntraced(function* (lease: LeaseKeeper.KeptLease, times: Schedule.Schedule<unknown>) {
    let at = lease.position
    const once = Effect.gen(function* () {
      at = yield* catchUp(lease, at)
      recorder.resting()
    })
    recorder.resting()
    yield* Effect.schedule(once, times)
    return yield* Effect.never
  })

  const session = (lease: LeaseKeeper.KeptLease) => {
    recorder.owns(lease.owner, lease.position)
    step = Semaphore.makeUnsafe(1)
    // The permit is not given back: the session begins no other step.
    const leaving = Effect.asVoid(Effect.andThen(seat.wanted, step.take(1)))
    return Effect.raceFirst(schedule === undefined ? follow(lease) : keepTo(lease, schedule), leaving)
  }

  const state = Effect.map(consumers.states([work.consumer]), (states) => states.find((one) => one.slice === slice))

  const compete = Effect.gen(function* () {
    if (seat.isTurn()) {
      const keeping = { owner: options.owner, timeToLive: options.leaseTime, nudge }
      const worked = yield* LeaseKeeper.work(consumers, { consumer: work.consumer, slice }, keeping, session)
      if (Option.isSome(worked)) return
    }
    const seen = seat.seen() ?? (seat.isTurn() ? yield* state : undefined)
    recorder.outside(seen ?? { owner: undefined, position: 0, stopped: false })
    // It may be free in a moment: who had it is frozen in a transaction, or its time is not quite up.
    yield* nudge.wait(seat.isTurn() && seat.seen() !== undefined ? "250 millis" : third)
  })

  const lost = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
    const error = Cause.squash(cause)
    if (error instanceof LeaseKeeper.LeaseLost) return
    yield* recorder.failed(error instanceof Error ? error.message : String(error))
    yield* Effect.logWarning(`the worker of slice ${slice} of ${work.consumer} begins again`, cause)
    return yield* Effect.fail("again" as const)
  })

  const run: Effect.Effect<never> = compete.pipe(
    Effect.catchCause(lost),
    Effect.retry(backOff),
    Effect.forever,
    Effect.catch(() => Effect.never)
  )
  return { slice, recorder, nudge: nudge.now, run } satisfies ConsumerWorker
})
