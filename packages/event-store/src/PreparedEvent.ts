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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu
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
  const prepared: Array<PreparedEvent> = []
  for (const [index, event] of events.entries()) {
    const problem = problemOf(event)
    if (problem !== undefined) return invalid(`events[${index}].${problem[0]}`, problem[1])
    const id = event.id.toLowerCase()
    if (ids.has(id)) return invalid(`events[${index}].id`, "event ids must differ inside one append")
    ids.add(id)
    const data = JSON.stringify(event.data)
    if (data.length > maxEventSize) {
      return invalid(`events[${index}].data`, `must be at most ${maxEventSize} characters as JSON`)
    }
    const { occurredAt, schemaVersion, type } = event
    prepared.push({ id, type, schemaVersion, occurredAt, data, metadata: JSON.stringify(event.metadata) })
  }
  return Result.succeed(prepared)
}

const problemOf = (event: NewEvent): readonly [field: string, rule: string] | undefined => {
  if (!uuid.test(event.id)) return ["id", "must be a UUID"]
  if (event.type.length < 1 || event.type.length > 128 || !isPlainText(event.type)) {
    return ["type", "must be 1 to 128 characters without control characters"]
  }
  if (!Number.isInteger(event.schemaVersion) || event.schemaVersion < 1 || event.schemaVersion > 2 ** 31 - 1) {
    return ["schemaVersion", "must be a whole number from 1"]
  }
  const occurredAt = event.occurredAt.epochMilliseconds
  if (!(occurredAt >= earliest && occurredAt <= latest)) return ["occurredAt", "must lie in the years 1 to 9999"]
  return metadataProblem(event.metadata) ?? dataProblem(event.data, 0)
}

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
