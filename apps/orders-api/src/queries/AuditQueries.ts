/** What can be asked of the audit: who did what, when and why. Read from the log itself, so always up to date. */
import { Message } from "@eventfold/decider"
import { Audit, AuditEntry, largestAuditPage, QueryBus, ReadModelFailure, StreamId } from "@eventfold/event-store"
import { Context, Effect, Layer, Schema } from "effect"

export { largestAuditPage } from "@eventfold/event-store"

/** Asks for a page of the audit; `cursor` is the `next` of a page. What is left out does not restrict. */
export const GetAudit = Schema.TaggedStruct("GetAudit", {
  tenant: StreamId.Tenant,
  actor: Schema.optionalKey(Schema.String),
  category: Schema.optionalKey(StreamId.Category),
  /** Together with the category: one stream. */
  streamId: Schema.optionalKey(Schema.String),
  correlationId: Schema.optionalKey(Schema.String),
  causationId: Schema.optionalKey(Schema.String),
  /** Events and actions of these names. */
  types: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Recorded then or later. */
  from: Schema.optionalKey(Schema.DateTimeUtc),
  /** Recorded before. */
  to: Schema.optionalKey(Schema.DateTimeUtc),
  order: Schema.Literals(["newest", "oldest"]),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestAuditPage })),
  cursor: Schema.optionalKey(Schema.Int)
})
/** Asks for a page of the audit. */
export interface GetAudit extends Schema.Schema.Type<typeof GetAudit> {}

/** The message that carries {@link GetAudit}. */
export const getAudit = Message.query({
  context: "audit",
  payload: GetAudit,
  answer: Schema.Struct({ entries: Schema.Array(AuditEntry), next: Schema.optionalKey(Schema.Int) }),
  refusal: Schema.Never
})

/** Reads the audit. Query handlers use this in place of the audit itself, in which they could record actions. */
export class AuditTrail extends Context.Service<
  AuditTrail,
  { page(query: GetAudit): Effect.Effect<typeof getAudit.Answer.Type, ReadModelFailure> }
>()("@eventfold/orders-api/AuditTrail") {
  /** Reads the audit of the log. */
  static readonly layer: Layer.Layer<AuditTrail, never, Audit> = Layer.effect(
    AuditTrail,
    Effect.map(Audit, (audit) => ({
      page: ({ _tag: _, ...page }) =>
        Effect.mapError(audit.page(page), (cause) => new ReadModelFailure({ readModel: "the audit", cause }))
    }))
  )
}

/** The handlers of the queries about the audit. */
export const handlers = [
  QueryBus.handler(getAudit, (query) => Effect.flatMap(AuditTrail, (trail) => trail.page(query)))
]
