/**
 * Deals with a stretch of the log: one transaction when all goes well, and what the failure policy says when it does not.
 *
 * The first statement of the transaction moves the checkpoint, under the lease; then the work is done, and what it has
 * left over is noted as dead letters. So a stretch is dealt with once, whoever crashes where.
 *
 * Guarantees:
 * - An event that makes a whole batch fail is found by halving the batch, and only its partition is held back.
 * - While the store does not answer, or what the work needs cannot be had, nothing is held back: that is waited for.
 * - Ten events in a row that the store refuses are taken for a fault of the store or the program: then nothing more is
 *   held back, and the last one is tried until it passes.
 */
import { EventStoreFailure, type RecordedEvent, type Transaction } from "@eventfold/event-store"
import { Cause, Effect, Exit, Option, Schedule } from "effect"
import type { ConsumerProgress } from "./ConsumerProgress.ts"
import type { Consumers } from "./Consumers.ts"
import type { WorkerRecorder } from "./ConsumerStatus.ts"
import { type ConsumerWork, HandlerFailed, type InSlice, OutsideFailure, type PreparedWork } from "./ConsumerWork.ts"
import type { DeadLetters, HeldPartition, LetterFailure } from "./DeadLetters.ts"
import * as FailurePolicy from "./FailurePolicy.ts"
import { type KeptLease, LeaseLost } from "./LeaseKeeper.ts"
import { letterOf } from "./LeftOverLetter.ts"
import { letterFailure } from "./LetterText.ts"

/** What stretches are dealt with by. */
export interface BatchServices {
  readonly consumers: Consumers["Service"]
  readonly letters: DeadLetters["Service"]
  readonly progress: ConsumerProgress["Service"]
  readonly transaction: Transaction["Service"]
}

/** Everything wanted above `after`, up to `position`. */
export interface Stretch {
  readonly after: number
  readonly position: number
  readonly events: ReadonlyArray<RecordedEvent>
}

/** What went wrong, and what that means for the events. */
interface Trouble {
  readonly kind: LetterFailure["kind"]
  readonly error: unknown
  /** Whether it may come from the store as a whole rather than from an event. */
  readonly ofStore: boolean
}

/** After so many refusals in a row without one success it is not the events. */
const mostInARow = 10

/** Deals with stretches of a slice, one after another, under a lease. */
export const make = (
  services: BatchServices,
  work: ConsumerWork,
  isInSlice: InSlice | undefined,
  recorder: WorkerRecorder
) => {
  const { consumers, letters, progress, transaction } = services
  const { failure: policy } = work.pace
  let refusedInARow = 0
  /**
   * The epoch of a lease under which there are no letters. Nobody notes any but who holds the lease, or takes it away
   * (a switch, and who makes rows anew); so
   * they need not be asked for in each transaction. Of several slices each notes letters.
   */
  let clearUnder: number | undefined

  const advance = Effect.fnUntraced(function* (lease: KeptLease, { after, position }: Stretch) {
    const { consumer, slice } = lease
    if (!(yield* consumers.advance(lease, after, position))) return yield* new LeaseLost({ consumer, slice })
  })

  const running = <A, E>(lease: KeptLease, body: Effect.Effect<A, E>) => lease.during(transaction.run(body))

  const heldAmong = Effect.fnUntraced(function* (batch: { readonly partitions: ReadonlyArray<HeldPartition> }) {
    return (yield* letters.any(work.consumer)) ? yield* letters.heldOf(work.consumer, batch.partitions) : []
  })

  const inTransaction = (lease: KeptLease, stretch: Stretch, prepared: PreparedWork, clear: boolean) =>
    running(
      lease,
      Effect.gen(function* () {
        yield* advance(lease, stretch)
        const any = !clear && stretch.events.length > 0 && (yield* letters.any(work.consumer))
        const held = any ? yield* letters.heldOf(work.consumer, prepared.partitions) : []
        const { changed, leftOver } = yield* prepared.run(held)
        if (leftOver.length > 0) yield* letters.park(leftOver.map((one) => letterOf(work, one)))
        const known = clear || stretch.events.length > 0
        return { changed, parked: leftOver.length, clear: known && !any && leftOver.length === 0 }
      })
    )

  const committed = Effect.fnUntraced(function* (
    lease: KeptLease,
    { after, events, position }: Stretch,
    { changed, parked }: { readonly changed: ReadonlyArray<string>; readonly parked: number }
  ) {
    const recordedAt = events.at(-1)?.recordedAt.epochMilliseconds
    yield* recorder.done({ position, events: events.length, parked, recordedAt })
    const { consumer, title } = work
    yield* progress.tell({ consumer, slice: lease.slice, title, from: after, position, changed })
  })

  const prepare = ({ events }: Stretch) =>
    work
      .prepare(events, { inSlice: isInSlice, heldAmong: (partitions) => heldAmong({ partitions }) })
      .pipe(Effect.mapError((error) => new NotPrepared(error)))

  const attempt = Effect.fnUntraced(function* (
    lease: KeptLease,
    stretch: Stretch,
    preparing: Effect.Effect<PreparedWork, NotPrepared>
  ) {
    const prepared = yield* preparing
    if (prepared.deliver !== undefined) {
      const heldNow = (partitions: ReadonlyArray<HeldPartition>) => heldAmong({ partitions })
      yield* Effect.mapError(prepared.deliver(heldNow), (error) => new NotPrepared(error))
    }
    const clear = clearUnder === lease.epoch
    // Of a transaction that fails nobody knows whether it was committed.
    clearUnder = undefined
    const outcome = yield* inTransaction(lease, stretch, prepared, clear)
    if (outcome.clear && work.pace.slices === 1) clearUnder = lease.epoch
    if (outcome.parked < stretch.events.length) refusedInARow = 0
    yield* committed(lease, stretch, outcome)
  })

  /** Notes the one event of a stretch as a dead letter. */
  const park = Effect.fnUntraced(function* (
    lease: KeptLease,
    stretch: Stretch,
    recorded: RecordedEvent,
    found: Trouble
  ) {
    const partition = yield* work.partitionOf(recorded)
    const left = { recorded, ...partition, error: Option.some(found.error), kind: found.kind }
    yield* running(lease, Effect.andThen(advance(lease, stretch), letters.park([letterOf(work, left)])))
    yield* committed(lease, stretch, { changed: [], parked: 1 })
  })

  /** Deals with a stretch, whatever it takes. `retries`: how often to try it again before looking for the event. */
  const deal = (lease: KeptLease, stretch: Stretch, retries: number, ready?: Ready): Effect.Effect<void, LeaseLost> =>
    Effect.gen(function* () {
      const pause = yield* Schedule.toStepWithSleep(FailurePolicy.waits(policy))
      let [tried, preparing] = [0, ready ?? prepare(stretch)]
      while (true) {
        const exit = yield* Effect.exit(attempt(lease, stretch, preparing))
        preparing = prepare(stretch)
        if (Exit.isSuccess(exit)) return
        const lost = lostOf(exit.cause)
        if (lost !== undefined) return yield* lost
        const found = troubleOf(exit.cause)
        if (found !== undefined && (found.kind === "permanent" || (yield* isReachable))) {
          const gaveUp = found.kind === "permanent" || tried >= retries
          if (gaveUp && stretch.events.length > 1) return yield* halve(lease, stretch)
          const [event] = stretch.events
          if (gaveUp && event !== undefined && !(found.ofStore && refusedInARow >= mostInARow)) {
            const parked = yield* Effect.exit(park(lease, stretch, event, found))
            if (Exit.isSuccess(parked)) {
              if (found.ofStore) refusedInARow += 1
              return
            }
            const lostNow = lostOf(parked.cause)
            if (lostNow !== undefined) return yield* lostNow
          }
          tried += 1
        }
        yield* recorder.failed(sayOf(work, exit.cause, stretch), refusedInARow >= mostInARow)
        yield* Effect.ignore(pause(undefined))
      }
    })

  const halve = (lease: KeptLease, { after, events, position }: Stretch): Effect.Effect<void, LeaseLost> => {
    const [first, second] = [events.slice(0, Math.ceil(events.length / 2)), events.slice(Math.ceil(events.length / 2))]
    const middle = first.at(-1)?.position ?? after
    // In between nothing is tried twice: only what is left of a batch in the end, one event, gets its retries.
    const retriesOf = (part: ReadonlyArray<RecordedEvent>) => (part.length > 1 ? 0 : policy.retries)
    return Effect.andThen(
      deal(lease, { after, position: middle, events: first }, retriesOf(first)),
      deal(lease, { after: middle, position, events: second }, retriesOf(second))
    )
  }

  const isReachable = Effect.map(Effect.exit(consumers.states([work.consumer])), Exit.isSuccess)

  return {
    /** Prepares a stretch ahead of its time. What goes wrong is in the answer. */
    ready: (stretch: Stretch): Effect.Effect<Ready> => Effect.exit(prepare(stretch)),
    /** Deals with a stretch. What is `ready` is used once: whatever is tried again is prepared anew. */
    deal: (lease: KeptLease, stretch: Stretch, ready?: Ready): Effect.Effect<void, LeaseLost> =>
      deal(lease, stretch, policy.retries, ready)
  }
}

/** A stretch that was prepared, or why it could not be. */
export type Ready = Exit.Exit<PreparedWork, NotPrepared>

/** What the work needs cannot be had: that is never the fault of an event. */
class NotPrepared {
  readonly failure: EventStoreFailure | OutsideFailure
  constructor(failure: EventStoreFailure | OutsideFailure) {
    this.failure = failure
  }
}

const lostOf = (cause: Cause.Cause<unknown>): LeaseLost | undefined => {
  const error = Cause.squash(cause)
  return error instanceof LeaseLost ? error : undefined
}

/**
 * What a failure means for the events; undefined when it is not theirs. An interruption that comes to be handled here is
 * none of this fiber: something the store runs was ended.
 */
const troubleOf = (cause: Cause.Cause<unknown>): Trouble | undefined => {
  const error = Cause.squash(cause)
  if (error instanceof NotPrepared || Cause.hasInterruptsOnly(cause)) return undefined
  if (error instanceof HandlerFailed) return { ...error, ofStore: false }
  if (!(error instanceof EventStoreFailure)) return { kind: "permanent", error, ofStore: Cause.hasDies(cause) }
  return { kind: error.retryable ? "transient" : "permanent", error, ofStore: true }
}

/** What the status says: without what could quote an event. */
const sayOf = (work: ConsumerWork, cause: Cause.Cause<unknown>, { after, events, position }: Stretch): string => {
  const error = Cause.squash(cause)
  const found = error instanceof NotPrepared ? error.failure : error
  const failure = found instanceof HandlerFailed || found instanceof OutsideFailure ? found.error : found
  const quotable = events.every(({ type }) => work.quotable(type))
  const { message, name } = letterFailure(failure, "transient", quotable)
  return `positions ${after + 1} to ${position}: ${quotable && message !== "" ? message : name}`
}
