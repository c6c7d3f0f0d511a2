/**
 * The format of an exported store: one JSON object per line, in UTF-8.
 *
 *     {"format":"eventfold-export","version":1,"createdAt":…,"source":…,"events":2,"upTo":7}
 *     {"position":3,"tenant":…,"category":…,"stream":…,"version":1,"id":…, …,"metadata":{…},"data":{…}}
 *     {"position":7, …}
 *     {"end":"eventfold-export","events":2,"sha256":…}
 *
 * Guarantees: data and metadata stand in the file as the text that is stored, digit by digit and key by key; the same
 * events make the same bytes; a file without its last line is not whole. `sha256` covers every byte before the last line.
 * Gotcha: JSON text may hold line breaks between its parts. Programs that append through the store make none; those of
 * others become spaces.
 */
import { Result, Schema } from "effect"

/** The name of the format, in its first and its last line. */
export const formatName = "eventfold-export"

/** The only version of the format so far. */
export const formatVersion = 1

/** The most bytes one line may have: 64 MiB. */
export const maxLineBytes = 64 * 1024 * 1024

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** The first line. */
export const Header = Schema.Struct({
  format: Schema.Literal(formatName),
  version: Schema.Literal(formatVersion),
  /** When the export began. */
  createdAt: Schema.DateTimeUtcFromString,
  /** Where it comes from, for people. */
  source: Schema.String,
  /** How many events there are. */
  events: Count,
  /** The whole log up to this position is in the file. Below 2^52, so that there is room behind it. */
  upTo: Count.check(Schema.isLessThan(2 ** 52))
})
/** The first line. */
export type Header = typeof Header.Type

/** The last line. */
export const Footer = Schema.Struct({
  end: Schema.Literal(formatName),
  events: Count,
  /** Of all bytes before this line, in hexadecimal digits. */
  sha256: Schema.String
})
/** The last line. */
export type Footer = typeof Footer.Type

/** An event as it stands in a file. `data` and `metadata` are JSON text; the instants have microseconds and end in `Z`. */
export interface ExportedEvent {
  readonly position: number
  readonly tenant: string
  readonly category: string
  readonly stream: string
  readonly version: number
  readonly id: string
  readonly type: string
  readonly schemaVersion: number
  readonly occurredAt: string
  readonly recordedAt: string
  /** How many events its append had, on the first of them; 0 on the others. It tells a repeated append from a new one. */
  readonly appendSize: number
  readonly metadata: string
  readonly data: string
}

const encodeHeader = Schema.encodeSync(Schema.fromJsonString(Header))
const encodeFooter = Schema.encodeSync(Schema.fromJsonString(Footer))

/** The line of a header, with its line break. */
export const headerLine = (header: Header): string => `${encodeHeader(header)}\n`

/** The line of a footer, with its line break. */
export const footerLine = (footer: Footer): string => `${encodeFooter(footer)}\n`

/** The line of an event, with its line break. */
export const eventLine = (event: ExportedEvent): string =>
  `{"position":${event.position},"tenant":${JSON.stringify(event.tenant)},"category":${JSON.stringify(event.category)}` +
  `,"stream":${JSON.stringify(event.stream)},"version":${event.version},"id":"${event.id}"` +
  `,"type":${JSON.stringify(event.type)},"schemaVersion":${event.schemaVersion},"occurredAt":"${event.occurredAt}"` +
  `,"recordedAt":"${event.recordedAt}","appendSize":${event.appendSize}` +
  `${metadataMark}${oneLine(event.metadata)}${dataMark}${oneLine(event.data)}}\n`

// A quote inside of a JSON text has a backslash before it, so neither can stand anywhere else in front of the data.
/** What stands before the metadata in the line of an event. */
export const metadataMark = ',"metadata":'
/** What stands between the metadata and the data. */
export const dataMark = ',"data":'

// Inside of a JSON string a line break is escaped: a bare one stands between parts, where a space means the same.
const oneLine = (json: string): string => (json.includes("\n") ? json.replaceAll("\n", " ") : json)

/** Reads a header; fails with why it is none. */
export const readHeader = (line: string): Result.Result<Header, string> => {
  const header = decodeHeader(line)
  return Result.mapError(header, ({ message }) => message)
}

/** Reads a footer; fails with why it is none. */
export const readFooter = (line: string): Result.Result<Footer, string> =>
  Result.mapError(decodeFooter(line), ({ message }) => message)

/** Whether a line is meant as a footer. */
export const isFooter = (line: string): boolean => line.startsWith('{"end":')

const decodeHeader = Schema.decodeUnknownResult(Schema.fromJsonString(Header))
const decodeFooter = Schema.decodeUnknownResult(Schema.fromJsonString(Footer))
