/**
 * The port to documents: what is known of something now, as JSON, with the version it got by its last change.
 *
 * A document has the identity of a stream, because what happens to it is told in the stream of that name, and its version is
 * that of the last event there. Who takes a document away leaves its version behind, so versions never come again.
 *
 * Guarantees of every layer (`DocumentsContract` in `@eventfold/testing` holds them to it): a document is replaced only at the
 * version its writer has seen, of several who write at the same moment one does, and the others are told the actual version;
 * the JSON is answered as it was put; ids are sorted byte by byte; all of it joins an open `Transaction`.
 */
import { EventStoreFailure, StreamId, type VersionConflict, type WritingService } from "@eventfold/event-store"
import { Context, Effect, Schema } from "effect"

/** A document as it is kept. */
export interface StoredDocument {
  /** The id within its category. */
  readonly id: string
  readonly version: number
  /** Absent when it was taken away. */
  readonly content?: Schema.Json
}

/** A document that is there. */
export interface PresentDocument extends StoredDocument {
  readonly content: Schema.Json
}

/** Documents of one category, in the order of their ids. */
export interface DocumentPage {
  readonly tenant: string
  readonly category: string
  /** Those with a greater id only, compared byte by byte. Default: from the first. */
  readonly after?: string | undefined
  /** 1 to 1,000. */
  readonly limit: number
}

/** A change of a document. */
export interface Put {
  readonly stream: StreamId.StreamId
  /** What is known from now on; absent: the document is taken away. */
  readonly content?: Schema.Json
  /** The version it has now, 0 when there was never one. */
  readonly expected: number
  /** The version it gets: greater than `expected`. */
  readonly version: number
}

/** The most characters a document may have as JSON. */
export const longestDocument = 1024 * 1024

/** What was to be kept, or asked for, breaks a rule, whatever there is. `field` names the part, `rule` what must hold. */
export class InvalidDocument extends Schema.TaggedError<InvalidDocument>()("InvalidDocument", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.field}: ${this.rule}`
  }
}

/** What a layer implements; content is JSON text to it. */
export interface DocumentsDriver {
  put(change: Omit<Put, "content"> & { readonly json: string | undefined }): Effect.Effect<void, Refused>
  find(
    of: Pick<DocumentPage, "tenant" | "category">,
    ids: ReadonlyArray<string>
  ): Effect.Effect<ReadonlyArray<StoredText>, EventStoreFailure>
  list(page: DocumentPage): Effect.Effect<ReadonlyArray<StoredText>, EventStoreFailure>
}

/** A document as a layer keeps it: its content as JSON text, `undefined` when it was taken away. */
export interface StoredText {
  readonly id: string
  readonly version: number
  readonly json: string | undefined
}

type Refused = VersionConflict | EventStoreFailure

/** The port to documents. */
export class Documents extends Context.Service<
  Documents,
  {
    /** Replaces a document, begins one, or takes one away, if it is at the version expected. */
    put(change: Put): Effect.Effect<void, Refused | InvalidDocument>
    /** Documents by their ids, in the order of these; those that were taken away with their version, unknown ones not at all. */
    find(
      of: Pick<DocumentPage, "tenant" | "category">,
      ids: ReadonlyArray<string>
    ): Effect.Effect<ReadonlyArray<StoredDocument>, EventStoreFailure>
    /** A page of the documents that are there. */
    list(page: DocumentPage): Effect.Effect<ReadonlyArray<PresentDocument>, EventStoreFailure>
  }
>()("@eventfold/documents/Documents") {
  declare readonly "a program can write with it": WritingService["a program can write with it"]
  /** Builds the service from what a layer implements: rules are checked and JSON is read once for all. */
  static make(driver: DocumentsDriver): Documents["Service"] {
    return {
      put: ({ content, ...change }) => {
        const json = content === undefined ? undefined : JSON.stringify(content)
        const wrong = wrongIn(change, json)
        return wrong === undefined ? driver.put({ ...change, json }) : Effect.fail(wrong)
      },
      find: (of, ids) => {
        const wanted = Array.from(new Set(ids))
        return wanted.length === 0 ? Effect.succeed([]) : Effect.flatMap(driver.find(of, wanted), Effect.forEach(read))
      },
      list: (page) =>
        Effect.flatMap(driver.list({ ...page, limit: Math.min(Math.max(page.limit, 1), 1000) }), (found) =>
          Effect.forEach(found, ({ json, ...rest }) =>
            Effect.map(parse(json ?? "null"), (content) => ({ ...rest, content }))
          )
        )
    }
  }
}

const wrongIn = ({ expected, stream, version }: Omit<Put, "content">, json: string | undefined) => {
  const problem = StreamId.problemOf(stream)
  if (problem !== undefined) return new InvalidDocument({ field: "stream", rule: problem })
  if (!Number.isSafeInteger(version) || expected < 0 || version <= expected) {
    return new InvalidDocument({ field: "version", rule: "must be a whole number greater than the expected version" })
  }
  if (json !== undefined && json.length > longestDocument) {
    return new InvalidDocument({ field: "content", rule: `must have at most ${longestDocument} characters as JSON` })
  }
  return undefined
}

const read = ({ json, ...document }: StoredText): Effect.Effect<StoredDocument, EventStoreFailure> =>
  json === undefined ? Effect.succeed(document) : Effect.map(parse(json), (content) => ({ ...document, content }))

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))

const parse = (json: string): Effect.Effect<Schema.Json, EventStoreFailure> =>
  Effect.mapError(
    decode(json),
    (cause) => new EventStoreFailure({ operation: "Documents.read", retryable: false, detail: "it is no JSON", cause })
  )
