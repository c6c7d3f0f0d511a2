/**
 * Writes a message that keeps every rule, as nearly all do, in a fifth of the time that its schema takes.
 *
 * Guarantees: what it writes is what the schema writes. Of whatever it is not sure it says nothing, and the schema decides and
 * names what is wrong; so it may refuse what is right, and never takes what is wrong.
 */
import { DateTime, type Schema } from "effect"
import type { CloudEvent, EncodedParts } from "./CloudEvent.ts"
import * as Rules from "./CloudEventRules.ts"

/** From 0000-01-01 to 9999-12-31, in milliseconds since 1970: the years that RFC 3339 has. */
const [firstMillisecond, lastMillisecond] = [-62_167_219_200_000, 253_402_300_799_999]

/** JSON that is nested deeper is left to the schema, which has no bound. */
const deepest = 32

/** The parts of a message without attributes nobody knows; undefined where its schema is to be asked. */
export const partsOf = (event: CloudEvent): EncodedParts | undefined => {
  const { data, extensions, subject, tenantid, time, traceparent } = event
  const { causationid, correlationid, dataschema, id, partitionkey, source, specversion, type } = event
  if (
    extensions !== undefined ||
    specversion !== "1.0" ||
    event.datacontenttype !== "application/json" ||
    !isText(id, 256) ||
    !isReference(source) ||
    !isText(type, 128) ||
    !isText(subject, 512) ||
    !isTime(time) ||
    !isAddress(dataschema) ||
    !isText(partitionkey, 512) ||
    !isText(correlationid, 2048) ||
    !isText(causationid, 256) ||
    ("tenantid" in event && !isText(tenantid, 63)) ||
    ("traceparent" in event && !(isText(traceparent, 55) && Rules.traceparent.holds(traceparent))) ||
    !isObject(data, deepest)
  ) {
    return undefined
  }
  const attributes: Record<string, string> = {
    specversion,
    id,
    source,
    type,
    subject,
    time: DateTime.formatIso(time),
    datacontenttype: event.datacontenttype,
    dataschema,
    partitionkey,
    correlationid,
    causationid
  }
  if (tenantid !== undefined) attributes["tenantid"] = tenantid
  if (traceparent !== undefined) attributes["traceparent"] = traceparent
  return { attributes, data }
}

const printable = /^[ -~]+$/u

/** Text of ASCII alone: the schema looks at any other, and at what is no text. */
const isText = (value: unknown, max: number): value is string =>
  typeof value === "string" && value.length <= max && printable.test(value)

/** Times to the millisecond, whose text is longer outside of the years that RFC 3339 has. */
const isTime = (value: unknown): boolean =>
  DateTime.isDateTime(value) &&
  DateTime.isUtc(value) &&
  value.epochMilliseconds >= firstMillisecond &&
  value.epochMilliseconds <= lastMillisecond

/** A rule that remembers what has kept it, because the same few addresses come again and again. */
const remembering = ({ holds }: Rules.Rule) => {
  const kept = new Set<unknown>()
  return (value: unknown): boolean => {
    if (kept.has(value)) return true
    if (typeof value !== "string" || !holds(value)) return false
    if (kept.size >= mostKept) kept.clear()
    kept.add(value)
    return true
  }
}

/** No more addresses are remembered. */
const mostKept = 256

const [isReference, isAddress] = [remembering(Rules.uriReference), remembering(Rules.uri)]

const isObject = (value: unknown, levels: number): value is Schema.JsonObject => {
  if (typeof value !== "object" || value === null || levels === 0) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((one) => isJson(one, levels - 1))
}

const isJson = (value: unknown, levels: number): boolean => {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true
  if (typeof value === "number") return Number.isFinite(value)
  return Array.isArray(value)
    ? levels > 0 && Array.from(value).every((one) => isJson(one, levels - 1))
    : isObject(value, levels)
}
