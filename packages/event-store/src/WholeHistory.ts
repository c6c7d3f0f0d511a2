/**
 * The event store with the archive behind it: the same port, and every event that was ever stored.
 *
 * Whoever asks for it explicitly, by this layer, reads archived streams like live ones, and the log with the archived events
 * in their places: a read model rebuilt from it equals the one that has followed the log live. The event store without
 * it answers from the log alone, which is what a reader that keeps up needs, and what costs nothing.
 *
 * Guarantees: every event once, in position order, also while streams move to the archive and back. The log is looked
 * at first and the catalogue second, and an entry of the catalogue is never taken away: so an event is found in one of
 * them at least, and where both have it, the log's counts.
 * Gotchas: a read that finds nothing in the log, and every page of the log, costs one more query; a file that cannot be
 * read fails the read. Appends go to the log: an archived stream takes none.
 */
import { Effect, Layer, Option, Stream } from "effect"
import { ArchiveCatalog } from "./ArchiveCatalog.ts"
import type { ArchiveFiles } from "./ArchiveFiles.ts"
import * as ArchiveReader from "./ArchiveReader.ts"
import { EventStore, pageSize, readStream, type StreamPage } from "./EventStore.ts"
import type { LogSlice, ReadAllOptions } from "./LogPages.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import type { StreamId } from "./StreamId.ts"

/** The event store of the context, with the archive behind it. */
export const layer: Layer.Layer<EventStore, never, EventStore | ArchiveCatalog | ArchiveFiles> = Layer.effect(
  EventStore,
  Effect.gen(function* () {
    const live = yield* EventStore
    const catalog = yield* ArchiveCatalog
    const archive = yield* ArchiveReader.make

    const ofArchive = Effect.fnUntraced(function* (stream: StreamId, { direction, from, limit }: StreamPage) {
      const found = yield* catalog.find(stream)
      if (Option.isNone(found)) return []
      const all = yield* archive.stream(found.value)
      if (direction === "backwards") return all.slice(0, Math.max(from, 0)).slice(-limit).toReversed()
      const first = Math.max(from, 1) - 1
      return all.slice(first, first + limit)
    })

    // A stream is here or there as a whole: only one that shows nothing here may be there.
    const readPage = (stream: StreamId, page: StreamPage) =>
      live.readPage(stream, page).pipe(
        Effect.filterOrElse(
          (events) => events.length > 0 || page.limit < 1,
          () => ofArchive(stream, page)
        )
      )

    const readLog: EventStore["Service"]["readLog"] = Effect.fnUntraced(function* (page) {
      const slice = yield* live.readLog(page)
      if (page.limit < 1 || slice.position <= page.after) return slice
      const places = yield* catalog.places({ ...page, after: Math.max(page.after, 0), upTo: slice.position })
      return places.length === 0 ? slice : merged(slice, yield* archive.at(places), page.limit)
    })

    return {
      ...live,
      readPage,
      read: (stream, options = {}) => readStream(readPage, stream, options),
      readLog,
      readAll: (options = {}) => readAll(readLog, options)
    }
  })
)

/** Both have their first `limit` events up to where the log has looked, so the first `limit` of both are right. */
const merged = (slice: LogSlice, archived: ReadonlyArray<RecordedEvent>, limit: number): LogSlice => {
  const known = new Set(slice.events.map(({ position }) => position))
  const events = [...slice.events, ...archived.filter(({ position }) => !known.has(position))]
    .toSorted((a, b) => a.position - b.position)
    .slice(0, limit)
  const last = events.at(-1)
  if (events.length < limit || last === undefined) return { ...slice, events }
  return { events, position: last.position, end: slice.end && last.position >= slice.position }
}

/** Page by page until one reaches the end of the log at its moment. */
const readAll = (
  readLog: EventStore["Service"]["readLog"],
  { after, limit = Number.POSITIVE_INFINITY, ...options }: ReadAllOptions
) =>
  Stream.paginate({ after: Math.max(after ?? 0, 0), left: limit }, ({ after, left }) =>
    Effect.map(readLog({ ...options, after, limit: Math.min(pageSize, left) }), ({ end, events, position }) => {
      const rest = left - events.length
      return [events, end || rest < 1 ? Option.none() : Option.some({ after: position, left: rest })] as const
    })
  )
