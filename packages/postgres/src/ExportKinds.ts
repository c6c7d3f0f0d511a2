/**
 * The lines of an exported store that are no events, as they stand in its file:
 *
 * - `action`: an action of the audit; it takes a position of the log and stands among the events;
 * - `repair`: what is read in place of an event that cannot be decoded, in the order in which repairs were made;
 * - `archived`: an entry of the catalogue of the archive. The file it names is in the directory of the archive;
 * - `forgotten`: an entry of the ledger of the forgotten, in the order of the ledger;
 * - `key`: a version of the key of a person, wrapped by a master key, never in clear, by tenant, subject and version. Of
 *   a person who was forgotten there is one line without a key.
 *
 * Instants have microseconds and end in `Z`; `details` and `data` are JSON text, as it is stored, and come last.
 */
import { dataMark, oneLine } from "./ExportFormat.ts"

/** An action of the audit. */
export interface ExportedAction {
  readonly kind: "action"
  readonly position: number
  readonly tenant: string
  readonly action: string
  readonly subject: string
  readonly actor: string
  readonly reason: string
  readonly correlationId: string | null
  readonly causationId: string | null
  readonly recordedAt: string
  readonly details: string
}

/** A repair of an event. */
export interface ExportedRepair {
  readonly kind: "repair"
  /** Its place in the order of all repairs. */
  readonly number: number
  readonly position: number
  readonly eventId: string
  readonly type: string
  readonly schemaVersion: number
  readonly actor: string
  readonly reason: string
  readonly repairedAt: string
  readonly data: string
}

/** An entry of the catalogue of the archive. */
export interface ExportedArchive {
  readonly kind: "archived"
  /** Its place in the catalogue. */
  readonly number: number
  readonly tenant: string
  readonly category: string
  readonly stream: string
  readonly version: number
  /** By version: where its events were, their names, and how many events began there (see `appendSize` of an event). */
  readonly positions: ReadonlyArray<number>
  readonly types: ReadonlyArray<string>
  readonly appendSizes: ReadonlyArray<number>
  readonly archivedAt: string
  /** When it was brought back to the log. */
  readonly restoredAt: string | null
  readonly file: string
  readonly checksum: string
  readonly bytes: number
}

/** An entry of the ledger of the forgotten. */
export interface ExportedForgotten {
  readonly kind: "forgotten"
  readonly tenant: string
  readonly subject: string
  readonly forgottenAt: string
  readonly actor: string
  readonly reason: string
}

/** A wrapped key. Both parts are missing on version 1 of a person who was forgotten. */
export interface ExportedKey {
  readonly kind: "key"
  readonly tenant: string
  readonly subject: string
  readonly version: number
  /** The name of the master key that wraps it: a digest, which tells nothing about it. */
  readonly masterKey: string | null
  readonly wrapped: string | null
}

/** What stands beside the log. */
export type ExportedBeside = ExportedRepair | ExportedArchive | ExportedForgotten | ExportedKey

/** What stands before the details in the line of an action. */
export const detailsMark = ',"details":'

/** The line of an action, with its line break. */
export const actionLine = (entry: ExportedAction): string => {
  const { action, actor, causationId, correlationId, details, kind, position, reason, recordedAt, subject, tenant } =
    entry
  const head = { kind, position, tenant, action, subject, actor, reason, correlationId, causationId, recordedAt }
  return `${open(head)}${detailsMark}${oneLine(details)}}\n`
}

/** The line of what stands beside the log, with its line break. */
export const kindLine = (entry: ExportedBeside): string => {
  switch (entry.kind) {
    case "repair": {
      const { actor, data, eventId, kind, number, position, reason, repairedAt, schemaVersion, type } = entry
      const head = { kind, number, position, eventId, type, schemaVersion, actor, reason, repairedAt }
      return `${open(head)}${dataMark}${oneLine(data)}}\n`
    }
    case "archived": {
      const { category, kind, number, stream, tenant, version } = entry
      const { appendSizes, archivedAt, bytes, checksum, file, positions, restoredAt, types } = entry
      const events = { positions, types, appendSizes }
      const what = { kind, number, tenant, category, stream, version, ...events }
      return line({ ...what, archivedAt, restoredAt, file, checksum, bytes })
    }
    case "forgotten": {
      const { actor, forgottenAt, kind, reason, subject, tenant } = entry
      return line({ kind, tenant, subject, forgottenAt, actor, reason })
    }
    case "key": {
      const { kind, masterKey, subject, tenant, version, wrapped } = entry
      return line({ kind, tenant, subject, version, masterKey, wrapped })
    }
  }
}

// Made anew, key by key, so that they stand in this order whatever the order was.
const line = (fields: object): string => `${JSON.stringify(fields)}\n`

const open = (head: object): string => JSON.stringify(head).slice(0, -1)
