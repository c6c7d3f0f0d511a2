/** The tables an import loads, column by column, and where their values stand in the lines of a file. */
import type { ExportedEvent } from "./ExportFormat.ts"
import type { ExportedAction, ExportedArchive, ExportedForgotten, ExportedKey, ExportedRepair } from "./ExportKinds.ts"
import { arrayText, type LoadedTable } from "./ImportLoader.ts"

/** An event and the key of its stream. */
export interface LoadedEvent extends ExportedEvent {
  readonly streamKey: bigint
}

/** The events of the log. */
export const eventTable: LoadedTable<LoadedEvent> = {
  name: "eventfold.events",
  columns: [
    { name: "position", type: "bigint", of: ({ position }) => position },
    { name: "tenant", type: "text", of: ({ tenant }) => tenant },
    { name: "category", type: "text", of: ({ category }) => category },
    { name: "stream_id", type: "text", of: ({ stream }) => stream },
    { name: "version", type: "bigint", of: ({ version }) => version },
    { name: "event_id", type: "uuid", of: ({ id }) => id },
    { name: "type", type: "text", of: ({ type }) => type },
    { name: "schema_version", type: "integer", of: ({ schemaVersion }) => schemaVersion },
    { name: "occurred_at", type: "timestamptz", of: ({ occurredAt }) => occurredAt },
    { name: "recorded_at", type: "timestamptz", of: ({ recordedAt }) => recordedAt },
    { name: "data", type: "json", of: ({ data }) => data },
    { name: "metadata", type: "json", of: ({ metadata }) => metadata },
    { name: "append_size", type: "integer", of: ({ appendSize }) => appendSize },
    { name: "stream_key", type: "bigint", of: ({ streamKey }) => streamKey }
  ]
}

/** The actions of the audit. */
export const actionTable: LoadedTable<ExportedAction> = {
  name: "eventfold.audit_log",
  columns: [
    { name: "position", type: "bigint", of: ({ position }) => position },
    { name: "tenant", type: "text", of: ({ tenant }) => tenant },
    { name: "action", type: "text", of: ({ action }) => action },
    { name: "subject", type: "text", of: ({ subject }) => subject },
    { name: "actor", type: "text", of: ({ actor }) => actor },
    { name: "reason", type: "text", of: ({ reason }) => reason },
    { name: "correlation_id", type: "text", of: ({ correlationId }) => correlationId },
    { name: "causation_id", type: "text", of: ({ causationId }) => causationId },
    { name: "recorded_at", type: "timestamptz", of: ({ recordedAt }) => recordedAt },
    { name: "details", type: "json", of: ({ details }) => details }
  ]
}

// What stands beside the log is laid ready in a table of the transaction first, and taken over from there by rules.
const staged = "pg_temp.eventfold_import"

/** Repairs of events. */
export const repairTable: LoadedTable<ExportedRepair> = {
  name: staged,
  columns: [
    { name: "number", type: "bigint", of: ({ number }) => number },
    { name: "position", type: "bigint", of: ({ position }) => position },
    { name: "event_id", type: "uuid", of: ({ eventId }) => eventId },
    { name: "type", type: "text", of: ({ type }) => type },
    { name: "schema_version", type: "integer", of: ({ schemaVersion }) => schemaVersion },
    { name: "data", type: "json", of: ({ data }) => data },
    { name: "actor", type: "text", of: ({ actor }) => actor },
    { name: "reason", type: "text", of: ({ reason }) => reason },
    { name: "repaired_at", type: "timestamptz", of: ({ repairedAt }) => repairedAt }
  ]
}

/** Entries of the catalogue of the archive. */
export const archiveTable: LoadedTable<ExportedArchive> = {
  name: staged,
  columns: [
    { name: "number", type: "bigint", of: ({ number }) => number },
    { name: "tenant", type: "text", of: ({ tenant }) => tenant },
    { name: "category", type: "text", of: ({ category }) => category },
    { name: "stream_id", type: "text", of: ({ stream }) => stream },
    { name: "version", type: "bigint", of: ({ version }) => version },
    { name: "first_position", type: "bigint", of: ({ positions }) => positions[0] ?? 0 },
    { name: "last_position", type: "bigint", of: ({ positions }) => positions.at(-1) ?? 0 },
    { name: "positions", type: "bigint[]", of: ({ positions }) => arrayText(positions) },
    { name: "types", type: "text[]", of: ({ types }) => arrayText(types) },
    { name: "append_sizes", type: "integer[]", of: ({ appendSizes }) => arrayText(appendSizes) },
    { name: "archived_at", type: "timestamptz", of: ({ archivedAt }) => archivedAt },
    { name: "restored_at", type: "timestamptz", of: ({ restoredAt }) => restoredAt },
    { name: "file", type: "text", of: ({ file }) => file },
    { name: "checksum", type: "text", of: ({ checksum }) => checksum },
    { name: "bytes", type: "bigint", of: ({ bytes }) => bytes }
  ]
}

/** Entries of the ledger of the forgotten, with their places in it. */
export const forgottenTable: LoadedTable<Omit<ExportedForgotten, "kind"> & { readonly place: number }> = {
  name: staged,
  columns: [
    { name: "place", type: "bigint", of: ({ place }) => place },
    { name: "tenant", type: "text", of: ({ tenant }) => tenant },
    { name: "subject", type: "text", of: ({ subject }) => subject },
    { name: "forgotten_at", type: "timestamptz", of: ({ forgottenAt }) => forgottenAt },
    { name: "actor", type: "text", of: ({ actor }) => actor },
    { name: "reason", type: "text", of: ({ reason }) => reason }
  ]
}

/** Wrapped keys. */
export const keyTable: LoadedTable<ExportedKey> = {
  name: staged,
  columns: [
    { name: "tenant", type: "text", of: ({ tenant }) => tenant },
    { name: "subject", type: "text", of: ({ subject }) => subject },
    { name: "version", type: "integer", of: ({ version }) => version },
    { name: "master_key", type: "text", of: ({ masterKey }) => masterKey },
    { name: "wrapped", type: "text", of: ({ wrapped }) => wrapped }
  ]
}

/** The statement that makes the table in which rows are laid ready; it goes with its transaction. */
export const stagingOf = <Row>({ columns, name }: LoadedTable<Row>): string =>
  `create temporary table ${name.replace("pg_temp.", "")} (${columns
    .map((column) => `${column.name} ${column.type}${column.type === "text" ? ' collate "C"' : ""}`)
    .join(", ")}) on commit drop`
