/**
 * Fires durable timers: takes what is due, and brings it to whom it belongs, in the transaction that took it.
 *
 * Guarantees: of all nodes one fires a timer, once; what it led to and that it is gone are stored together. It sleeps
 * until the next timer is due, at most so long as is said, and is woken when this process starts an earlier one; what came
 * due while nobody ran fires at once. A timer that cannot be fired holds no other back: it is put off, with growing waits,
 * and says why (see `Timers.list`).
 *
 * Gotcha: while the store does not answer nothing fires; that shows in the status, and ends with the trouble.
 */
import { type EventStoreFailure, Transaction } from "@eventfold/event-store"
import { make as nudge } from "@eventfold/subscriptions/Nudge"
import { Cause, DateTime, Duration, Effect, Result } from "effect"
import { type Purpose, type Timer, Timers } from "./Timers.ts"

/** What is to be fired, and how. */
export interface TimerRunnerOptions<E> {
  readonly purpose: Purpose
  /** The names of the process managers whose timers these are. */
  readonly managers: ReadonlyArray<string>
  /** What a timer stands for. It stores what it does and has no other effects. */
  readonly fire: (timer: Timer) => Effect.Effect<void, E>
  /** The longest sleep. Default: 1 s. */
  readonly longestSleep?: Duration.Input
  /** Whether to wake up when the next timer is due. Default: true; with false it looks after each sleep only. */
  readonly wakes?: boolean
}

/** How the firing of timers goes. */
export interface TimerRunnerStatus {
  /** How many timers this process has fired. */
  readonly fired: number
  /** How many times a timer could not be fired. */
  readonly failed: number
  /** How late the last one was when it was taken, in milliseconds. */
  readonly lateMillis: number
  /** Why the store could not be asked, as long as that is so. */
  readonly trouble: string | undefined
}

/** Fires timers for as long as `run` runs. */
export interface TimerRunner {
  readonly run: Effect.Effect<never>
  /** Looks at once which timer is the next. */
  readonly wake: Effect.Effect<void>
  readonly status: Effect.Effect<TimerRunnerStatus>
}

/** The most timers that are fired in one transaction. */
const batchSize = 20

/** A runner of timers. */
export const make = Effect.fnUntraced(function* <E>({
  fire,
  longestSleep = "1 second",
  managers,
  purpose,
  wakes = true
}: TimerRunnerOptions<E>): Effect.fn.Return<TimerRunner, never, Timers | Transaction> {
  const [timers, transaction] = [yield* Timers, yield* Transaction]
  const waking = nudge()
  let status: TimerRunnerStatus = { fired: 0, failed: 0, lateMillis: 0, trouble: undefined }

  /** Fires one, by itself: what it did is taken back when it fails. */
  const one = Effect.fnUntraced(function* (timer: Timer, now: DateTime.Utc) {
    const result = yield* Effect.result(transaction.run(Effect.sandbox(fire(timer))))
    if (Result.isSuccess(result)) return true
    const error = Cause.isCause(result.failure) ? Cause.squash(result.failure) : result.failure
    // What the store cannot do now is no fault of this timer.
    if (isPassing(error)) return yield* Effect.fail(error)
    const wait = Math.min(1000 * 2 ** Math.min(timer.attempts, 20), longestWait)
    yield* timers.defer(timer, DateTime.addDuration(now, wait), error instanceof Error ? error.message : String(error))
    return false
  })

  /** Fires what is due, so many at most; answers how many there were. */
  const batch = Effect.fnUntraced(function* (now: DateTime.Utc) {
    const due = yield* timers.claimDue({ purpose, managers, now, limit: batchSize })
    const fired = yield* Effect.forEach(due, (timer) => one(timer, now))
    return { due, fired: fired.filter((done) => done).length }
  })

  const round = Effect.gen(function* () {
    while (true) {
      const now = yield* DateTime.now
      const { due, fired } = yield* Effect.timeout(transaction.run(batch(now)), "1 minute")
      const last = due.at(-1)
      status = {
        fired: status.fired + fired,
        failed: status.failed + due.length - fired,
        lateMillis: last === undefined ? status.lateMillis : now.epochMilliseconds - last.dueAt.epochMilliseconds,
        trouble: undefined
      }
      if (due.length < batchSize) return
    }
  })

  const sleep = Effect.gen(function* () {
    const next = wakes ? yield* Effect.timeout(timers.next({ purpose, managers }), "10 seconds") : undefined
    const now = yield* DateTime.now
    const longest = Duration.toMillis(longestSleep)
    const left = next === undefined ? longest : next.epochMilliseconds - now.epochMilliseconds
    yield* waking.wait(Math.max(1, Math.min(left, longest)))
  })

  return {
    wake: waking.now,
    status: Effect.sync(() => status),
    run: Effect.andThen(round, sleep).pipe(
      Effect.catchCause(
        Effect.fnUntraced(function* (cause) {
          const error = Cause.squash(cause)
          const trouble = error instanceof Error ? error.message : String(error)
          if (status.trouble === undefined) yield* Effect.logWarning(`timers cannot be fired: ${trouble}`)
          status = { ...status, trouble }
          yield* Effect.sleep("1 second")
        })
      ),
      Effect.forever
    )
  }
})

/** The longest that a timer that cannot be fired waits for the next try, in milliseconds. */
const longestWait = 5 * 60_000

const isPassing = (error: unknown): error is EventStoreFailure =>
  typeof error === "object" && error !== null && "retryable" in error && error.retryable === true
