/**
 * The checks every append passes before it reaches a store, written once for all layers, and the form that reaches it.
 */
import { DateTime, Result } from "effect"
import { InvalidAppend } from "./EventStoreErrors.ts"
import type { ExpectedVersion } from "./ExpectedVersion.ts"
import { isPlainText } from "./PlainText.ts"
import { maxMetadataValue, type EventMetadata, type NewEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

/** The most events one append may hold. */
export const maxEventsPerAppend = 10_000

/** The largest `data` of one event, in UTF-16 units of its JSON text. */
export const maxEventSize = 16 * 1024 * 1024

/** The deepest nesting of `data`: PostgreSQL's JSON parser works on the stack. */
export const maxEventDepth = 256

/** A checked event with its data and metadata as JSON text, exactly as a store keeps them. */
export interface PreparedEvent {
  readonly id: string
  readonly type: string
  readonly schemaVersion: number
  readonly occurredAt: DateTime.Utc
  readonly data: string
  readonly metadata: string
}

const uuid = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/u
// Years 1 to 9999: what both PostgreSQL's timestamptz and ISO 8601 with four digits can say.
const earliest = DateTime.makeUnsafe("0001-01-01T00:00:00.000Z").epochMilliseconds
const latest = DateTime.makeUnsafe("9999-12-31T23:59:59.999Z").epochMilliseconds

/** Checks an append and puts its events into the stored form, or says which part breaks which rule. */
export const prepare = (
  stream: StreamId.StreamId,
  expected: ExpectedVersion,
  events: ReadonlyArray<NewEvent>
): Result.Result<ReadonlyArray<PreparedEvent>, InvalidAppend> => {
  const invalid = (field: string, rule: string) => Result.fail(new InvalidAppend({ field, rule }))
  const streamProblem = StreamId.problemOf(stream)
  if (streamProblem !== undefined) return invalid("stream", streamProblem)
  if (expected._tag === "Exact" && !(Number.isSafeInteger(expected.version) && expected.version >= 1)) {
    return invalid("expected.version", "must be a whole number from 1; a stream without events is NoStream")
  }
  if (events.length === 0) return invalid("events", "an append must hold at least one event")
  if (events.length > maxEventsPerAppend) {
    return invalid("events", `an append must hold at most ${maxEventsPerAppend} events, this one has ${events.length}`)
  }
  const ids = new Set<string>()
  // The events of one decision share their metadata, and often their type: what was looked at just now is sound.
  let known = nothingKnown
  const prepared: Array<PreparedEvent> = []
  for (const [index, event] of events.entries()) {
    const problem = problemOf(event, known)
    if (problem !== undefined) return invalid(`events[${index}].${problem[0]}`, problem[1])
    const id = event.id.toLowerCase()
    if (ids.has(id)) return invalid(`events[${index}].id`, "event ids must differ inside one append")
    ids.add(id)
    const data = JSON.stringify(event.data)
    if (data.length > maxEventSize) {
      return invalid(`events[${index}].data`, `must be at most ${maxEventSize} characters as JSON`)
    }
    const { metadata, occurredAt, schemaVersion, type } = event
    const text = metadata === known.metadata ? known.text : JSON.stringify(metadata)
    known = { type, metadata, text }
    prepared.push({ id, type, schemaVersion, occurredAt, data, metadata: text })
  }
  return Result.succeed(prepared)
}

/** What the event before has shown to be sound. */
interface Known {
  readonly type: string
  readonly metadata: EventMetadata | undefined
  readonly text: string
}

const nothingKnown: Known = { type: "", metadata: undefined, text: "" }

/** The part of an event that no store takes, and the rule it breaks. The size of its data is not looked at. */
export const problemOf = (
  event: NewEvent,
  known: Known = nothingKnown
): readonly [field: string, rule: string] | undefined => {
  if (!uuid.test(event.id)) return ["id", "must be a UUID"]
  if (event.type === "" || (event.type !== known.type && !isName(event.type))) {
    return ["type", "must be 1 to 128 characters without control characters"]
  }
  if (!Number.isInteger(event.schemaVersion) || event.schemaVersion < 1 || event.schemaVersion > 2 ** 31 - 1) {
    return ["schemaVersion", "must be a whole number from 1"]
  }
  const occurredAt = event.occurredAt.epochMilliseconds
  if (!(occurredAt >= earliest && occurredAt <= latest)) return ["occurredAt", "must lie in the years 1 to 9999"]
  return (event.metadata === known.metadata ? undefined : metadataProblem(event.metadata)) ?? dataProblem(event.data, 0)
}

const isName = (type: string) => type.length <= 128 && isPlainText(type)

const metadataProblem = (metadata: EventMetadata): readonly [field: string, rule: string] | undefined => {
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length < 1 || key.length > 64 || !isPlainText(key)) {
      return ["metadata", "keys must be 1 to 64 characters without control characters"]
    }
    if (value !== undefined && (value.length < 1 || value.length > maxMetadataValue || !isPlainText(value))) {
      return [`metadata.${key}`, `must be 1 to ${maxMetadataValue} characters without control characters`]
    }
  }
  return undefined
}

/** JSON.stringify would drop or change these silently, and a stored event must come back as it went in. */
const dataProblem = (value: unknown, depth: number): readonly [field: string, rule: string] | undefined => {
  if (depth > maxEventDepth) return ["data", `must be nested at most ${maxEventDepth} deep`]
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined
    case "number":
      return Number.isFinite(value) ? undefined : ["data", "must not hold NaN or an infinite number"]
    case "object": {
      if (value === null) return undefined
      const prototype: unknown = Object.getPrototypeOf(value)
      if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
        return ["data", "must be JSON: plain objects, arrays, strings, numbers, booleans and null"]
      }
      // The iterator of an array shows its holes, which Object.values passes over and JSON turns into null.
      for (const item of Array.isArray(value) ? value : Object.values(value)) {
        const problem = dataProblem(item, depth + 1)
        if (problem !== undefined) return problem
      }
      return undefined
    }
    default:
      return ["data", `must be JSON, and ${typeof value} is not`]
  }
}
