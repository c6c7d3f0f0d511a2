/**
 * The headers a request may carry beside its content, and the entity tags that name versions.
 *
 * An entity tag is the version of the stream of an order or account in quotes, `"3"`. It is strong: one version, one content.
 * Gotcha: header names are lower case in here, as Node hands them over; clients may write them as they like.
 */
import { CardData } from "@eventfold/domain-payments"
import { Schema, SchemaTransformation } from "effect"

const uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

const text = (pattern: RegExp, message: string) =>
  Schema.String.annotate({ message }).check(Schema.isPattern(pattern, { message }))

/** A version as an entity tag: `"3"`. */
export const EntityTag = text(/^"(?:0|[1-9]\d{0,14})"$/u, 'must be a version in quotes, such as "3"').pipe(
  Schema.decodeTo(
    Schema.Int,
    SchemaTransformation.transform<number, string>({
      decode: (tag) => Number(tag.slice(1, -1)),
      encode: (version) => `"${version}"`
    })
  )
)

/** What `If-Match` may hold: one version as an entity tag, or `*` for whichever version there is. */
export const IfMatch = text(/^(?:\*|"(?:0|[1-9]\d{0,14})")$/u, 'must be * or one version in quotes, such as "3"').pipe(
  Schema.decodeTo(
    Schema.Union([Schema.Literal("*"), Schema.Int]),
    SchemaTransformation.transform<number | "*", string>({
      decode: (tag) => (tag === "*" ? "*" : Number(tag.slice(1, -1))),
      encode: (version) => (version === "*" ? "*" : `"${version}"`)
    })
  )
)

/** What `If-None-Match` may hold: entity tags that the client has, weak ones too, or `*`. */
export const IfNoneMatch = text(
  /^(?:\*|(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*)$/u,
  'must be * or entity tags in quotes, such as "3"'
)

/** Whether the client has this version already, by its `If-None-Match`. */
export const hasVersion = (ifNoneMatch: string, version: number): boolean =>
  ifNoneMatch === "*" || ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//u, "") === `"${version}"`)

/** The id of a command, as the client chose it: a UUID, bare or in quotes. */
export const IdempotencyKey = text(new RegExp(`^(?:${uuid}|"${uuid}")$`, "u"), "must be a UUID").pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform<string, string>({
      decode: (key) => key.replaceAll('"', "").toLowerCase(),
      encode: (key) => key
    })
  )
)

/** One id for everything that follows from one request. */
export const CorrelationId = text(
  /^[A-Za-z0-9._:+=/@-]{1,128}$/u,
  "must be 1 to 128 characters out of letters, digits and . _ : + = / @ -"
)

/** Who asks, by a name that the caller vouches for. It becomes part of the events' metadata and is never logged. */
export const Actor = text(
  /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/u,
  "must be 1 to 200 printable ASCII characters"
).check(CardData.notCardData)

/** Who does what the service itself is asked to do: it does, when no request says who asks. */
export const actorOf = (headers: { readonly "x-actor"?: string }): string => headers["x-actor"] ?? "orders-api"

/** Why, in the caller's words. It becomes part of the events' metadata and is never logged. */
export const Reason = text(
  /^[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?$/u,
  "must be 1 to 500 printable ASCII characters"
).check(CardData.notCardData)

const accompanying = {
  "x-correlation-id": Schema.optionalKey(CorrelationId),
  "x-actor": Schema.optionalKey(Actor),
  "x-reason": Schema.optionalKey(Reason)
}

/** As what the caller asks, as the caller vouches for it: only operators give prices. */
export const Role = Schema.Literals(["customer", "operator"]).annotate({ message: "must be customer or operator" })

/** The headers of a request that asks for something to be done. */
export const CommandHeaders = Schema.Struct({
  "idempotency-key": Schema.optionalKey(IdempotencyKey),
  "if-match": Schema.optionalKey(IfMatch),
  ...accompanying
})
/** The headers of a request that asks for something to be done. */
export interface CommandHeaders extends Schema.Schema.Type<typeof CommandHeaders> {}

/** The headers of a request that may give a price. */
export const PricingHeaders = Schema.Struct({ ...CommandHeaders.fields, "x-role": Schema.optionalKey(Role) })

/** The headers of a request that asks for something to be told. */
export const QueryHeaders = Schema.Struct({ "x-correlation-id": accompanying["x-correlation-id"] })

/** The headers of a request for one order or account. */
export const OneHeaders = Schema.Struct({ ...QueryHeaders.fields, "if-none-match": Schema.optionalKey(IfNoneMatch) })

/** The headers of the answer to a command: its version, the id to repeat it with, and what read models are shown of it. */
export const commandAnswerHeaders = {
  etag: EntityTag,
  "idempotency-key": Schema.String,
  "consistency-token": Schema.String
}
