/**
 * Moves closed streams to the archive and brings them back: what a nightly job or a command does.
 *
 * Guarantees: the events of a stream leave the log only after its file is durable and has been read back. They leave in
 * one transaction with the entry in the catalogue and in the audit, and only if the stream is still what was
 * written. A crash at any point loses nothing: before that transaction everything is in the log, and the file that was
 * written is found and used again by the next run; after it everything is in the archive. Whatever is in both is read
 * once. A stream that changes meanwhile stays.
 *
 * Gotchas: give `upTo` when readers follow the log without the archive behind it: an archived stream is not shown to a
 * reader that has not come that far yet. A stream with more than {@link largestArchive} events stays in the log.
 */
import { Context, DateTime, Effect, Layer, Option, Stream } from "effect"
import { ArchiveCatalog, type ArchivedStream, ArchiveRefused } from "./ArchiveCatalog.ts"
import { type ArchiveDamaged, type ArchiveFailure, ArchiveFiles } from "./ArchiveFiles.ts"
import type { ArchivePolicy } from "./ArchivePolicy.ts"
import { Audit, type InvalidAction } from "./Audit.ts"
import { EventStore } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** The most events of one stream that are archived: they are held in memory at once. */
export const largestArchive = 100_000

/** How many streams one query looks at. */
const streamsPage = 1_000

/** How many streams that stayed a run names; it counts them all. */
const mostNamed = 100

/** Who archives, and why: for the audit. */
export interface ArchivedBy {
  readonly actor: string
  readonly reason: string
}

/** What a run is told. */
export interface RunOptions extends ArchivedBy {
  readonly tenant: string
  /** Only streams whose last event has at most this position: one that every reader of the log is past. Default: any. */
  readonly upTo?: number
  /** The instant from which the policy reckons back. Default: now. A later one shows what would be due by then. */
  readonly at?: DateTime.Utc
  /** The most streams to move. Default: all that are due. */
  readonly limit?: number
}

/** What a run has done. */
export interface ArchiveRun {
  /** How many streams were moved, and how many events with them. */
  readonly streams: number
  readonly events: number
  /** How many were due and stayed in the log, and the first of them with the reason. */
  readonly stayed: number
  readonly why: ReadonlyArray<{ readonly stream: StreamId.StreamId; readonly reason: string }>
}

/** What was found by reading every file of the catalogue. */
export interface Verification {
  readonly files: number
  readonly damaged: ReadonlyArray<{
    readonly stream: StreamId.StreamId
    readonly file: string
    readonly reason: string
  }>
}

/** Why a stream was not moved. */
export type ArchiveError = ArchiveRefused | ArchiveFailure | ArchiveDamaged | InvalidAction | EventStoreFailure

/** Moves closed streams to the archive and brings them back. */
export class Archiver extends Context.Service<
  Archiver,
  {
    /**
     * Moves every stream of a tenant that the policy says is due. One that cannot be moved stays and is named; a failure of
     * the archive or of the store ends the run, and the next one goes on.
     */
    run(policy: ArchivePolicy, options: RunOptions): Effect.Effect<ArchiveRun, Exclude<ArchiveError, ArchiveRefused>>
    /** Moves one stream, whatever a policy says. */
    archive(stream: StreamId.StreamId, by: ArchivedBy): Effect.Effect<ArchivedStream, ArchiveError>
    /** Brings one stream back: it is live again as it was, and takes events. Its file stays where it is. */
    restore(stream: StreamId.StreamId, by: ArchivedBy): Effect.Effect<ArchivedStream, ArchiveError>
    /** Reads every file and checks it. Damaged ones are named, the first hundred of them. */
    readonly verify: Effect.Effect<Verification, EventStoreFailure>
  }
>()("@eventfold/event-store/Archiver") {
  /** The archiver of a log. It must see the log alone: an event store with the archive behind it shows archived streams as live. */
  static readonly layer: Layer.Layer<
    Archiver,
    never,
    EventStore | ArchiveCatalog | ArchiveFiles | Audit | Transaction
  > = Layer.effect(
    Archiver,
    Effect.gen(function* () {
      const store = yield* EventStore
      const [catalog, files] = [yield* ArchiveCatalog, yield* ArchiveFiles]
      const [audit, transaction] = [yield* Audit, yield* Transaction]

      const eventsOf = (stream: StreamId.StreamId) =>
        Stream.runCollect(store.read(stream, { limit: largestArchive + 1 })).pipe(
          Effect.filterOrFail(
            (events) => events.length <= largestArchive,
            () => new ArchiveRefused({ stream, reason: "tooLong" })
          )
        )

      const record = (action: string, { events, file, stream }: Moved, { actor, reason }: ArchivedBy) =>
        audit.record({
          tenant: stream.tenant,
          action,
          subject: StreamId.format(stream),
          actor,
          reason,
          details: { file: file.name, checksum: file.checksum, events: String(events) }
        })

      const archive: Archiver["Service"]["archive"] = Effect.fn("Archiver.archive")(function* (stream, by) {
        const events = yield* eventsOf(stream)
        if (events.length === 0) {
          const known = yield* catalog.find(stream)
          const archived = Option.isSome(known) && known.value.restoredAt === undefined
          return yield* new ArchiveRefused({ stream, reason: archived ? "archived" : "unknown" })
        }
        const file = yield* files.write(stream, events)
        return yield* transaction.run(
          Effect.gen(function* () {
            const archived = yield* catalog.move(stream, positionsOf(events), file)
            yield* record("StreamArchived", { stream, file, events: events.length }, by)
            return archived
          })
        )
      })

      return {
        archive,
        restore: Effect.fn("Archiver.restore")(function* (stream, by) {
          const found = yield* catalog.find(stream)
          if (Option.isNone(found)) return yield* new ArchiveRefused({ stream, reason: "unknown" })
          const archived = found.value
          if (archived.restoredAt !== undefined) return yield* new ArchiveRefused({ stream, reason: "live" })
          const events = yield* files.read(archived.file)
          yield* transaction.run(
            Effect.andThen(
              catalog.restore(archived, events),
              record("StreamRestored", { stream, file: archived.file, events: archived.version }, by)
            )
          )
          return archived
        }),
        run: Effect.fn("Archiver.run")(function* ({ category, closedBy, closedFor }, options) {
          const before = DateTime.subtractDuration(options.at ?? (yield* DateTime.now), closedFor)
          const { limit = Number.POSITIVE_INFINITY, tenant, upTo } = options
          const why: Array<ArchiveRun["why"][number]> = []
          let [streams, events, stayed] = [0, 0, 0]
          const wanted = {
            tenant,
            category,
            closedBy,
            before,
            limit: streamsPage,
            ...(upTo === undefined ? {} : { upTo })
          }
          let closed = yield* catalog.closed(wanted)
          while (true) {
            for (const { stream } of closed.streams) {
              if (streams >= limit) return { streams, events, stayed, why }
              const moved = yield* archive(stream, options).pipe(
                Effect.catchTag("ArchiveRefused", (refused) => Effect.succeed(refused))
              )
              if (moved instanceof ArchiveRefused) {
                stayed += 1
                if (why.length < mostNamed) why.push({ stream, reason: moved.message })
              } else {
                streams += 1
                events += moved.version
              }
            }
            if (closed.next === undefined) return { streams, events, stayed, why }
            closed = yield* catalog.closed({ ...wanted, after: closed.next })
          }
        }),
        verify: Effect.gen(function* () {
          const damaged: Array<Verification["damaged"][number]> = []
          let count = 0
          let page = yield* catalog.list()
          while (page.length > 0) {
            for (const { file, stream } of page) {
              count += 1
              const outcome = yield* Effect.result(files.read(file))
              if (outcome._tag === "Failure" && damaged.length < mostNamed) {
                damaged.push({ stream, file: file.name, reason: outcome.failure.message })
              }
            }
            page = yield* catalog.list({ after: page.at(-1)?.number ?? 0 })
          }
          return { files: count, damaged }
        })
      }
    })
  )
}

interface Moved {
  readonly stream: StreamId.StreamId
  readonly file: ArchivedStream["file"]
  readonly events: number
}

const positionsOf = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<number> =>
  events.map(({ position }) => position)
