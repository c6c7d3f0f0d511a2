/**
 * The form in which archived streams are kept: JSON lines, for programs of the next decades and for people with `zcat`.
 *
 * The first line describes the file: `{"format":"eventfold-archive","version":1,"stream":{…},"events":3}`. Each further
 * line is one event, in the order of versions, from 1, without holes, all of them: a `RecordedEvent` as JSON, times in
 * ISO 8601. The form is a storage format: it never changes, another one would get a higher version.
 */
import { DateTime, Result, Schema, Struct } from "effect"
import { RecordedEvent } from "./RecordedEvent.ts"
import { StreamId } from "./StreamId.ts"

/** The version of the form that is written. */
export const formatVersion = 1

/** A text that does not keep to the form. */
export class NotAnArchive extends Schema.TaggedError<NotAnArchive>()("NotAnArchive", { rule: Schema.String }) {}

const Header = Schema.Struct({
  format: Schema.Literal("eventfold-archive"),
  version: Schema.Literal(formatVersion),
  stream: StreamId,
  events: Schema.Int
})

/** The text of a stream. */
export const format = (stream: StreamId, events: ReadonlyArray<RecordedEvent>): string => {
  const header: typeof Header.Type = {
    format: "eventfold-archive",
    version: formatVersion,
    stream: { tenant: stream.tenant, category: stream.category, id: stream.id },
    events: events.length
  }
  return [JSON.stringify(header), ...events.map(lineOf), ""].join("\n")
}

/** The stream is named once, in the first line. */
const lineOf = (event: RecordedEvent): string => {
  const { data, id, metadata, occurredAt, position, recordedAt, schemaVersion, type, version } = event
  return JSON.stringify({
    position,
    version,
    id,
    type,
    schemaVersion,
    occurredAt: DateTime.formatIso(occurredAt),
    recordedAt: DateTime.formatIso(recordedAt),
    metadata,
    data
  })
}

/** The events of a text, checked line by line. */
export const parse = (text: string): Result.Result<ReadonlyArray<RecordedEvent>, NotAnArchive> => {
  const broken = (rule: string) => Result.fail(new NotAnArchive({ rule }))
  if (!text.endsWith("\n")) return broken("it ends in the middle of a line")
  const [first = "", ...lines] = text.slice(0, -1).split("\n")
  const header = decodeHeader(first)
  if (Result.isFailure(header)) return broken(`its first line is none of this form: ${header.failure.message}`)
  const { events: count, stream } = header.success
  if (lines.length !== count) return broken(`it has ${lines.length} events in place of ${count}`)
  const events: Array<RecordedEvent> = []
  for (const [index, line] of lines.entries()) {
    const event = decodeLine(line)
    if (Result.isFailure(event)) return broken(`line ${index + 2}: ${event.failure.message}`)
    if (event.success.version !== index + 1) return broken(`line ${index + 2} is not the event of version ${index + 1}`)
    events.push({ ...event.success, stream })
  }
  return Result.succeed(events)
}

const decodeHeader = Schema.decodeResult(Schema.fromJsonString(Header))

const decodeLine = Schema.decodeResult(
  Schema.fromJsonString(
    Schema.Struct({
      ...Struct.omit(RecordedEvent.fields, ["stream"]),
      occurredAt: Schema.DateTimeUtcFromString,
      recordedAt: Schema.DateTimeUtcFromString
    })
  )
)
