/**
 * The port to the place where archived streams are kept: one file per stream, written once, never changed.
 *
 * Guarantees of every layer (`ArchiveFilesContract` in `@eventfold/testing` holds them to it): what `write` has answered
 * outlives a power cut and has been read back and compared; writing the same again answers the same file; a file that
 * differs from what was written by a single byte is a typed error, and never other events.
 * Gotcha: nothing here takes a file away. Personal data in it is sealed as it is in the log, so forgetting reaches it.
 */
import { Context, Effect, Layer, Schema, Stream } from "effect"
import * as ArchiveText from "./ArchiveText.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

/** A file of the archive, as those who wrote it remember it. */
export const ArchiveFile = Schema.Struct({
  /** Its name inside the archive, such as a path below its folder. */
  name: Schema.String,
  /** The SHA-256 of its bytes, as 64 hexadecimal digits. */
  checksum: Schema.String,
  /** Its size. */
  bytes: Schema.Int
})
/** A file of the archive, as those who wrote it remember it. */
export type ArchiveFile = typeof ArchiveFile.Type

/** The archive cannot be reached or written to: no space, no permission, a file that is gone. */
export class ArchiveFailure extends Schema.TaggedError<ArchiveFailure>()("ArchiveFailure", {
  operation: Schema.String,
  /** The file it was about, where it was about one. */
  file: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    const about = this.file === undefined ? "" : ` of ${this.file}`
    return `the archive failed in ${this.operation}${about}: ${this.detail}`
  }
}

/** A file of the archive is not what was written: bring it back from a copy. */
export class ArchiveDamaged extends Schema.TaggedError<ArchiveDamaged>()("ArchiveDamaged", {
  file: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the archive file ${this.file} is damaged: ${this.rule}`
  }
}

/** The port to the place where archived streams are kept. */
export class ArchiveFiles extends Context.Service<
  ArchiveFiles,
  {
    /** Stores all events of a stream; when it answers, they are durable and have been read back. */
    write(
      stream: StreamId.StreamId,
      events: ReadonlyArray<RecordedEvent>
    ): Effect.Effect<ArchiveFile, ArchiveFailure | ArchiveDamaged>
    /** The events of a file, checked against its checksum. */
    read(file: ArchiveFile): Effect.Effect<ReadonlyArray<RecordedEvent>, ArchiveFailure | ArchiveDamaged>
    /** The names of all files that are there, in no particular order. */
    readonly list: Stream.Stream<string, ArchiveFailure>
  }
>()("@eventfold/event-store/ArchiveFiles") {
  /** Files in memory: gone when the program ends, so nothing that has to last may be archived there. */
  static readonly layerMemory: Layer.Layer<ArchiveFiles> = Layer.sync(ArchiveFiles, () => {
    const files = new Map<string, string>()
    const read = Effect.fnUntraced(function* ({ bytes, checksum, name }: ArchiveFile) {
      const text = files.get(name)
      if (text === undefined) {
        const cause = new Error("there is no such file")
        return yield* new ArchiveFailure({ operation: "read", file: name, detail: cause.message, cause })
      }
      if (text.length !== bytes || (yield* sha256(text)) !== checksum) {
        return yield* new ArchiveDamaged({ file: name, rule: "its checksum is another" })
      }
      return yield* Effect.fromResult(ArchiveText.parse(text)).pipe(
        Effect.mapError(({ rule }) => new ArchiveDamaged({ file: name, rule }))
      )
    })
    return {
      write: Effect.fnUntraced(function* (stream: StreamId.StreamId, events: ReadonlyArray<RecordedEvent>) {
        const text = ArchiveText.format(stream, events)
        const checksum = yield* sha256(text)
        const file = { name: `${StreamId.format(stream)}-${checksum.slice(0, 16)}`, checksum, bytes: text.length }
        files.set(file.name, text)
        yield* read(file)
        return file
      }),
      read,
      list: Stream.suspend(() => Stream.fromIterable(Array.from(files.keys())))
    }
  })
}

/** The SHA-256 of a text in UTF-8. */
const sha256 = (text: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
    (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )
