/**
 * Reads the files of archived streams, and keeps those it has read last: a page of the log often takes one event each out
 * of the same files as the page before it.
 */
import { Effect } from "effect"
import { type ArchiveDamaged, type ArchiveFailure, ArchiveFiles } from "./ArchiveFiles.ts"
import type { ArchivedPlace, ArchivedStream } from "./ArchiveCatalog.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** How many events are kept, of all files together; one file may have more. */
const keptEvents = 50_000

/** How many files are read at the same time. */
const atOnce = 4

/** Reads archived events. */
export interface ArchiveReader {
  /** The events of a stream, from version 1. */
  readonly stream: (
    archived: Pick<ArchivedStream, "file">
  ) => Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
  /** The events at these places, in their order. */
  readonly at: (places: ReadonlyArray<ArchivedPlace>) => Effect.Effect<ReadonlyArray<RecordedEvent>, EventStoreFailure>
}

/** A reader with nothing kept yet. */
export const make: Effect.Effect<ArchiveReader, never, ArchiveFiles> = Effect.gen(function* () {
  const files = yield* ArchiveFiles
  // In the order in which they were used: the first is the one to go.
  const kept = new Map<string, ReadonlyArray<RecordedEvent>>()
  let size = 0

  const keep = (name: string, events: ReadonlyArray<RecordedEvent>) => {
    const before = kept.get(name)
    kept.delete(name)
    kept.set(name, events)
    size += events.length - (before?.length ?? 0)
    for (const [oldest, { length }] of kept) {
      if (size <= keptEvents || oldest === name) return
      kept.delete(oldest)
      size -= length
    }
  }

  const stream: ArchiveReader["stream"] = ({ file }) =>
    Effect.suspend(() => {
      const known = kept.get(file.name)
      return known === undefined ? Effect.mapError(files.read(file), failure) : Effect.succeed(known)
    }).pipe(Effect.tap((events) => Effect.sync(() => keep(file.name, events))))

  return {
    stream,
    at: Effect.fnUntraced(function* (places) {
      const wanted = new Map(places.map(({ archive }) => [archive.file.name, archive]))
      const streams = new Map(
        yield* Effect.forEach(
          wanted.values(),
          (archive) => Effect.map(stream(archive), (events) => [archive.file.name, events] as const),
          { concurrency: atOnce }
        )
      )
      return places.flatMap(({ archive, version }) => {
        const event = streams.get(archive.file.name)?.[version - 1]
        return event === undefined ? [] : [event]
      })
    })
  }
})

/** The failure of the archive as one of the event store that reads from it. */
const failure = (cause: ArchiveFailure | ArchiveDamaged) =>
  new EventStoreFailure({ operation: "WholeHistory.read", retryable: false, detail: cause.message, cause })
