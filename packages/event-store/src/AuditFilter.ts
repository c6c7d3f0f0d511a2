/** Which entries of the audit are asked for, and whether one is among them: written once for all layers. */
import { DateTime } from "effect"
import type { AuditedAction, AuditedEvent, AuditEntry } from "./Audit.ts"
import type { EventMetadata } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

/** Which entries are asked for; what is left out does not restrict. */
export interface AuditFilter {
  readonly actor?: string
  /** Events of streams of this category. Actions belong to none, and are left out unless `streamId` is given. */
  readonly category?: string
  /** Together with `category`: events of this one stream, and the actions it was subject to. */
  readonly streamId?: string
  readonly correlationId?: string
  readonly causationId?: string
  /** Events of these names and actions of these names. */
  readonly types?: ReadonlyArray<string>
  /** Recorded then or later. */
  readonly from?: DateTime.Utc
  /** Recorded before. */
  readonly to?: DateTime.Utc
}

/** Whether an entry of the tenant is among those asked for. */
export const matches = (filter: AuditFilter & { readonly tenant: string }, entry: AuditEntry): boolean =>
  (entry._tag === "Event" ? isOf(filter, entry) : isAbout(filter, entry)) &&
  same(filter.actor, entry.actor) &&
  same(filter.correlationId, entry.correlationId) &&
  same(filter.causationId, entry.causationId) &&
  (filter.from === undefined || DateTime.isGreaterThanOrEqualTo(entry.recordedAt, filter.from)) &&
  (filter.to === undefined || DateTime.isLessThan(entry.recordedAt, filter.to))

const same = (wanted: string | undefined, found: string | undefined) => wanted === undefined || wanted === found

const isOf = (
  { category, streamId, tenant, types }: AuditFilter & { readonly tenant: string },
  { stream, type }: typeof AuditedEvent.Type
) =>
  stream.tenant === tenant &&
  same(category, stream.category) &&
  same(streamId, stream.id) &&
  (types === undefined || types.includes(type))

const isAbout = (
  filter: AuditFilter & { readonly tenant: string },
  { action, subject, tenant }: typeof AuditedAction.Type
) => {
  const wanted = subjectOf(filter)
  return (
    tenant === filter.tenant &&
    wanted !== "none" &&
    (wanted === "any" || wanted.subject === subject) &&
    (filter.types === undefined || filter.types.includes(action))
  )
}

/** Which actions a filter by stream leaves: all, none, or those of which the stream was the subject. */
export const subjectOf = ({
  category,
  streamId,
  tenant
}: AuditFilter & { readonly tenant: string }): "any" | "none" | { readonly subject: string } => {
  if (category === undefined) return "any"
  return streamId === undefined ? "none" : { subject: StreamId.format({ tenant, category, id: streamId }) }
}

/** What the metadata of an event tell about who made it, and why. */
export const whoOf = ({ actor, causationId, correlationId, reason }: EventMetadata) => ({
  ...(actor === undefined ? {} : { actor }),
  ...(reason === undefined ? {} : { reason }),
  ...(correlationId === undefined ? {} : { correlationId }),
  ...(causationId === undefined ? {} : { causationId })
})
