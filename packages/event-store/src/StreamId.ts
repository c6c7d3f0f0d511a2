/**
 * The identity of a stream: the tenant, the category (the kind of aggregate) and the id of the aggregate.
 *
 * Its text form `tenant/category/id` is for people and logs; stores keep the three parts apart, so two tenants never
 * share a stream.
 */
import { Result, Schema } from "effect"
import { isPlainText, plainText } from "./PlainText.ts"

const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/u
const categoryPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/u
const maxId = 255

/** The tenant whose data it is: 1 to 63 lower-case letters, digits, `-` or `_`. */
export const Tenant = Schema.String.check(
  Schema.isPattern(tenantPattern, {
    message: "a tenant must be 1 to 63 lower-case letters, digits, '-' or '_'"
  })
)

/** The kind of aggregate: 1 to 64 letters, digits, `-` or `_`, starting with a letter. */
export const Category = Schema.String.check(
  Schema.isPattern(categoryPattern, {
    message: "a category must be 1 to 64 letters, digits, '-' or '_', starting with a letter"
  })
)

/** The three parts of a stream's identity. */
export const StreamId = Schema.Struct({
  tenant: Tenant,
  category: Category,
  id: plainText({ what: "a stream id", max: maxId })
}).annotate({ identifier: "StreamId" })
/** The three parts of a stream's identity. */
export type StreamId = typeof StreamId.Type

/** Builds a stream id from its parts. Throws on parts that break the rules: decode with {@link StreamId} what users give. */
export const make = (tenant: string, category: string, id: string): StreamId => StreamId.make({ tenant, category, id })

/** The text form `tenant/category/id`. */
export const format = (stream: StreamId): string => `${stream.tenant}/${stream.category}/${stream.id}`

/** Why `stream` is not a valid stream id; `undefined` when it is one. */
export const problemOf = (stream: StreamId): string | undefined => {
  // Every append and every read asks: what is sound is found to be so without the schema, which says what is wrong.
  if (isSound(stream)) return undefined
  const decoded = decode(stream)
  return Result.isSuccess(decoded) ? undefined : decoded.failure.message
}

const decode = Schema.decodeUnknownResult(StreamId)

const isSound = ({ category, id, tenant }: StreamId): boolean =>
  typeof tenant === "string" &&
  tenantPattern.test(tenant) &&
  typeof category === "string" &&
  categoryPattern.test(category) &&
  typeof id === "string" &&
  id.length >= 1 &&
  id.length <= maxId &&
  isPlainText(id)
