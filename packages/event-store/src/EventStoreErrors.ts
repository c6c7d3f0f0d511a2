/** What can go wrong in an event store, each as a typed error. */
import { Schema } from "effect"
import * as ExpectedVersion from "./ExpectedVersion.ts"
import * as StreamId from "./StreamId.ts"

/** The stream was not as the append expected. `actual` is its last version, 0 when there is no such stream. */
export class VersionConflict extends Schema.TaggedError<VersionConflict>()("VersionConflict", {
  stream: StreamId.StreamId,
  expected: ExpectedVersion.ExpectedVersion,
  actual: Schema.Int
}) {
  override get message() {
    const found = this.actual === 0 ? "no stream" : `version ${this.actual}`
    return `${StreamId.format(this.stream)}: expected ${ExpectedVersion.format(this.expected)}, found ${found}`
  }
}

/** Some of the event ids are stored already, but not as one earlier append of just these events to this stream. */
export class EventIdConflict extends Schema.TaggedError<EventIdConflict>()("EventIdConflict", {
  stream: StreamId.StreamId,
  eventIds: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${StreamId.format(this.stream)}: the ids of these events are partly in use already`
  }
}

/** An append that breaks a rule of the store, whatever the stream holds. `field` names the part, `rule` what must hold. */
export class InvalidAppend extends Schema.TaggedError<InvalidAppend>()("InvalidAppend", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.field}: ${this.rule}`
  }
}

/** The stream has been closed and moved to the archive: it can be read, but nothing is added to it any more. */
export class StreamArchived extends Schema.TaggedError<StreamArchived>()("StreamArchived", {
  stream: StreamId.StreamId
}) {
  override get message() {
    return `${StreamId.format(this.stream)}: is archived and takes no more events`
  }
}

/** The store itself failed: unreachable, timed out, out of space. `retryable` when trying again can help. */
export class EventStoreFailure extends Schema.TaggedError<EventStoreFailure>()("EventStoreFailure", {
  operation: Schema.String,
  retryable: Schema.Boolean,
  /** What the storage itself said, in its own words. */
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.Defect()
}) {
  override get message() {
    const detail = this.detail === undefined ? "" : `: ${this.detail}`
    return `the event store failed in ${this.operation}${detail}${this.retryable ? " (trying again can help)" : ""}`
  }
}

/**
 * A stored event that cannot be decoded: unknown type, data its schema does not accept, or an upcaster that fails.
 * An audited repair puts other data in its place: see `EventRepairs`.
 */
export class EventNotDecodable extends Schema.TaggedError<EventNotDecodable>()("EventNotDecodable", {
  stream: StreamId.StreamId,
  version: Schema.Int,
  position: Schema.Int,
  eventId: Schema.String,
  eventType: Schema.String,
  schemaVersion: Schema.Int,
  reason: Schema.String,
  /** The version of the shape that did not accept it, where the stored version is known. */
  failedAt: Schema.optionalKey(Schema.Int),
  /** What an upcaster or a schema threw. */
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return (
      `event ${this.eventType} v${this.schemaVersion} at position ${this.position} ` +
      `(${StreamId.format(this.stream)}, version ${this.version}) cannot be decoded: ${this.reason}`
    )
  }
}

/** An event that its own schema cannot encode: a mistake of the program that made it. */
export class EventNotEncodable extends Schema.TaggedError<EventNotEncodable>()("EventNotEncodable", {
  eventType: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `event ${this.eventType} cannot be encoded: ${this.reason}`
  }
}

/** What an append can fail with. */
export type AppendError = VersionConflict | EventIdConflict | StreamArchived | InvalidAppend | EventStoreFailure
