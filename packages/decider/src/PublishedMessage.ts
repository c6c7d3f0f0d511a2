/**
 * The messages a context publishes, as values: a name, a version, and the schema of what they say. All of them are the
 * published language of the context.
 *
 * They are separate from the events of the domain: an event says what the aggregate knows, a message what others need, and
 * an event may change when no message does.
 *
 * Gotcha: a type such as `ordering.order-placed.v1` is a promise to everybody who reads it. What it says never changes;
 * another shape is another version, published beside it for as long as somebody reads the old one.
 */
import { DateTime, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"
import * as Personal from "./Personal.ts"

/** What is known of any message of a published language. Its type is `context.name.vN`. */
export interface MessageType {
  readonly type: string
  readonly context: string
  readonly name: string
  readonly version: number
  readonly Content: Schema.Codec<unknown, unknown>
}

/** A message of a published language, and what it says. */
export interface PublishedMessage<Content> extends MessageType {
  readonly Content: Schema.Codec<Content, unknown>
}

/** What a message says. */
export type Said<Message extends MessageType> = Message["Content"]["Type"]

/** A message that says something, on its way out. */
export interface Outgoing {
  readonly message: MessageType
  /** What it says as JSON; a failure when its own schema does not accept it. */
  readonly data: Result.Result<Schema.Json, Schema.SchemaError>
  /**
   * By what those who receive it are given it in order, when that is not the stream of the event: 1 to 255 characters. The
   * relay that publishes it must keep that order: it refuses a key that its `partitionBy` does not say of the event.
   */
  readonly key: string | undefined
}

/** What a context publishes. */
export interface PublishedLanguage {
  readonly context: string
  readonly messages: ReadonlyArray<MessageType>
}

/** A message a program cannot read: of a name or version it does not know, or with another content. */
export class MessageNotUnderstood extends Schema.TaggedError<MessageNotUnderstood>()("MessageNotUnderstood", {
  type: Schema.String,
  /** Which versions are known, or which field breaks which rule; nothing of what the message says. */
  reason: Schema.String
}) {
  /** The same message stays as it is, however often it is tried. */
  readonly retryable = false
  override get message() {
    return `${this.type} is not understood: ${this.reason}`
  }
}

/**
 * Declares a message of a context: its name, its version, and what it says.
 *
 * A message travels and is kept in clear, so it must not say anything personal: who is forgotten would live on in it. Say who
 * it is about, and have the others ask.
 *
 * @throws RangeError when the name, the version or the content breaks its rule: a mistake of the program, found where it is
 * declared.
 */
export const make = <Content>(
  context: string,
  name: string,
  version: number,
  content: Schema.Codec<Content, unknown>
): PublishedMessage<Content> => {
  const type = `${context}.${name}.v${version}`
  if (!/^[a-z][a-z0-9-]{0,31}\.[a-z][a-z0-9-]{0,63}\.v[1-9][0-9]{0,3}$/u.test(type)) {
    throw new RangeError(`${type} is no type of a message: it must be context.name.vN, in lower case`)
  }
  if (Personal.isIn(content) || Personal.isInTransit(content)) {
    throw new RangeError(`${type} must not say anything personal: messages are kept in clear`)
  }
  return { type, context, name, version, Content: content }
}

const utc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/u
const message = "must be an instant in UTC of the years 1 to 9999, such as 2026-01-15T12:00:00.000Z"
const isOfCalendar = Schema.makeIsBetween({ order: DateTime.Order })(
  {
    minimum: DateTime.makeUnsafe("0001-01-01T00:00:00.000Z"),
    maximum: DateTime.makeUnsafe("9999-12-31T23:59:59.999Z")
  },
  { message }
)

/**
 * The schema of an instant in what a message says: RFC 3339 in UTC, of the years 1 to 9999. Its JSON Schema says so, which
 * that of `Schema.DateTimeUtc` does not.
 */
export const Instant = Schema.String.check(
  Schema.isPattern(utc, { message }),
  Schema.makeFilter(() => true, { toJsonSchema: () => ({ format: "date-time" }) })
).pipe(Schema.decodeTo(Schema.DateTimeUtc.check(isOfCalendar), SchemaTransformation.dateTimeUtcFromString))

/** Says something with a message. */
export const say = <Content>(
  message: PublishedMessage<Content>,
  content: Content,
  options: { readonly key?: string } = {}
): Outgoing => ({
  message,
  data: Schema.encodeResult(Schema.toCodecJson(message.Content))(content),
  key: options.key
})

/**
 * Declares what a context publishes.
 *
 * @throws RangeError when a message is of another context or declared twice.
 */
export const language = (context: string, messages: ReadonlyArray<MessageType>): PublishedLanguage => {
  const foreign = messages.find((message) => message.context !== context)
  if (foreign !== undefined) throw new RangeError(`${foreign.type} is no message of ${context}`)
  const twice = messages.find(({ type }, place) => messages.findIndex((one) => one.type === type) < place)
  if (twice !== undefined) throw new RangeError(`${twice.type} is declared twice`)
  return { context, messages }
}

/** What a message says to who knows its type. */
export const read = <Content>(
  message: PublishedMessage<Content>,
  data: unknown
): Result.Result<Content, MessageNotUnderstood> =>
  Result.mapError(
    Schema.decodeUnknownResult(Schema.toCodecJson(message.Content))(data, { errors: "all" }),
    ({ issue }) => new MessageNotUnderstood({ type: message.type, reason: placesOf(issue) })
  )

/** Finds a message of a language by its type; whoever asks for one that is not there is told which versions are. */
export const find = (
  { context, messages }: PublishedLanguage,
  type: string
): Result.Result<MessageType, MessageNotUnderstood> => {
  const found = messages.find((message) => message.type === type)
  if (found !== undefined) return Result.succeed(found)
  const name = type.replace(/\.v[0-9]+$/u, "")
  const versions = messages.filter((message) => `${message.context}.${message.name}` === name)
  const reason =
    versions.length === 0
      ? `the language of ${context} has no message of this name`
      : `known of it are ${versions.map(({ version }) => `v${version}`).join(", ")}`
  return Result.fail(new MessageNotUnderstood({ type, reason }))
}

/** The JSON Schema (draft 2020-12) of what a message says; `id` is its address. */
export const jsonSchema = ({ Content, type }: MessageType, id: string): Schema.JsonObject => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Content)
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: id,
    title: type,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return Schema.decodeUnknownSync(Schema.JsonObject)(document)
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The fields that are wrong. What is wrong with them may quote them, and they may be about a person. */
const placesOf = (issue: SchemaIssue.Issue): string => {
  const places = format(issue).issues.map(({ path = [] }) =>
    path.map((key) => String(typeof key === "object" ? key.key : key)).join(".")
  )
  return `its content does not fit its schema: ${places.map((place) => place || "(all of it)").join(", ")}`
}
