/**
 * One live projection at work: a fiber that folds what is new in the log whenever somebody asks.
 *
 * Guarantees: one catch-up at a time; who asks while one is under way shares the next, which begins after the question, so
 * that everything stored before a question is in its answer; rows nobody asks for are dropped; a catch-up that fails
 * fails those who wait for it and nobody else, and the next one goes on where it stood.
 */
import { EventStore, EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Clock, Deferred, Duration, Effect, Exit, Layer, Option, Queue } from "effect"
import * as LiveRows from "./LiveRows.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { ReadModelNotReady, ReadModelStore } from "./ReadModelStore.ts"
import * as ReadModelStoreMemory from "./ReadModelStoreMemory.ts"

/** How live projections are kept. */
export interface LiveOptions {
  /** So many rows in each, held back partitions included; more are a typed failure. Default: 100,000. */
  readonly maxRows?: number
  /** Rows that nobody has asked for that long are dropped, and folded again when somebody asks. Default: 10 minutes. */
  readonly dropAfter?: Duration.Input
  /** So long a question waits for a catch-up, which goes on without it. Default: 30 seconds. */
  readonly answerWithin?: Duration.Input
}

/** How a live projection stands. */
export interface LiveStatus {
  readonly readModel: string
  /** `idle`: no rows are kept; `ready`: they are; `failed`: the last catch-up failed. */
  readonly state: "idle" | "ready" | "failed"
  /** What the last catch-up failed with; undefined when it did not. */
  readonly problem: string | undefined
  readonly position: number
  readonly rows: number
  /** How many partitions are held back, and the first of them. */
  readonly heldCount: number
  readonly held: ReadonlyArray<LiveRows.LiveHeld>
}

/** Why a live projection cannot answer. */
export type LiveFailure = EventStoreFailure | LiveRows.LiveRowsExceeded | ReadModelNotReady

/** A live projection at work. */
export interface LiveModel {
  /** Folds what is new, and answers the rows and how far they are. */
  readonly ask: Effect.Effect<LiveRows.LiveRows, LiveFailure>
  /** Drops the rows: the next question folds the log from its beginning. */
  readonly drop: Effect.Effect<void>
  readonly status: Effect.Effect<LiveStatus>
}

/** How many held back partitions a status lists. */
const listed = 20

/** Starts a live projection, which ends with the scope. */
export const make = Effect.fnUntraced(function* (projection: ManagedProjection, options: LiveOptions = {}) {
  const log = yield* EventStore
  const bound = Math.max(1, options.maxRows ?? 100_000)
  const dropAfter = Duration.fromInputUnsafe(options.dropAfter ?? "10 minutes")
  const answerWithin = Duration.fromInputUnsafe(options.answerWithin ?? "30 seconds")
  const { name } = projection
  const bell = yield* Queue.sliding<void>(1)
  type Round = Deferred.Deferred<LiveRows.LiveRows, LiveFailure>
  let [rows, next]: [LiveRows.LiveRows | undefined, Round | undefined] = [undefined, undefined]
  let failed: LiveFailure | undefined
  /** Too many rows are not folded again for each question, but from time to time: there can be fewer by then. */
  let tryAgainAt = Number.NEGATIVE_INFINITY

  const empty = Effect.gen(function* () {
    const store = yield* ReadModelStore
    const transaction = yield* Transaction
    return yield* LiveRows.make(projection, bound, { store, transaction })
  }).pipe(Effect.provide(Layer.fresh(Layer.merge(ReadModelStoreMemory.layerMemory, Transaction.layerMemory))))

  const read = (after: number) =>
    log
      .readLog({
        after,
        limit: projection.options.catchUpBatchSize,
        filter: { ...projection.options.filter, types: projection.eventTypes }
      })
      .pipe(Effect.timeoutOrElse({ duration: answerWithin, orElse: () => Effect.fail(silent(answerWithin)) }))

  const catchUp = Effect.gen(function* () {
    if (failed?._tag === "LiveRowsExceeded" && (yield* Clock.currentTimeMillis) < tryAgainAt) return yield* failed
    const kept = (rows ??= yield* empty)
    while (true) {
      const slice = yield* read(kept.position())
      yield* kept.fold(slice.events, slice.position)
      if (slice.end) return kept
    }
  })

  const round = Effect.gen(function* () {
    const waiting = next
    next = undefined
    if (waiting === undefined) return
    const exit = yield* Effect.exit(catchUp)
    failed = Option.getOrUndefined(Exit.findErrorOption(exit))
    if (failed?._tag === "LiveRowsExceeded" && rows !== undefined) {
      rows = undefined
      tryAgainAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(dropAfter)
    }
    yield* Deferred.done(waiting, exit)
  })

  const drop = Effect.sync(() => {
    rows = undefined
    failed = undefined
  })

  yield* Queue.take(bell).pipe(
    Effect.timeoutOrElse({ duration: dropAfter, orElse: () => drop }),
    Effect.andThen(round),
    Effect.forever,
    Effect.forkScoped
  )

  return {
    ask: Effect.suspend(() => {
      const waiting = (next ??= Deferred.makeUnsafe())
      return Effect.andThen(Queue.offer(bell, undefined), Deferred.await(waiting))
    }).pipe(
      Effect.timeoutOrElse({
        duration: answerWithin,
        orElse: () => Effect.fail(new ReadModelNotReady({ readModel: name }))
      })
    ),
    drop,
    status: Effect.sync(() => ({
      readModel: name,
      state: failed !== undefined ? "failed" : rows === undefined ? "idle" : "ready",
      problem: failed?.message,
      position: rows?.position() ?? 0,
      rows: rows?.size() ?? 0,
      heldCount: rows?.held().length ?? 0,
      held: rows?.held().slice(0, listed) ?? []
    }))
  } satisfies LiveModel
})

const silent = (within: Duration.Duration) =>
  new EventStoreFailure({
    operation: "EventStore.readLog",
    retryable: true,
    detail: `no answer within ${Duration.format(within)}`,
    cause: undefined
  })
