/**
 * The port to snapshots: states of aggregates as JSON, each with the version it stands for and the fingerprint of the
 * fold that made it.
 *
 * Snapshots save time and decide nothing: any of them may be lost or deleted at any moment. A stream keeps the few with
 * the highest versions ({@link snapshotsPerStream}). `saveSoon` writes in the background, one at a time, from a bounded
 * queue; what fails or finds the queue full is counted and logged, and nobody waits for it.
 */
import {
  Cause,
  Context,
  type DateTime,
  Effect,
  Latch,
  Metric,
  type Option,
  Queue,
  type Schema,
  type Scope
} from "effect"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import * as StreamId from "./StreamId.ts"

/** How many snapshots a stream keeps: more than one, so that two versions of a program can run side by side. */
export const snapshotsPerStream = 3

/** The largest state that is stored, in UTF-16 units of its JSON text. */
export const maxSnapshotSize = 16 * 1024 * 1024

/** A state as stored. */
export interface Snapshot {
  readonly stream: StreamId.StreamId
  /** What tells one fold from another; see `SnapshotCodec`. */
  readonly fingerprint: string
  /** The version of the last event in the state, from 1. */
  readonly version: number
  readonly state: Schema.Json
  /** By the clock of the program that took it. */
  readonly takenAt: DateTime.Utc
}

/** Which snapshots: of every tenant and category unless it says otherwise. */
export interface SnapshotScope {
  readonly tenant?: string
  readonly category?: string
}

/** What a layer has to implement; {@link SnapshotStore.make} adds the writer in the background, once for all. */
export interface SnapshotStoreDriver {
  load(
    stream: StreamId.StreamId,
    fingerprint: string,
    notAfter: number
  ): Effect.Effect<Option.Option<Snapshot>, EventStoreFailure>
  save(snapshot: Snapshot): Effect.Effect<void, EventStoreFailure>
  deleteStream(stream: StreamId.StreamId): Effect.Effect<number, EventStoreFailure>
  deleteAll(scope: SnapshotScope): Effect.Effect<number, EventStoreFailure>
  count(scope: SnapshotScope): Effect.Effect<number, EventStoreFailure>
}

/** How much the writer in the background takes on. */
export interface SnapshotWriterOptions {
  /** Snapshots that wait to be written, at the most. Default 1,000. */
  readonly capacity?: number
}

/** Snapshots stored in the background or by request. */
export const written = Metric.counter("eventfold_snapshots_written", { incremental: true })
/** Snapshots that were not stored because too many were waiting already. */
export const dropped = Metric.counter("eventfold_snapshots_dropped", { incremental: true })
/** Snapshots that could not be stored, or not be read. */
export const failed = Metric.counter("eventfold_snapshots_failed", { incremental: true })

/** The port to snapshots. */
export class SnapshotStore extends Context.Service<
  SnapshotStore,
  {
    /** The newest snapshot of a stream with this fingerprint, not after version `notAfter` when that is given. */
    load(
      stream: StreamId.StreamId,
      fingerprint: string,
      notAfter?: number
    ): Effect.Effect<Option.Option<Snapshot>, EventStoreFailure>
    /** Stores a snapshot, in the open transaction if there is one. */
    save(snapshot: Snapshot): Effect.Effect<void, EventStoreFailure>
    /**
     * Has a snapshot taken and stored in the background, outside any transaction. Answers at once, false when the queue
     * is full. Deleting snapshots discards what waits.
     */
    saveSoon(stream: StreamId.StreamId, take: Effect.Effect<Snapshot, Error>): Effect.Effect<boolean>
    /**
     * Waits until nothing waits to be written. Gotcha: not inside a transaction, because the writer has its own.
     */
    readonly settled: Effect.Effect<void>
    /** Deletes the snapshots of a stream, and answers how many. */
    deleteStream(stream: StreamId.StreamId): Effect.Effect<number, EventStoreFailure>
    /** Deletes the snapshots in a scope (all), and answers how many. */
    deleteAll(scope?: SnapshotScope): Effect.Effect<number, EventStoreFailure>
    /** How many snapshots there are in a scope (all). */
    count(scope?: SnapshotScope): Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/SnapshotStore") {
  /** Builds the service from what a layer implements; its writer ends with the scope, and what waits then is lost. */
  static readonly make = Effect.fnUntraced(function* (
    driver: SnapshotStoreDriver,
    options: SnapshotWriterOptions = {}
  ): Effect.fn.Return<SnapshotStore["Service"], never, Scope.Scope> {
    const context = yield* Effect.context()
    const queue = yield* Queue.bounded<Waiting>(options.capacity ?? 1000)
    const idle = yield* Latch.make(true)
    let waiting = 0
    let deletions = 0

    /**
     * A deletion may come between taking a snapshot and storing it, and must win. No lock could say so: the embedded
     * database runs one transaction at a time, and who waited for the writer inside one would wait for ever. So what
     * was taken before a deletion is not stored, and what was stored while one came in is deleted again.
     */
    const save = Effect.fnUntraced(function* (snapshot: Snapshot, begun: number) {
      if (begun !== deletions) return
      const size = JSON.stringify(snapshot.state).length
      if (size > maxSnapshotSize) {
        const cause = `a state of ${size} characters as JSON is larger than ${maxSnapshotSize}`
        return yield* new EventStoreFailure({ operation: "SnapshotStore.save", retryable: false, cause })
      }
      yield* driver.save(snapshot)
      if (begun !== deletions) yield* driver.deleteStream(snapshot.stream)
      written.updateUnsafe(1, context)
    })

    const write = ({ begun, stream, take }: Waiting) =>
      Effect.suspend(() =>
        begun === deletions ? Effect.flatMap(take, (snapshot) => save(snapshot, begun)) : Effect.void
      ).pipe(
        Effect.timeout("10 seconds"),
        Effect.catchCauseIf(
          (cause) => !Cause.hasInterruptsOnly(cause),
          (cause) =>
            Effect.suspend(() => {
              failed.updateUnsafe(1, context)
              return Effect.logWarning(`no snapshot of ${StreamId.format(stream)} was stored`, cause)
            })
        ),
        Effect.ensuring(
          Effect.sync(() => {
            waiting -= 1
            if (waiting === 0) idle.openUnsafe()
          })
        )
      )
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(queue), write)))

    return {
      load: (stream, fingerprint, notAfter = Number.MAX_SAFE_INTEGER) => driver.load(stream, fingerprint, notAfter),
      save: (snapshot) => Effect.suspend(() => save(snapshot, deletions)),
      saveSoon: (stream, take) =>
        Effect.sync(() => {
          if (!Queue.offerUnsafe(queue, { stream, take, begun: deletions })) {
            dropped.updateUnsafe(1, context)
            return false
          }
          waiting += 1
          idle.closeUnsafe()
          return true
        }),
      settled: idle.await,
      deleteStream: (stream) =>
        Effect.suspend(() => {
          deletions += 1
          return driver.deleteStream(stream)
        }),
      deleteAll: (scope = {}) =>
        Effect.suspend(() => {
          deletions += 1
          return driver.deleteAll(scope)
        }),
      count: (scope = {}) => driver.count(scope)
    }
  })
}

interface Waiting {
  readonly stream: StreamId.StreamId
  readonly take: Effect.Effect<Snapshot, Error>
  /** How many deletions there had been when it was asked for. */
  readonly begun: number
}
