/**
 * Makes one call to the database out of the appends that are waiting, so that they share one sync to disk.
 *
 * Guarantees: each caller gets the answer to its own append; a lone caller waits for nobody; appends to one stream that
 * wait together are decided in the order in which they came; what waits is bounded, and whoever comes when the queue is
 * full waits in front of it; an append that makes a whole call fail is tried alone, and so are its neighbours, which then
 * succeed; a call that takes long, because of a lock for instance, does not keep the others waiting, and appends to one
 * stream that are tried alone take one connection at a time (`AppendLanes.ts`). A caller that is interrupted while it
 * waits takes its append back; one that is interrupted while its call is under way does not: the append may have been
 * stored, and its event ids make a retry safe. Closing the scope lets the calls under way end.
 *
 * Gotchas: a call under way when the process dies may or may not have been stored, as ever. Two calls at the same moment
 * may hold appends to one stream, and either may be first. A lone caller makes its call itself: it is interrupted when
 * the call has ended, which the time limits of the connection see to.
 */
import {
  type Appended,
  type AppendError,
  EventStoreFailure,
  type PreparedAppend,
  StreamId
} from "@eventfold/event-store"
import { Cause, Clock, Effect, Exit, FiberSet, Option, type Scope } from "effect"
import type { AppendCalls, AppendExit } from "./AppendCalls.ts"
import * as AppendLanes from "./AppendLanes.ts"
import * as AppendQueue from "./AppendQueue.ts"

/** How much is put together. */
export interface CoalescerOptions {
  /**
   * Calls under way at the most. Default 4. While the database works on one, another is made ready: the two share what
   * there is; more than two only when there is enough for full ones.
   */
  readonly workers?: number | undefined
  /** Events in one call at the most, unless one append holds more. Default 64. */
  readonly maxEvents?: number | undefined
  /** Characters of event data in one call, about. Default 1,048,576. */
  readonly maxSize?: number | undefined
  /** Appends that wait at the most; whoever comes then waits for a place. Default 4,096. */
  readonly capacity?: number | undefined
}

interface Waiting extends AppendQueue.Waiting {
  readonly resume: (answer: Effect.Effect<Appended, AppendError>) => void
  /** Whether a call with it takes several round trips. */
  readonly long: boolean
  /** Its caller was interrupted: as long as it is not stored, nobody wants it. */
  gone: boolean
}

/** How many waiting events are worth a second call beside the one under way: below, one for all is faster than two. */
const worthSecondCall = 16

/** For how long calls may be under way before those that wait get one more, in milliseconds. */
const patience = 25

/** How many calls there may be beside the usual ones because those take long. */
const maxSlowCalls = 16

/** Starts the workers. The effect appends through them. */
export const make = Effect.fnUntraced(function* (
  calls: AppendCalls,
  { capacity = 4096, maxEvents = 64, maxSize = 1024 * 1024, workers = 4 }: CoalescerOptions = {}
): Effect.fn.Return<(append: PreparedAppend) => Effect.Effect<Appended, AppendError>, never, Scope.Scope> {
  const queue = AppendQueue.make<Waiting>(capacity)
  /** Events in the calls of the workers. */
  let underWay = 0
  /** Fibers that make calls, and how many appends the last call held. */
  let calling = 0
  let together = 0
  let closed = false
  let onIdle: (() => void) | undefined
  /** How many events are worth a call beside another one. */
  const worth = () => (queue.first()?.long === true ? maxEvents : worthSecondCall)
  const start = () => {
    calling += 1
    run(worker)
  }
  const wake = () => {
    // The first call takes what comes; another one only helps when there is enough for it.
    if (closed || queue.events() === 0) return
    if (calling < workers && queue.events() >= ([1, worth()][calling] ?? maxEvents)) start()
    else if (!watched) {
      watched = true
      run(watch)
    }
  }
  const ended = (leave?: () => void) => {
    leave?.()
    calling -= 1
    wake()
    if (calling === 0) onIdle?.()
  }

  /** As long as something waits: when no call has begun for a while, those under way take long, and one more is made. */
  let [watched, begun] = [false, 0]
  const watch = Effect.whileLoop({
    // No watch any more from the moment it is told to end: whoever comes then starts another.
    while: () => (watched = queue.length() > 0),
    body: () => {
      const before = begun
      return Effect.map(Effect.sleep(patience), () => {
        if (begun === before && queue.length() > 0 && calling < workers + maxSlowCalls && !closed) start()
      })
    },
    step: () => {}
  }).pipe(Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()))

  /**
   * Half of what there is, so that two calls take turns: the database works on one while this process answers the other
   * and makes it ready again. No less than is worth a call, and no more than a call may hold.
   */
  const take = (): ReadonlyArray<Waiting> => {
    const half = Math.ceil((queue.events() + underWay) / 2)
    begun += 1
    return queue.take({ maxEvents: Math.min(maxEvents, Math.max(worth(), half)), maxSize })
  }

  /** Nothing of it is stored, since it was in a call that failed or in none: it can still be taken back. */
  const answer = (one: Waiting) =>
    Effect.suspend(() =>
      one.gone
        ? Effect.void
        : Effect.map(Effect.exit(Effect.suspend(() => (closed ? closing : calls.alone(one.append)))), (exit) => {
            one.resume(exit)
            // Those behind have waited for the same lock all the time.
            if (isOfStream(exit)) for (const other of lanes.takeBehind(one.append.stream)) other.resume(exit)
          })
    )
  const isOfStream = (exit: AppendExit) => {
    const failure = Option.getOrUndefined(Exit.findErrorOption(exit))
    return failure?._tag === "EventStoreFailure" && calls.isOfStream(failure)
  }
  const lanes = AppendLanes.make(answer, (effect) => void run(effect))

  /** One call for each, those of one stream one after another. It may take long, so nobody waits for the end of it. */
  const alone = (taken: ReadonlyArray<Waiting>) => {
    const streams = Map.groupBy(taken, ({ append }) => StreamId.format(append.stream)).values()
    run(Effect.forEach(streams, lanes.inTurn, { concurrency: 4, discard: true }).pipe(Effect.uninterruptible))
  }

  const isWorthAnother = (failure: EventStoreFailure, appends: number) =>
    calls.isOfOne(failure) && !(appends === 1 && calls.isOfStream(failure))

  const call = (taken: ReadonlyArray<Waiting>) => {
    const events = taken.reduce((sum, { append }) => sum + append.events.length, 0)
    underWay += events
    // What is left may be worth a call of its own.
    wake()
    return Effect.matchCause(
      Effect.suspend(() => calls.together(taken.map(({ append }) => append))),
      {
        onSuccess: (exits) => {
          underWay -= events
          for (const [index, one] of taken.entries()) one.resume(exits[index] ?? unanswered)
        },
        onFailure: (cause) => {
          underWay -= events
          const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
          if (failure !== undefined && isWorthAnother(failure, taken.length)) alone(taken)
          else for (const one of taken) one.resume(Effect.failCause(cause))
        }
      }
    )
  }

  /** A lone caller makes its call itself: handing it to a worker and back would take time from both. */
  const direct = (append: PreparedAppend) =>
    Effect.uninterruptible(
      Effect.suspend(() => {
        calling += 1
        const leave = lanes.open(append.stream)
        return Effect.matchEffect(
          Effect.suspend(() => calls.together([append])),
          {
            onSuccess: ([exit = unanswered]) => exit,
            onFailure: (failure) => (isWorthAnother(failure, 1) ? calls.alone(append) : Effect.fail(failure))
          }
        ).pipe(Effect.ensuring(Effect.sync(() => ended(leave))))
      })
    )

  /** One append has no neighbours that a lock would be in the way of: it waits for the lock, behind the others who do. */
  const callInLane = (one: Waiting) =>
    lanes.behind(one) ? Effect.void : Effect.ensuring(call([one]), Effect.sync(lanes.open(one.append.stream)))

  /** Makes calls until nothing waits. It lets others go first, so that those who are ready at the same moment share a call. */
  const worker: Effect.Effect<void> = Effect.andThen(
    Effect.yieldNow,
    Effect.whileLoop({
      while: () => queue.length() > 0 && !closed,
      // What is taken must be answered, so nothing interrupts between the two.
      body: () =>
        Effect.uninterruptible(
          Effect.suspend(() => {
            const taken = take()
            together = taken.length
            const [one] = taken
            return one !== undefined && taken.length === 1 ? callInLane(one) : call(taken)
          })
        ),
      step: () => {}
    })
  ).pipe(Effect.ensuring(Effect.sync(() => ended())))

  // Finalizers run from the last to the first: no new call, then the end of those under way, then word to the others.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const one of queue.takeAll()) one.resume(closing)
    })
  )
  const run = yield* FiberSet.makeRuntime()
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      closed = true
      if (calling === 0) return resume(Effect.void)
      onIdle = () => resume(Effect.void)
    })
  )

  const enqueued = (append: PreparedAppend) =>
    Effect.callback<Appended, AppendError>((resume) => {
      const one: Waiting = { append, size: AppendQueue.sizeOf(append), long: calls.isLong(append), resume, gone: false }
      queue.add(one)
      wake()
      return Effect.sync(() => {
        one.gone = true
        queue.remove(one)
      })
    })

  return (append) =>
    Effect.suspend(() => {
      if (closed) return closing
      const lone = calling === 0 && queue.length() === 0 && together <= 1 && !lanes.isOpen(append.stream)
      return lone ? direct(append) : enqueued(append)
    })
})

const closing = Effect.fail(
  new EventStoreFailure({ operation: "EventStore.append", retryable: true, cause: new Error("the store is closing") })
)

const unanswered = Effect.die(new Error("the database left an append of several unanswered"))
