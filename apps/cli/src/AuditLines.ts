/** Entries of the audit as lines, for people and for programs. */
import { AuditedAction, AuditedEvent, type AuditEntry } from "@eventfold/event-store"
import { DateTime, Schema, Struct } from "effect"
import { shownStream } from "./Options.ts"

/** A line for people: position, when, who, what, to what, why, and what else is known. */
export const text = (entry: AuditEntry): string => {
  const { actor = "-", causationId, correlationId, position, reason, recordedAt } = entry
  const [type, what, facts] =
    entry._tag === "Event"
      ? [entry.type, `${shownStream(entry.stream)} version ${entry.version}`, []]
      : [entry.action, entry.subject, Object.entries(entry.details)]
  const more = [
    ...facts.map(([name, value]) => `${name} ${value}`),
    ...(correlationId === undefined ? [] : [`correlation ${correlationId}`]),
    ...(causationId === undefined ? [] : [`causation ${causationId}`])
  ]
  const why = reason === undefined ? "" : `, because: ${reason}`
  const line = [position, DateTime.formatIso(recordedAt), actor, type, what].join("  ")
  return `${line}${why}${more.length === 0 ? "" : ` (${more.join(", ")})`}`
}

const Line = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("event"), ...Struct.omit(AuditedEvent.fields, ["_tag"]) }),
  Schema.Struct({ kind: Schema.Literal("action"), ...Struct.omit(AuditedAction.fields, ["_tag"]) })
])
const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(Line)))

/** A line of JSON, of the same form as an entry of `GET /audit`. */
export const json = (entry: AuditEntry): string => {
  if (entry._tag === "Event") {
    const { _tag: _, ...event } = entry
    return encode({ kind: "event", ...event })
  }
  const { _tag: _, ...action } = entry
  return encode({ kind: "action", ...action })
}
