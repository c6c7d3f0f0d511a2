/**
 * Deals again with the events of a partition that were left over, in their order, page by page.
 *
 * Each page is one transaction: it holds the consumer, so that no batch comes between, deals with the events, and deletes
 * their letters. It stops at the first event that fails again, whose letter then says so.
 *
 * Gotcha: an event can be replayed only when all slices of the consumer are past it: else one would deal with it again.
 */
import {
  type EventStore,
  EventStoreFailure,
  InvalidAction,
  type RecordedEvent,
  type Transaction
} from "@eventfold/event-store"
import { Effect, Option } from "effect"
import { letterOf } from "./LeftOverLetter.ts"
import type { ConsumerProgress } from "./ConsumerProgress.ts"
import type { Consumers } from "./Consumers.ts"
import { type ConsumerWork, HandlerFailed, OutsideFailure, type WorkFailure } from "./ConsumerWork.ts"
import type { DeadLetter, DeadLetters, HeldPartition } from "./DeadLetters.ts"
import type { LeftOver } from "./ManagedProjection.ts"

/** What letters are replayed by. */
export interface ReplayServices {
  readonly consumers: Consumers["Service"]
  readonly events: EventStore["Service"]
  readonly letters: DeadLetters["Service"]
  readonly progress: ConsumerProgress["Service"]
  readonly transaction: Transaction["Service"]
}

/** Why a replay stopped before its end. */
export type Stop =
  /** An event failed again; its letter says why. */
  | { readonly _tag: "FailedAgain"; readonly position: number }
  /** An event belongs to another partition that is held: replay that first. */
  | { readonly _tag: "HeldElsewhere"; readonly position: number; readonly partition: HeldPartition }
  /** A slice of the consumer has yet to pass the event: try again in a while. */
  | { readonly _tag: "NotPassed"; readonly position: number }
  /** The event is not in the log any more: its stream is archived. Restore the stream, or discard the letter. */
  | { readonly _tag: "EventGone"; readonly position: number }

/** What the replay of a partition did. */
export interface Replayed {
  readonly partition: HeldPartition
  /** How many events have been dealt with. */
  readonly replayed: number
  /** Undefined when nothing of the partition is held any more. */
  readonly stopped: Stop | undefined
}

/** The most events of a page; fewer where the consumer takes fewer in one transaction. */
const pageSize = 100

/** The event at a position, if it is still there. */
export const eventAt = (
  events: EventStore["Service"],
  position: number
): Effect.Effect<Option.Option<RecordedEvent>, EventStoreFailure> =>
  Effect.map(events.readLog({ after: position - 1, limit: 1 }), ({ events: [event] }) =>
    event?.position === position ? Option.some(event) : Option.none()
  )

/** Replays a partition. `first` comes in the first transaction: whoever asked for it is audited there. */
export const partition = Effect.fnUntraced(function* (
  services: ReplayServices,
  work: ConsumerWork,
  which: HeldPartition,
  first: Effect.Effect<void, InvalidAction | EventStoreFailure>
) {
  const { consumers, letters, progress, transaction } = services
  const { consumer } = work

  /** Deals with a page; answers how many events of it, and why not with more. */
  const page = Effect.fnUntraced(function* (limit: number, before: typeof first) {
    const queued = yield* letters.queue(consumer, which, { after: 0, limit })
    const { events, stop } = yield* eventsOf(services, queued)
    const heldAmong = (partitions: ReadonlyArray<HeldPartition>) =>
      Effect.map(letters.heldOf(consumer, partitions), (held) => held.filter((one) => !isSame(one, which)))
    const prepared = yield* work.prepare(events, { inSlice: () => true, heldAmong })
    if (prepared.deliver !== undefined) yield* Effect.catch(prepared.deliver(heldAmong), notNow)
    const outcome = yield* transaction.run(
      Effect.gen(function* () {
        yield* work.fence ?? Effect.void
        const states = yield* consumers.hold(consumer)
        yield* before
        const passed = Math.min(...states.map(({ position }) => position))
        const late = queued.find(({ position }) => position > passed)
        const now = yield* letters.queue(consumer, which, { after: 0, limit })
        if (late !== undefined || !beginsWith(now, queued)) return { late, dealt: [], changed: [], left: undefined }
        const { changed, leftOver } = yield* prepared.run(yield* heldAmong(prepared.partitions))
        const isLeft = new Set(leftOver.map(({ recorded }) => recorded.position))
        const dealt = events.flatMap(({ position }) => (isLeft.has(position) ? [] : [position]))
        yield* letters.resolve(consumer, dealt)
        const [left] = leftOver
        if (left !== undefined && Option.isSome(left.error)) {
          yield* letters.park([letterOf(work, { ...left, ...which })])
        }
        return { late: undefined, dealt, changed, left }
      })
    )
    const { changed, dealt, late, left } = outcome
    const position = dealt.at(-1)
    if (position !== undefined) {
      const known = Math.max(position, progress.known(consumer, 0) ?? 0)
      yield* progress.tell({ consumer, slice: 0, title: work.title, from: known, position: known, changed })
    }
    const stopped: Stop | undefined =
      late !== undefined ? { _tag: "NotPassed", position: late.position } : left === undefined ? stop : stopOf(left)
    return { dealt: dealt.length, stopped, queued: queued.length }
  })

  /** Notes that the first event of the queue has made its transaction fail. */
  const failedAgain = Effect.fnUntraced(function* ({ error, kind }: HandlerFailed) {
    const [letter] = yield* letters.queue(consumer, which, { after: 0, limit: 1 })
    const recorded = letter === undefined ? Option.none() : yield* eventAt(services.events, letter.position)
    if (Option.isNone(recorded)) return undefined
    const left: LeftOver = { ...which, recorded: recorded.value, error: Option.some(error), kind }
    const held = Effect.andThen(work.fence ?? Effect.void, consumers.hold(consumer))
    yield* transaction.run(Effect.andThen(held, letters.park([letterOf(work, left)])))
    return { _tag: "FailedAgain", position: recorded.value.position } satisfies Stop
  })

  let [replayed, limit, before] = [0, Math.min(pageSize, work.pace.batchSize), first]
  while (true) {
    const done = yield* faultOf(page(limit, before))
    if (done instanceof HandlerFailed) {
      if (limit === 1) return { partition: which, replayed, stopped: yield* failedAgain(done) } satisfies Replayed
      // One event makes the page fail: it is found by taking them one by one.
      limit = 1
    } else {
      before = Effect.void
      replayed += done.dealt
      const { queued, stopped } = done
      if (stopped !== undefined || queued === 0) return { partition: which, replayed, stopped } satisfies Replayed
    }
  }
})

/** Answers what is the fault of an event as a value. When the store does not answer, nothing is said of the events. */
const faultOf = <A>(
  page: Effect.Effect<A, WorkFailure | InvalidAction>
): Effect.Effect<A | HandlerFailed, InvalidAction | EventStoreFailure> =>
  page.pipe(
    Effect.catch((error): Effect.Effect<HandlerFailed, InvalidAction | EventStoreFailure> => {
      if (error instanceof HandlerFailed) return Effect.succeed(error)
      if (error instanceof InvalidAction) return Effect.fail(error)
      return error instanceof EventStoreFailure && error.retryable
        ? Effect.fail(error)
        : Effect.succeed(new HandlerFailed("permanent", error))
    }),
    Effect.catchDefect((defect) => Effect.succeed(new HandlerFailed("permanent", defect)))
  )

/** What the handler hands its work to is away: the letters stay as they are. */
const notNow = (failure: EventStoreFailure | OutsideFailure): Effect.Effect<never, EventStoreFailure> => {
  if (!(failure instanceof OutsideFailure)) return Effect.fail(failure)
  const { error: cause } = failure
  const detail = cause instanceof Error ? cause.message : "what the handler hands its work to is away"
  return Effect.fail(new EventStoreFailure({ operation: "DeadLetterDesk.replay", retryable: true, detail, cause }))
}

/** The events of letters, up to the first that is gone. */
const eventsOf = Effect.fnUntraced(function* (services: ReplayServices, queued: ReadonlyArray<DeadLetter>) {
  const found = yield* Effect.forEach(queued, ({ position }) => eventAt(services.events, position), { concurrency: 8 })
  const gone = found.findIndex(Option.isNone)
  const events = (gone < 0 ? found : found.slice(0, gone)).flatMap(Option.toArray)
  const letter = queued[gone]
  const stop: Stop | undefined = letter === undefined ? undefined : { _tag: "EventGone", position: letter.position }
  return { events, stop }
})

const stopOf = ({ error, partition, recorded: { position }, tenant }: LeftOver): Stop =>
  Option.isSome(error)
    ? { _tag: "FailedAgain", position }
    : { _tag: "HeldElsewhere", position, partition: { tenant, partition } }

const isSame = (a: HeldPartition, b: HeldPartition) => a.tenant === b.tenant && a.partition === b.partition

/** Whether they are still the first: what has queued up behind them meanwhile is another page's business. */
const beginsWith = (now: ReadonlyArray<DeadLetter>, first: ReadonlyArray<DeadLetter>) =>
  first.every(({ position }, index) => now[index]?.position === position)
