/**
 * One version of one event: between an event and its stored data.
 *
 * Name and business time have columns of their own and are no part of the data. So the schema that runs here is that of
 * the event without the two: nothing is copied, and no time goes through text, which would take longer than the rest.
 *
 * Gotcha: what the code of a schema throws is thrown here too.
 */
import { DomainEvent } from "@eventfold/decider"
import { DateTime, Result, Schema, SchemaAST } from "effect"
import { isJsonObject } from "./Json.ts"
import * as UnchangedText from "./UnchangedText.ts"

/** Both directions between the events of one version and their data. */
export interface EventShape<Event> {
  /** The data of an event, or why there is none. */
  readonly encode: (event: Event) => Result.Result<Schema.JsonObject, string>
  /** The event that the data and its business time make, or why they make none. It is fresh, and not frozen yet. */
  readonly decode: (data: Schema.JsonObject, occurredAt: DateTime.Utc) => Result.Result<Event, string>
}

/** Builds the shape of an event schema. */
export const make = <Event extends DomainEvent.DomainEvent>(
  schema: Schema.Codec<Event, unknown>
): EventShape<Event> => {
  const type = DomainEvent.nameOf(schema)
  const { ast } = Schema.toCodecJson(schema)
  const alone = SchemaAST.isObjects(ast) ? contentOf(ast) : undefined
  const whole = SchemaAST.isObjects(ast) ? withoutTimeAsText(ast) : ast
  // The content alone is not an event yet: `decode` puts the two fields in before anybody sees it.
  const codec = Schema.make<Schema.Codec<Event, Schema.Json>>(alone ?? whole)
  const [encodeContent, decodeContent] = [Schema.encodeResult(codec), Schema.decodeUnknownResult(codec)]
  const quick = alone === undefined ? undefined : UnchangedText.of(alone)
  const decodeQuickly =
    quick === undefined || quick === alone
      ? decodeContent
      : Schema.decodeUnknownResult(Schema.make<Schema.Codec<Event, Schema.Json>>(quick))
  return {
    encode: (event) => {
      if (!DateTime.isDateTime(event.occurredAt) || !DateTime.isUtc(event.occurredAt)) {
        return Result.fail("occurredAt is not a time in UTC")
      }
      const encoded = encodeContent(event)
      if (Result.isFailure(encoded)) return Result.fail(messageOf(encoded.failure))
      if (!isJsonObject(encoded.success)) return Result.fail("it is not an object")
      if (alone !== undefined) return Result.succeed(encoded.success)
      const { _tag, occurredAt, ...content } = encoded.success
      return Result.succeed(content)
    },
    decode: (data, occurredAt) => {
      if (alone === undefined) {
        return Result.mapError(decodeContent({ ...data, _tag: type, occurredAt }), messageOf)
      }
      let decoded = decodeQuickly(data)
      // What is stored in another form than decoding gives it, or is wrong, the schema itself decides on.
      if (Result.isFailure(decoded) && decodeQuickly !== decodeContent) decoded = decodeContent(data)
      if (Result.isSuccess(decoded)) complete(decoded.success, type, occurredAt)
      return Result.mapError(decoded, messageOf)
    }
  }
}

// `Object.assign` does the same, in twice the time, and what it has made takes longer to freeze.
const complete = (content: { _tag: string; occurredAt: DateTime.Utc }, type: string, occurredAt: DateTime.Utc) => {
  content._tag = type
  content.occurredAt = occurredAt
}

const messageOf = (error: Schema.SchemaError) => error.message

/**
 * The schema of the fields besides name and time. None where they cannot be told apart: rules about the whole event see
 * all of it, and an empty struct would hand on whatever it is given.
 */
const contentOf = (ast: SchemaAST.Objects): SchemaAST.Objects | undefined => {
  const content = ast.propertySignatures.filter(({ name }) => name !== "_tag" && name !== "occurredAt")
  const rulesOfTheWhole = ast.checks ?? ast.encodingChecks ?? ast.encoding
  return rulesOfTheWhole === undefined && ast.indexSignatures.length === 0 && content.length > 0
    ? new SchemaAST.Objects(content, [], ast.annotations)
    : undefined
}

/** The schema of the whole event, in which the time is a time in both forms. */
const withoutTimeAsText = (ast: SchemaAST.Objects): SchemaAST.Objects =>
  new SchemaAST.Objects(
    ast.propertySignatures.map((property) =>
      property.name === "occurredAt" ? new SchemaAST.PropertySignature("occurredAt", Schema.DateTimeUtc.ast) : property
    ),
    ast.indexSignatures,
    ast.annotations,
    ast.checks,
    ast.encoding,
    ast.context,
    ast.encodingChecks
  )
