/**
 * The port to the catalogue of the archive: which streams have left the log, and where each of their events stands.
 *
 * Guarantees of every layer (`ArchiveCatalogContract` in `@eventfold/testing` holds them to it): `move` takes a stream out
 * of the log only as a whole, only at the version and positions it is told, and remembers its file in the same
 * transaction; of an archived stream its id and version stay, so nothing is ever appended to it by mistake; `restore`
 * brings back the same events in the same places. An entry is never taken away, also not by `restore`: who looks into the
 * log first and into the catalogue second finds every event in one of them, whatever moves in between.
 */
import { Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { ArchiveFile } from "./ArchiveFiles.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { LogRange } from "./LogPages.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

/** A stream that was moved to the archive. */
export interface ArchivedStream {
  /** Its place in the catalogue: growing, from 1, with holes. */
  readonly number: number
  readonly stream: StreamId.StreamId
  /** The version of its last event, which is how many there are. */
  readonly version: number
  readonly firstPosition: number
  readonly lastPosition: number
  readonly archivedAt: DateTime.Utc
  /** When it was brought back; absent for a stream that was not. */
  readonly restoredAt?: DateTime.Utc
  readonly file: ArchiveFile
}

/** A closed stream: what a policy would move. */
export interface ClosedStream {
  readonly stream: StreamId.StreamId
  readonly version: number
}

/** Which closed streams to look for. */
export interface ClosedPage {
  readonly tenant: string
  readonly category: string
  /** The names of the events that end a stream. */
  readonly closedBy: ReadonlyArray<string>
  /** Streams whose last event was recorded before this instant. */
  readonly before: DateTime.Utc
  /** Streams whose last event has at most this position. Default: any. */
  readonly upTo?: number
  /** Streams with a greater id only, compared byte by byte. Default: from the first. */
  readonly after?: string
  /** How many streams to look at, closed or not. */
  readonly limit: number
}

/** What a look at some streams has found. */
export interface ClosedSlice {
  readonly streams: ReadonlyArray<ClosedStream>
  /** The id to go on after; absent when these were the last. */
  readonly next?: string
}

/** Where one archived event is: the place in the log, and in which file it stands as which version. */
export interface ArchivedPlace {
  readonly position: number
  readonly version: number
  readonly archive: Pick<ArchivedStream, "number" | "file">
}

/** Which entries of the catalogue to list. */
export interface CatalogPage {
  /** Entries with a greater number only. Default 0. */
  readonly after?: number
  /** The most to answer. Default 500. */
  readonly limit?: number
}

/** A stream was not moved, because it is not as those who would move it have seen it. */
export class ArchiveRefused extends Schema.TaggedError<ArchiveRefused>()("ArchiveRefused", {
  stream: StreamId.StreamId,
  /** `unknown`: there is no such stream; `changed`: it has other events; `archived` and `live`: it is there already. */
  reason: Schema.Literals(["unknown", "changed", "archived", "live", "tooLong"])
}) {
  override get message() {
    return `${StreamId.format(this.stream)} is not moved: ${rules[this.reason]}`
  }
}

const rules = {
  unknown: "there is no such stream",
  changed: "it has other events than those that were written",
  archived: "it is in the archive",
  live: "it is not in the archive",
  tooLong: "it has more events than are archived at once"
}

/** The port to the catalogue of the archive. */
export class ArchiveCatalog extends Context.Service<
  ArchiveCatalog,
  {
    /** The closed streams among the next `limit` streams of a category, by their ids. */
    closed(page: ClosedPage): Effect.Effect<ClosedSlice, EventStoreFailure>
    /** Takes a stream out of the log if it has just these events, and remembers where they are. All of it or nothing. */
    move(
      stream: StreamId.StreamId,
      positions: ReadonlyArray<number>,
      file: ArchiveFile
    ): Effect.Effect<ArchivedStream, ArchiveRefused | EventStoreFailure>
    /** Puts the events of an archived stream back into the log, where they were. All of it or nothing. */
    restore(
      archived: ArchivedStream,
      events: ReadonlyArray<RecordedEvent>
    ): Effect.Effect<void, ArchiveRefused | EventStoreFailure>
    /** The last entry of a stream, whether it was brought back since or not. */
    find(stream: StreamId.StreamId): Effect.Effect<Option.Option<ArchivedStream>, EventStoreFailure>
    /** All entries in the order in which they were made. */
    list(page?: CatalogPage): Effect.Effect<ReadonlyArray<ArchivedStream>, EventStoreFailure>
    /** Where the wanted events of a stretch of the log are in the archive, in position order, at most `limit`. */
    places(range: LogRange): Effect.Effect<ReadonlyArray<ArchivedPlace>, EventStoreFailure>
  }
>()("@eventfold/event-store/ArchiveCatalog") {}

/** How many entries of the catalogue are listed at a time. */
export const catalogPage = 500
