/**
 * The log that the memory layers of this package share: the events, and which streams have left it for the archive.
 *
 * One immutable value in a transactional reference, so that whatever changes it joins an open `Transaction`.
 */
import { Context, type DateTime, HashMap, Layer, TxRef } from "effect"
import type { Appended } from "./EventStore.ts"
import type { PreparedEvent } from "./PreparedEvent.ts"
import type { StreamId } from "./StreamId.ts"

/** An event as it is kept in memory, its data and metadata as JSON text. */
export interface StoredEvent extends PreparedEvent {
  readonly stream: StreamId
  readonly version: number
  readonly position: number
  readonly recordedAt: DateTime.Utc
  /** The append that brought it. */
  readonly append: Append
}

/** One append, as much as is needed to know it again. */
export interface Append {
  readonly stream: string
  readonly eventIds: ReadonlyArray<string>
  readonly appended: Appended
}

/** Events by their version or by their position. */
export type EventsByNumber = HashMap.HashMap<number, StoredEvent>

/** What is left of a stream whose events are in the archive. */
export interface Tombstone {
  readonly stream: StreamId
  readonly version: number
}

/** The state of the log. */
export interface Log {
  /** The last position that was taken. Events of archived streams, and entries of the audit log, leave holes. */
  readonly last: number
  readonly byPosition: EventsByNumber
  /** The events of a stream, by the text form of its id. */
  readonly byVersion: HashMap.HashMap<string, EventsByNumber>
  readonly byId: HashMap.HashMap<string, StoredEvent>
  /** The streams in the archive, by the text form of their ids. */
  readonly archived: HashMap.HashMap<string, Tombstone>
}

const empty: Log = {
  last: 0,
  byPosition: HashMap.empty(),
  byVersion: HashMap.empty(),
  byId: HashMap.empty(),
  archived: HashMap.empty()
}

/** The log in memory. */
export class MemoryLog extends Context.Service<MemoryLog, TxRef.TxRef<Log>>()("@eventfold/event-store/MemoryLog") {
  /** An empty log. */
  static readonly layer: Layer.Layer<MemoryLog> = Layer.effect(MemoryLog, TxRef.make(empty))
}
