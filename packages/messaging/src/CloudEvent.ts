/**
 * Messages between contexts, as CloudEvents 1.0 whose data is a JSON object.
 *
 * Besides what CloudEvents asks for, a message says when it happened, what it is about, where the schema of its data is,
 * what it follows from, and by which key it is kept in order. Attributes nobody here knows are kept as text and passed on.
 *
 * Guarantees: what is decoded keeps every rule of the attributes, and so does what is encoded; whatever breaks one is
 * refused with the attributes that do and their rules, up to {@link mostProblems}. Nothing refused is quoted, since it may be
 * about a person: neither what attributes hold, nor a name that no attribute can have.
 *
 * Gotchas: times are kept to the millisecond and in UTC, whatever the offset they came with. Numbers and booleans of
 * unknown attributes become text, which CloudEvents allows. Binary data (`data_base64`) is refused.
 */
import { DateTime, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"
import * as CloudEventFastPath from "./CloudEventFastPath.ts"
import * as Rules from "./CloudEventRules.ts"

/** A message that breaks rules. */
export class CloudEventNotValid extends Schema.TaggedError<CloudEventNotValid>()("CloudEventNotValid", {
  /** Every attribute that is wrong, and the rule it breaks. */
  problems: Schema.Array(Schema.Struct({ attribute: Schema.String, rule: Schema.String }))
}) {
  override get message() {
    return `not a message: ${this.problems.map(({ attribute, rule }) => `${attribute} ${rule}`).join("; ")}`
  }
}

const missing = { messageMissingKey: "is missing" } as const

const ruled = ({ holds, rule }: Rules.Rule) =>
  Schema.String.annotate({ message: rule }).check(Schema.makeFilter(holds, { message: rule }))

const attribute = (rule: Rules.Rule) => ruled(rule).annotateKey(missing)

const literal = <const Value extends string>(value: Value) =>
  Schema.Literal(value)
    .annotate({ message: `must be ${value}` })
    .annotateKey(missing)

/** Media types are compared without case, and may name the only charset JSON has. */
const mediaType = ruled(Rules.json).pipe(
  Schema.decodeTo(
    Schema.Literal("application/json"),
    SchemaTransformation.transform<"application/json", string>({
      decode: () => "application/json",
      encode: (value) => value
    })
  )
)

const time = ruled(Rules.timestamp).pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transform({
      decode: (value) => DateTime.makeUnsafe(value.toUpperCase()),
      encode: DateTime.formatIso
    })
  )
)

const Attributes = Schema.Struct({
  specversion: literal("1.0"),
  /** Of one source no two messages have the same. */
  id: attribute(Rules.text(256)),
  /** The context that publishes, such as `/contexts/ordering`. */
  source: attribute(Rules.uriReference),
  /** The name and version in the published language, such as `ordering.order-placed.v1`. */
  type: attribute(Rules.text(128)),
  /** What it is about, such as the id of the order. */
  subject: attribute(Rules.text(512)),
  /** When it happened in the business. */
  time: time.annotateKey(missing),
  datacontenttype: mediaType.annotateKey(missing),
  /** Where the JSON Schema of `data` is. */
  dataschema: attribute(Rules.uri),
  /** Messages of one key are delivered in order. */
  partitionkey: attribute(Rules.text(512)),
  /** One id for everything that follows from one request. */
  correlationid: attribute(Rules.text(2048)),
  /** The id of the event or message that led to this one. */
  causationid: attribute(Rules.text(256)),
  tenantid: Schema.optionalKey(attribute(Rules.text(63))),
  /** The trace it belongs to. */
  traceparent: Schema.optionalKey(attribute(Rules.traceparent)),
  data: Schema.JsonObject.annotate({ message: "must be a JSON object" }).annotateKey(missing)
})

/** The attributes this program knows, and `data`. */
type Attributes = typeof Attributes.Type

/** A message, with the attributes nobody here knows beside those that are known. */
export interface CloudEvent extends Attributes {
  readonly extensions?: Readonly<Record<string, string>>
}

/** The most attributes a message may have besides those that are known. */
export const mostExtensions = 32

const extension = Rules.text(1024)
const known: ReadonlySet<string> = new Set(Object.keys(Attributes.fields))
const [decodeKnown, encodeKnown] = [Schema.decodeUnknownResult(Attributes), Schema.encodeResult(Attributes)]
const all = { errors: "all" } as const
const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The most problems of one message that are named. */
export const mostProblems = 40

type Problems = CloudEventNotValid["problems"]

/** The place of an attribute: its name, if that is one. What a foreign sender calls one may be of any length, and about a person. */
export const placeOf = (name: string): string =>
  Rules.attributeName.holds(name) || name === base64 ? name : "an unknown attribute"

/** JSON has it for data that are no JSON. */
const base64 = "data_base64"

/** A message refused, for each of these once; what is more than {@link mostProblems} of them is counted. */
export const refusal = (problems: Problems): CloudEventNotValid => {
  const each = Array.from(new Map(problems.map((one) => [`${one.attribute} ${one.rule}`, one])).values())
  const more = each.length - mostProblems
  return new CloudEventNotValid({
    problems:
      more <= 0
        ? each
        : [
            ...each.slice(0, mostProblems),
            { attribute: "the message", rule: `has ${more} more attributes that are wrong` }
          ]
  })
}

const problemsOf = (issue: SchemaIssue.Issue): Problems =>
  format(issue).issues.map(({ message, path = [] }) => ({
    attribute: path[0] === undefined ? "the message" : String(typeof path[0] === "object" ? path[0].key : path[0]),
    rule: message
  }))

/** What is wrong with attributes nobody here knows. */
const problemsOfExtensions = (extensions: Readonly<Record<string, string>>): Problems => [
  ...(Object.keys(extensions).length > mostExtensions
    ? [
        {
          attribute: "the message",
          rule: `must have at most ${mostExtensions} attributes besides those that are known`
        }
      ]
    : []),
  ...Object.entries(extensions).flatMap(([name, value]) => [
    ...(Rules.attributeName.holds(name) && !known.has(name)
      ? []
      : [{ attribute: placeOf(name), rule: Rules.attributeName.rule }]),
    ...(extension.holds(value) ? [] : [{ attribute: placeOf(name), rule: extension.rule }])
  ])
]

const finished = <A>(
  result: Result.Result<A, Schema.SchemaError>,
  more: Problems
): Result.Result<A, CloudEventNotValid> => {
  const problems = [...(Result.isFailure(result) ? problemsOf(result.failure.issue) : []), ...more]
  return problems.length === 0 ? Result.mapError(result, () => refusal(problems)) : Result.fail(refusal(problems))
}

/** A message in parts: attributes as text, and data. */
export interface EncodedParts {
  readonly attributes: Readonly<Record<string, string>>
  readonly data: Schema.JsonObject
}

/** The parts of a message. */
export const toParts = (event: CloudEvent): Result.Result<EncodedParts, CloudEventNotValid> => {
  const parts = CloudEventFastPath.partsOf(event)
  return parts === undefined ? bySchema(event) : Result.succeed(parts)
}

const bySchema = (event: CloudEvent): Result.Result<EncodedParts, CloudEventNotValid> => {
  const { extensions = {}, ...known } = event
  return Result.map(finished(encodeKnown(known, all), problemsOfExtensions(extensions)), ({ data, ...attributes }) => ({
    attributes: { ...attributes, ...extensions },
    data
  }))
}

/** A message as structured JSON (`application/cloudevents+json`). */
export const toJson = (event: CloudEvent): Result.Result<Schema.JsonObject, CloudEventNotValid> =>
  Result.map(toParts(event), ({ attributes, data }) => ({ ...attributes, data }))

/** The message that structured JSON is. An attribute that is null is one that is not there. */
export const fromJson = (json: unknown): Result.Result<CloudEvent, CloudEventNotValid> => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return Result.fail(
      new CloudEventNotValid({ problems: [{ attribute: "the message", rule: "must be a JSON object" }] })
    )
  }
  const attributes: Record<string, unknown> = {}
  const extensions: Record<string, string> = {}
  const problems: Array<Problems[number]> = []
  for (const [name, value] of Object.entries(json)) {
    if (known.has(name)) {
      if (value !== null) attributes[name] = value
    } else if (name === base64) {
      problems.push({ attribute: name, rule: "is not taken: messages carry JSON in data" })
    } else if (typeof value === "string" || typeof value === "boolean" || isInteger(value)) {
      extensions[name] = String(value)
    } else if (value !== null) {
      problems.push({ attribute: placeOf(name), rule: "must be a string, a boolean or an integer of 32 bits" })
    }
  }
  problems.push(...problemsOfExtensions(extensions))
  return Result.map(finished(decodeKnown(attributes, all), problems), (decoded) =>
    Object.keys(extensions).length === 0 ? decoded : { ...decoded, extensions }
  )
}

const isInteger = (value: unknown): boolean => typeof value === "number" && (value | 0) === value

/** A message as JSON text, as it travels and as it is stored. */
export const toText = (event: CloudEvent): Result.Result<string, CloudEventNotValid> =>
  Result.map(toJson(event), (json) => JSON.stringify(json))

/** The message that JSON text is. */
export const fromText = (text: string): Result.Result<CloudEvent, CloudEventNotValid> =>
  Result.flatMap(parse("the message", text), fromJson)

/** JSON out of text; `attribute` is the place that is named when it is none. */
export const parse = (attribute: string, text: string): Result.Result<unknown, CloudEventNotValid> =>
  Result.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new CloudEventNotValid({ problems: [{ attribute, rule: "must be JSON" }] })
  })
