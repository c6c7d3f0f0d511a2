/**
 * Reads the line of one event, and holds it to the rules that every append is held to.
 *
 * Guarantees: an event that passes is one that a store takes, and its data and metadata are the text of the line, not a
 * text made anew from what was read. A line that breaks a rule answers which part of it breaks which.
 */
import { StreamId } from "@eventfold/event-store"
import { maxEventsPerAppend, maxEventSize, problemOf } from "@eventfold/event-store/PreparedEvent"
import { DateTime, Option, Predicate, Result, Schema } from "effect"
import { dataMark, type ExportedEvent, metadataMark } from "./ExportFormat.ts"

/** Which part of a line breaks which rule. */
export interface Problem {
  readonly field: string
  readonly rule: string
}

/** Reads the line of an event. */
export const readEvent = (line: string): Result.Result<ExportedEvent, Problem> => {
  const parts = split(line)
  if (parts === undefined)
    return fail("line", "must be the JSON object of an event, its keys in the order of the format")
  const head = decodeHead(parseJson(parts.head))
  if (Result.isFailure(head)) return fail("line", `must have the fields of an event: ${oneLine(head.failure.message)}`)
  const { metadata, data } = parts
  const problem = problemOfHead(head.success) ?? problemOfBody(head.success, metadata, data)
  return problem === undefined
    ? Result.succeed({ ...head.success, id: head.success.id.toLowerCase(), metadata, data })
    : Result.fail(problem)
}

const Head = Schema.Struct({
  position: Schema.Int,
  tenant: Schema.String,
  category: Schema.String,
  stream: Schema.String,
  version: Schema.Int,
  id: Schema.String,
  type: Schema.String,
  schemaVersion: Schema.Int,
  occurredAt: Schema.String,
  recordedAt: Schema.String,
  appendSize: Schema.Int
})

const decodeHead = Schema.decodeUnknownResult(Head, { onExcessProperty: "error" })

const problemOfHead = (head: typeof Head.Type): Problem | undefined => {
  const streamProblem = StreamId.problemOf({ tenant: head.tenant, category: head.category, id: head.stream })
  if (streamProblem !== undefined) return { field: "stream", rule: oneLine(streamProblem) }
  for (const field of ["position", "version"] as const) {
    if (!Number.isSafeInteger(head[field]) || head[field] < 1) return { field, rule: "must be a whole number from 1" }
  }
  if (head.appendSize < 0 || head.appendSize > maxEventsPerAppend) {
    return { field: "appendSize", rule: `must be a whole number from 0 to ${maxEventsPerAppend}` }
  }
  return isInstant(head.recordedAt) ? undefined : { field: "recordedAt", rule: instantRule }
}

const problemOfBody = (head: typeof Head.Type, metadataText: string, dataText: string): Problem | undefined => {
  if (!isInstant(head.occurredAt)) return { field: "occurredAt", rule: instantRule }
  if (dataText.length > maxEventSize) return { field: "data", rule: `must be at most ${maxEventSize} characters` }
  const metadata = parseJson(metadataText)
  if (!isTexts(metadata)) return { field: "metadata", rule: "must be a JSON object of texts" }
  const data = parseJson(dataText)
  if (data === undefined) return { field: "data", rule: "must be JSON" }
  const { id, schemaVersion, type } = head
  const occurredAt = DateTime.makeUnsafe(head.occurredAt)
  const problem = problemOf({ id, type, schemaVersion, occurredAt, metadata, data })
  return problem === undefined ? undefined : { field: problem[0], rule: problem[1] }
}

/** Cuts a line into what stands before the metadata (made an object again), the metadata and the data. */
const split = (
  line: string
): { readonly head: string; readonly metadata: string; readonly data: string } | undefined => {
  const metadataAt = line.indexOf(metadataMark)
  if (metadataAt < 0 || !line.endsWith("}")) return undefined
  const from = metadataAt + metadataMark.length
  const to = endOfObject(line, from)
  if (to === undefined || !line.startsWith(dataMark, to)) return undefined
  return {
    head: `${line.slice(0, metadataAt)}}`,
    metadata: line.slice(from, to),
    data: line.slice(to + dataMark.length, -1)
  }
}

/** Where the JSON object ends that begins at an offset. Strings may hold braces. */
const endOfObject = (text: string, from: number): number | undefined => {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === quote) {
      const end = endOfString(text, at)
      if (end === undefined) return undefined
      at = end
    } else if (character === openBrace) depth += 1
    else if (character === closeBrace) depth -= 1
    if (depth === 0) return at + 1
  }
  return undefined
}

const endOfString = (text: string, from: number): number | undefined => {
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === backslash) at += 1
    else if (character === quote) return at
  }
  return undefined
}

const [quote, backslash, openBrace, closeBrace] = [0x22, 0x5c, 0x7b, 0x7d]

/** What a JSON text says; `undefined` for one that is none. */
export const parseJson = (text: string): Schema.Json | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** What was parsed is JSON, always; `undefined` stands for what was not. */
const isJson = (value: unknown): value is Schema.Json => value !== undefined

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  Predicate.isObject(value) && !Array.isArray(value) && Object.values(value).every(Predicate.isString)

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/u
/** What an instant must be like. */
export const instantRule = "must be an instant of the years 1 to 9999 such as 2026-03-01T09:30:00.000000Z"

/** Whether a text is an instant of the years 1 to 9999, in UTC. */
// A day such as the 30th of February is counted on by the clock of JavaScript, and comes back as another.
export const isInstant = (text: string): boolean => {
  if (!instant.test(text) || text.startsWith("0000")) return false
  const made = DateTime.make(text)
  return Option.isSome(made) && DateTime.formatIso(made.value).slice(0, 19) === text.slice(0, 19)
}

const fail = (field: string, rule: string): Result.Result<never, Problem> => Result.fail({ field, rule })

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/gu, " ")
