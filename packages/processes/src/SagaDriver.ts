/**
 * Drives sagas: sends the command that is next, has its outcome decided, and so on until the saga waits, ends, or is parked.
 *
 * Guarantees: a bounded number of fibers drive, one per saga that does something and none for one that waits; a saga is
 * driven by one of them at a time. What a saga has to wait for is stored before this lets go of it, so nothing is lost with
 * the process. What is known of a saga in memory is used, so that driving it on needs no read. A saga that could not be
 * driven on is tried again by this process, with growing waits, until that succeeds: what was heard and could not be stored
 * is asked for again, under the same id.
 *
 * Gotcha: more sagas than there is room for are left to whoever looks for those that are due.
 */
import { Saga } from "@eventfold/decider"
import type { CommandServices, EventMetadata } from "@eventfold/event-store"
import { inTime } from "@eventfold/subscriptions/InTime"
import { Cause, Clock, Deferred, Duration, Effect, FiberMap, Queue, Result } from "effect"
import { BreakerOpen, Breakers } from "./Breakers.ts"
import { CommandNotSent, CommandSender, isOfOutside } from "./CommandSender.ts"
import type { SagaRef, SagaStreams, Told } from "./SagaStreams.ts"

/** How many sagas are driven. */
export interface DriverOptions {
  /** Sagas that are driven at the same time, at the most. */
  readonly concurrency: number
  /** Sagas that wait for their turn in memory, at the most. */
  readonly room: number
}

/** Drives sagas. */
export interface SagaDriver {
  /** Has a saga driven soon, from a state at hand if there is one. False when there is no room. */
  readonly wake: (ref: SagaRef, state?: Saga.SagaState) => Effect.Effect<boolean>
  /** Whether a saga is driven by this process, or is about to be. */
  readonly drives: (ref: SagaRef) => boolean
  /** Waits until this process does nothing for a saga any more: it has ended, is parked, or waits. */
  readonly settled: (ref: SagaRef) => Effect.Effect<void>
  /** Whether a saga could not be driven a moment ago, and is to be left alone for a while. */
  readonly rests: (ref: SagaRef, now: number) => boolean
}

/** A saga that could not be driven: how long it is left alone, and until when, in milliseconds. */
interface Rest {
  readonly millis: number
  readonly until: number
}

interface Waiting {
  readonly ref: SagaRef
  readonly state: Saga.SagaState | undefined
}

/** A driver, which works for as long as its scope is open. */
export const make = Effect.fnUntraced(function* (
  sagas: Saga.SagaSet,
  streams: SagaStreams,
  { concurrency, room }: DriverOptions
) {
  const sender = yield* CommandSender
  const breakers = yield* Breakers
  const services = yield* Effect.context<CommandServices>()
  const queue = yield* Queue.dropping<Waiting>(room)
  // Those in the queue and those that are driven; true when one was woken meanwhile and is to be looked at again.
  const taken = new Map<string, boolean>()
  const resting = new Map<string, Rest>()
  const waking = yield* FiberMap.make<string>()
  const watched = new Map<string, Deferred.Deferred<void>>()

  /** It was driven on: the next failure is the first one again. */
  const rested = (ref: SagaRef) =>
    Effect.suspend(() => (resting.delete(keyOf(ref)) ? FiberMap.remove(waking, keyOf(ref)) : Effect.void))

  const tell = (ref: SagaRef, state: Saga.Started, told: Told, causationId: string) =>
    Effect.tap(streams.tell(ref, told, metadataOf(state, causationId)), () => rested(ref))

  /** What becomes of a command, as something to be decided. */
  const outcomeOf = (ref: SagaRef, state: Saga.Started, send: Saga.Send, millis: number): Effect.Effect<Told> => {
    const { attempt, commandId, payload, sending } = send
    const { breaker, command } = sending
    const sent = inTime(
      sender.send(command.name, {
        id: commandId,
        tenant: ref.tenant,
        payload,
        metadata: metadataOf(state, commandId)
      }),
      Duration.millis(millis)
    )
    const failed = (error: string): Told => ({ _tag: "Fail", commandId, attempt, error })
    return (breaker === undefined ? sent : breakers.guard(breaker, sent, isOfOutside)).pipe(
      Effect.matchCauseEffect({
        onSuccess: (outcome): Effect.Effect<Told> =>
          Effect.succeed(
            outcome._tag === "Answered"
              ? { _tag: "Answer", commandId, answer: outcome.answer }
              : { _tag: "Refuse", commandId, refusal: outcome.refusal }
          ),
        onFailure: (cause): Effect.Effect<Told> => {
          const error = Cause.squash(cause)
          if (error instanceof BreakerOpen) {
            const { message: reason, retryAfter } = error
            const isProbed = error.state === "half-open"
            return Effect.succeed({ _tag: "Postpone", commandId, attempt, reason, retryAfter, isProbed })
          }
          // A context that is away says nothing of the command, so it is no attempt at it.
          if (error instanceof CommandNotSent && error.away !== undefined) {
            const { away, message: reason } = error
            const { retryAfter = 0 } = away
            return Effect.succeed({ _tag: "Postpone", commandId, attempt, reason, retryAfter, isAway: true })
          }
          if (Cause.isTimeoutError(error)) return Effect.succeed(failed(`no answer within ${sending.timeLimit} ms`))
          if (Cause.hasFails(cause) && error instanceof Error) return Effect.succeed(failed(error.message))
          // What a mistake of the program says is for the log: it may quote anything.
          return Effect.as(
            Effect.logError(`${command.name} of the saga ${ref.id} died`, cause),
            failed(`${command.name} died of a mistake in the program`)
          )
        }
      })
    )
  }

  /** Drives a saga until it waits or ends. */
  const drive = Effect.fnUntraced(function* ({ ref, state: known }: Waiting) {
    let state = known ?? (yield* streams.load(ref))
    while (state.status !== "none") {
      const found = Saga.next(sagas, state)
      if (Result.isFailure(found)) return yield* found.failure
      const next = found.success
      if (next._tag === "Ended") return
      if (next._tag === "Parked") return yield* Effect.logError(`the saga ${ref.id} is parked: ${next.reason}`)
      const now = yield* Clock.currentTimeMillis
      if (next._tag === "Wait" && next.until.epochMilliseconds > now) return
      const left = next._tag === "Send" ? next.deadline.epochMilliseconds - now : 0
      state =
        next._tag === "Send" && left > 0
          ? yield* tell(ref, state, yield* outcomeOf(ref, state, next, left), next.commandId)
          : yield* tell(ref, state, { _tag: "Proceed" }, ref.id)
    }
  }, Effect.provideContext(services))

  const wake = (ref: SagaRef, state?: Saga.SagaState) =>
    Effect.sync(() => {
      const key = keyOf(ref)
      if (taken.has(key)) {
        taken.set(key, true)
        return true
      }
      if (!Queue.offerUnsafe(queue, { ref, state })) return false
      taken.set(key, false)
      return true
    })

  /** Whatever went wrong may pass, or may not: it is tried again, but not in every round. */
  const rest = Effect.fnUntraced(function* (ref: SagaRef, cause: Cause.Cause<unknown>) {
    const key = keyOf(ref)
    const before = resting.get(key)
    if (before === undefined && resting.size >= mostResting) {
      return yield* Effect.logWarning(
        `the saga ${ref.id} was not driven on; it is looked at again when it is due`,
        cause
      )
    }
    const grown = before === undefined ? shortestRest : Math.min(longestRest, before.millis * 2)
    const millis = Cause.squash(cause) instanceof Saga.SagaUnknown ? restOfUnknown : grown
    resting.set(key, { millis, until: (yield* Clock.currentTimeMillis) + millis })
    yield* Effect.logWarning(`the saga ${ref.id} was not driven on; it is looked at again in ${millis} ms`, cause)
    const woken = Effect.repeat(Effect.delay(wake(ref), Duration.millis(millis)), { until: (isTaken) => isTaken })
    yield* FiberMap.run(waking, key, woken)
  })

  const work = Effect.gen(function* () {
    let waiting: Waiting | undefined = yield* Queue.take(queue)
    const { ref } = waiting
    const key = keyOf(ref)
    while (waiting !== undefined) {
      taken.set(key, false)
      yield* Effect.catchCause(Effect.andThen(drive(waiting), rested(ref)), (cause) => rest(ref, cause))
      waiting = taken.get(key) === true ? { ref, state: undefined } : undefined
    }
    taken.delete(key)
    const watch = watched.get(key)
    if (watch === undefined) return
    watched.delete(key)
    yield* Deferred.succeed(watch, undefined)
  })
  for (let worker = 0; worker < concurrency; worker += 1) yield* Effect.forkScoped(Effect.forever(work))

  const driver: SagaDriver = {
    wake,
    drives: (ref) => taken.has(keyOf(ref)),
    settled: (ref) =>
      Effect.suspend(() => {
        const key = keyOf(ref)
        if (!taken.has(key)) return Effect.void
        const watch = watched.get(key) ?? Deferred.makeUnsafe<void>()
        watched.set(key, watch)
        return Deferred.await(watch)
      }),
    rests: (ref, now) => (resting.get(keyOf(ref))?.until ?? 0) > now
  }
  return driver
})

/** How long a saga is left alone that this program does not know, or that could not be driven; in milliseconds. */
const [restOfUnknown, shortestRest, longestRest] = [60_000, 1_000, 10_000]
/** How many are remembered as such, and woken by this process. The others are found when they are due. */
const mostResting = 10_000

const keyOf = ({ id, tenant }: SagaRef): string => `${tenant}/${id}`

const metadataOf = ({ correlationId, sagaId }: Saga.Started, causationId: string): EventMetadata => ({
  correlationId: correlationId ?? sagaId,
  causationId,
  sagaId
})
