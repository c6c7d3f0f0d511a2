/** Events on their way into the store and as the store answers them. */
import { type DateTime, Schema } from "effect"
import { plainText } from "./PlainText.ts"
import { StreamId } from "./StreamId.ts"

/**
 * Who, why and in what connection: the part of an event that is about its making. Keys and values are plain text;
 * the known keys have a meaning, others are kept as they are.
 */
export interface EventMetadata {
  /** One id for everything that follows from one request. */
  readonly correlationId?: string
  /** The id of the command or event that led to this one. */
  readonly causationId?: string
  /** Who did it. */
  readonly actor?: string
  /** Why, in the words of those who did it. */
  readonly reason?: string | undefined
  readonly [key: string]: string | undefined
}

/** The longest metadata value, in UTF-16 units. */
export const maxMetadataValue = 2048

/** The schema of {@link EventMetadata}. */
export const EventMetadata = Schema.Record(
  plainText({ what: "a metadata key", max: 64 }),
  plainText({ what: "a metadata value", max: maxMetadataValue })
)

/** An event to append. A retry must use the same `id`: that is how the store knows it. */
export interface NewEvent {
  /** A UUID of any version, unique in the whole store. */
  readonly id: string
  /** The name of the event. */
  readonly type: string
  /** The version of the shape of `data`, from 1. */
  readonly schemaVersion: number
  /** When it happened in the business. */
  readonly occurredAt: DateTime.Utc
  readonly data: Schema.Json
  readonly metadata: EventMetadata
}

/** An event as stored. */
export const RecordedEvent = Schema.Struct({
  id: Schema.String,
  stream: StreamId,
  /** Its place in its stream, from 1, without holes. */
  version: Schema.Int,
  /** Its place in the whole store: growing, with holes. */
  position: Schema.Int,
  type: Schema.String,
  schemaVersion: Schema.Int,
  occurredAt: Schema.DateTimeUtc,
  /** When the store took it, by the store's clock. */
  recordedAt: Schema.DateTimeUtc,
  data: Schema.Json,
  metadata: EventMetadata
})
/** An event as stored. */
export type RecordedEvent = typeof RecordedEvent.Type
