/**
 * The format of an exported store: one JSON object per line, in UTF-8.
 *
 *     {"format":"eventfold-export","version":2,"createdAt":…,"source":…,"events":2,"actions":1, …,"upTo":7}
 *     {"position":3,"tenant":…,"category":…,"stream":…,"version":1,"id":…, …,"metadata":{…},"data":{…}}
 *     {"kind":"action","position":4, …}
 *     {"position":7, …}
 *     {"kind":"beside","repairs":1,"archived":1,"forgotten":1,"keys":1}
 *     {"kind":"repair", …}
 *     {"kind":"archived", …}
 *     {"kind":"forgotten", …}
 *     {"kind":"key", …}
 *     {"end":"eventfold-export","events":2,"sha256":…}
 *
 * First comes the log in the order of its positions: events, and the actions of the audit among them. Then, after a line
 * that counts it, what stands beside the log, kind by kind: see `ExportKinds.ts`. Version 1 held the events and no more;
 * it is read as a store of which the rest was left out.
 *
 * Guarantees: data and metadata stand in the file as the text that is stored, digit by digit and key by key; the same
 * store makes the same bytes; a file without its last line is not whole. `sha256` covers every byte before the last line.
 * Gotcha: JSON text may hold line breaks between its parts. Programs that append through the store make none; those of
 * others become spaces.
 */
import { Result, Schema } from "effect"

/** The name of the format, in its first and its last line. */
export const formatName = "eventfold-export"

/** The version of the format that is written. */
export const formatVersion = 2

/** The most bytes one line may have: 64 MiB. */
export const maxLineBytes = 64 * 1024 * 1024

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What an export can leave out. The events, the ledger of the forgotten, and who has no key any more are always in it. */
export const parts = ["actions", "repairs", "archive", "keys"] as const
/** What an export can leave out. */
export type Part = (typeof parts)[number]

const common = {
  format: Schema.Literal(formatName),
  /** When the export began. */
  createdAt: Schema.DateTimeUtcFromString,
  /** Where it comes from, for people. */
  source: Schema.String,
  /** How many events there are. */
  events: Count,
  /** The whole log up to this position is in the file. Below 2^52, so that there is room behind it. */
  upTo: Count.check(Schema.isLessThan(2 ** 52))
}

const HeaderOfOne = Schema.Struct({ ...common, version: Schema.Literal(1) })

/** The first line. */
export const Header = Schema.Struct({
  format: common.format,
  version: Schema.Literal(formatVersion),
  createdAt: common.createdAt,
  source: common.source,
  events: common.events,
  /** How many actions of the audit stand among them. */
  actions: Count,
  /** How many entries the catalogue of the archive had, and how many of them were brought back to the log. */
  archived: Count,
  restored: Count,
  /** What was left out on purpose. */
  without: Schema.Array(Schema.Literals(parts)),
  upTo: common.upTo
})
/** The first line; of version 1 as what it says in the words of version 2. */
export type Header = Omit<typeof Header.Type, "version"> & { readonly version: 1 | 2 }

/** The line between the log and what stands beside it: how many lines of each kind follow. */
export const Beside = Schema.Struct({
  kind: Schema.Literal("beside"),
  repairs: Count,
  archived: Count,
  forgotten: Count,
  keys: Count
})
/** How many lines of each kind stand beside the log. */
export type Beside = typeof Beside.Type

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
const encodeBeside = Schema.encodeSync(Schema.fromJsonString(Beside))
const encodeFooter = Schema.encodeSync(Schema.fromJsonString(Footer))

/** The line of a header, with its line break. It is always one of the version that is written. */
export const headerLine = (header: Header): string => `${encodeHeader({ ...header, version: formatVersion })}\n`

/** The line before what stands beside the log, with its line break. */
export const besideLine = (beside: Beside): string => `${encodeBeside(beside)}\n`

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
/** JSON text without line breaks. */
export const oneLine = (json: string): string => (json.includes("\n") ? json.replaceAll("\n", " ") : json)

/** Reads a header; fails with why it is none. */
export const readHeader = (line: string): Result.Result<Header, string> =>
  Result.mapError(Result.flatMap(decodeVersion(line), ofVersion(line)), ({ message }) => message)

const ofVersion =
  (line: string) =>
  ({ version }: { readonly version: number }): Result.Result<Header, { readonly message: string }> => {
    if (version === formatVersion) return decodeHeader(line)
    if (version === 1) {
      return Result.map(decodeHeaderOfOne(line), (header) => ({
        ...header,
        actions: 0,
        archived: 0,
        restored: 0,
        without: parts
      }))
    }
    return Result.fail({ message: `its version is ${version}, and this program reads 1 and ${formatVersion}` })
  }

/** Reads the line before what stands beside the log; fails with why it is none. */
export const readBeside = (line: string): Result.Result<Beside, string> =>
  Result.mapError(decodeBeside(line), ({ message }) => message)

/** Reads a footer; fails with why it is none. */
export const readFooter = (line: string): Result.Result<Footer, string> =>
  Result.mapError(decodeFooter(line), ({ message }) => message)

/** Whether a line is meant as a footer. */
export const isFooter = (line: string): boolean => line.startsWith('{"end":')

/** Whether a line is meant as that before what stands beside the log. */
export const isBeside = (line: string): boolean => line.startsWith('{"kind":"beside"')

const decodeVersion = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.Struct({ format: common.format, version: Schema.Int }))
)
const decodeHeader = Schema.decodeUnknownResult(Schema.fromJsonString(Header))
const decodeHeaderOfOne = Schema.decodeUnknownResult(Schema.fromJsonString(HeaderOfOne))
const decodeBeside = Schema.decodeUnknownResult(Schema.fromJsonString(Beside))
const decodeFooter = Schema.decodeUnknownResult(Schema.fromJsonString(Footer))
