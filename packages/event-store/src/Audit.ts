/**
 * The port to the audit: who did what, when and why. Two kinds of entries stand in one order:
 *
 * - every event of the log, with who caused it (actor), through which command (causation), in which connection
 *   (correlation) and why (reason), as its metadata tell;
 * - actions that are no events: a stream moved to the archive or back, an event repaired, a person forgotten. Those who
 *   do them `record` them, in the transaction in which they do them.
 *
 * Guarantees of every layer (`AuditContract` in `@eventfold/testing` holds them to it): an entry is never changed or taken
 * away; an action takes the next position of the log, so that one order and one cursor serve both; an action whose
 * transaction fails is not recorded; a page looks at a bounded part of the log, whatever is asked for, and says where to go
 * on. Gotchas: a page may therefore be short or empty and still have a `next`. The data of events is left out: an audit
 * must not show more of a person than it has to. Events of archived streams are in the archive, and the action that moved
 * them is here.
 */
import { Context, Effect, Schema } from "effect"
import type { AuditFilter } from "./AuditFilter.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import { plainText } from "./PlainText.ts"
import { maxMetadataValue } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

const text = (what: string, max = maxMetadataValue) => plainText({ what, max })

/** What every entry tells, as far as it is known. */
const who = {
  /** Who did it. */
  actor: Schema.optionalKey(Schema.String),
  /** Why, in the words of those who did it. */
  reason: Schema.optionalKey(Schema.String),
  /** One id for everything that follows from one request. */
  correlationId: Schema.optionalKey(Schema.String),
  /** The id of the command or event that led to it. */
  causationId: Schema.optionalKey(Schema.String)
}

/** An event of the log, without its data. */
export const AuditedEvent = Schema.TaggedStruct("Event", {
  position: Schema.Int,
  eventId: Schema.String,
  stream: StreamId.StreamId,
  version: Schema.Int,
  type: Schema.String,
  occurredAt: Schema.DateTimeUtc,
  recordedAt: Schema.DateTimeUtc,
  ...who
}).annotate({ identifier: "AuditedEvent", description: "An event, and who caused it" })

/** Something that was done to the log and is no event. */
export const AuditedAction = Schema.TaggedStruct("Action", {
  position: Schema.Int,
  tenant: Schema.String,
  /** What was done, such as `StreamArchived`. */
  action: Schema.String,
  /** What it was done to: the text form of a stream, the id of a person. */
  subject: Schema.String,
  recordedAt: Schema.DateTimeUtc,
  ...who,
  /** More facts, plain text by name. */
  details: Schema.Record(Schema.String, Schema.String)
}).annotate({ identifier: "AuditedAction", description: "Something that was done and is no event" })

/** One entry of the audit. */
export const AuditEntry = Schema.Union([AuditedEvent, AuditedAction])
/** One entry of the audit. */
export type AuditEntry = typeof AuditEntry.Type

/** An action to record. */
export const NewAction = Schema.Struct({
  tenant: StreamId.Tenant,
  action: text("an action", 128),
  subject: text("a subject", 512),
  actor: text("an actor"),
  reason: text("a reason"),
  correlationId: Schema.optionalKey(text("a correlation id")),
  causationId: Schema.optionalKey(text("a causation id")),
  details: Schema.Record(text("the name of a detail", 64), text("a detail"))
})
/** An action to record. */
export type NewAction = typeof NewAction.Type

/** An action that no store takes; `rule` names the part and what must hold. */
export class InvalidAction extends Schema.TaggedError<InvalidAction>()("InvalidAction", { rule: Schema.String }) {
  override get message() {
    return `the action cannot be recorded: ${this.rule}`
  }
}

/** One page of the audit of a tenant. */
export interface AuditPage extends AuditFilter {
  readonly tenant: string
  readonly order: "newest" | "oldest"
  /** The most entries to answer. */
  readonly limit: number
  /** The `next` of the page before. Default: from the newest or the oldest. */
  readonly cursor?: number
}

/** What a page showed. */
export interface AuditSlice {
  readonly entries: ReadonlyArray<AuditEntry>
  /** Where to go on: absent when everything that was there has been looked at. */
  readonly next?: number
}

/** How many positions one page looks at, at the most: few enough for a tenth of a second. */
export const auditWindow = 50_000

/** The largest page. */
export const largestAuditPage = 500

/** What a layer has to implement; {@link Audit.make} adds the checks on top, once for all. */
export interface AuditDriver {
  record(action: NewAction): Effect.Effect<void, EventStoreFailure>
  page(page: AuditPage): Effect.Effect<AuditSlice, EventStoreFailure>
}

/** The port to the audit. */
export class Audit extends Context.Service<
  Audit,
  {
    /** Records an action; inside a `Transaction` together with what it does. */
    record(action: NewAction): Effect.Effect<void, InvalidAction | EventStoreFailure>
    /** One page of the audit of a tenant: at most `limit` entries, of {@link largestAuditPage} at the most. */
    page(page: AuditPage): Effect.Effect<AuditSlice, EventStoreFailure>
  }
>()("@eventfold/event-store/Audit") {
  /** Builds the service from what a layer implements. */
  static make(driver: AuditDriver): Audit["Service"] {
    return {
      record: (action) =>
        Effect.flatMap(
          Effect.mapError(decode(action), ({ message }) => new InvalidAction({ rule: message })),
          (valid) => driver.record(valid)
        ),
      page: (page) => driver.page({ ...page, limit: Math.min(Math.max(Math.trunc(page.limit), 1), largestAuditPage) })
    }
  }
}

const decode = Schema.decodeUnknownEffect(NewAction, { errors: "all" })

/** Records what was checked before: an action that the audit refuses all the same is a failure that says why. */
export const recordChecked = (audit: Audit["Service"], action: NewAction): Effect.Effect<void, EventStoreFailure> =>
  Effect.mapError(audit.record(action), (error) =>
    error instanceof InvalidAction
      ? new EventStoreFailure({
          operation: "Audit.record",
          retryable: false,
          detail: error.message,
          cause: error
        })
      : error
  )
