/** The endpoint of the audit: who did what, when and why, for every event and for what was done that is no event. */
import { AuditedAction, AuditedEvent, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Schema, SchemaTransformation, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { largestAuditPage } from "../queries/AuditQueries.ts"
import { Cursor } from "./Cursor.ts"
import { pageSize } from "./PageSize.ts"
import { PointInTime } from "./PointInTime.ts"
import { Actor, CorrelationId, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const streamRule = { message: "must be a category, such as order, or a stream, such as order/order_0190f5a2-…" }

/** `order`, or `order/order_…`: a category of streams, or one stream of it. */
const StreamParameter = Schema.String.annotate(streamRule)
  .check(Schema.isPattern(/^[A-Za-z][A-Za-z0-9_-]{0,63}(?:\/.{1,255})?$/u, streamRule))
  .pipe(
    Schema.decodeTo(
      Schema.Struct({ category: StreamId.Category, streamId: Schema.optionalKey(Schema.String) }),
      SchemaTransformation.transform<{ readonly category: string; readonly streamId?: string }, string>({
        decode: (text) => {
          const at = text.indexOf("/")
          return at === -1 ? { category: text } : { category: text.slice(0, at), streamId: text.slice(at + 1) }
        },
        encode: ({ category, streamId }) => (streamId === undefined ? category : `${category}/${streamId}`)
      })
    )
  )

const typesRule = { message: "must be 1 to 20 names of events or actions, with commas between them" }

const TypesParameter = Schema.String.annotate(typesRule)
  .check(Schema.isPattern(/^[^,\0]{1,128}(?:,[^,\0]{1,128}){0,19}$/u, typesRule))
  .pipe(
    Schema.decodeTo(
      Schema.Array(Schema.String),
      SchemaTransformation.transform<ReadonlyArray<string>, string>({
        decode: (text) => text.split(","),
        encode: (types) => types.join()
      })
    )
  )

/** What may be asked of the audit. */
export const AuditQuery = Schema.Struct({
  actor: Schema.optionalKey(Actor),
  stream: Schema.optionalKey(StreamParameter),
  correlationId: Schema.optionalKey(CorrelationId),
  causationId: Schema.optionalKey(CorrelationId),
  types: Schema.optionalKey(TypesParameter),
  from: Schema.optionalKey(PointInTime),
  to: Schema.optionalKey(PointInTime),
  order: Schema.Literals(["newest", "oldest"])
    .annotate({ message: "must be newest or oldest" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed("newest" as const))),
  limit: pageSize(largestAuditPage, 50),
  cursor: Schema.optionalKey(Cursor)
}).check(
  Schema.makeFilter(({ from, to }) =>
    from !== undefined && to !== undefined && DateTime.isGreaterThanOrEqualTo(from, to)
      ? { path: ["to"], issue: "must be later than from" }
      : undefined
  )
)

/** A page of the audit. */
export const AuditPage = Schema.Struct({
  entries: Schema.Array(
    Schema.Union([
      Schema.Struct({ kind: Schema.Literal("event"), ...Struct.omit(AuditedEvent.fields, ["_tag"]) }).annotate({
        identifier: "AuditedEvent",
        description: "An event: who caused it, when and why"
      }),
      Schema.Struct({ kind: Schema.Literal("action"), ...Struct.omit(AuditedAction.fields, ["_tag"]) }).annotate({
        identifier: "AuditedAction",
        description: "Something that was done to the log and is no event, such as moving a stream to the archive"
      })
    ])
  ),
  /** Put it into `cursor` to go on; absent when everything has been looked at. A page may be short and still have one. */
  nextCursor: Schema.optionalKey(Cursor)
}).annotate({ identifier: "AuditPage", description: "A page of the audit" })

/** The endpoint of the audit. */
export class AuditApi extends HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("list", "/audit", {
      query: AuditQuery,
      headers: QueryHeaders,
      success: AuditPage
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Who did what, when and why",
        description:
          "Every event without its data, and what was done that is no event: streams moved to the archive and back, people " +
          "forgotten, keys renewed. A page looks at a bounded part of the log: it may be short, or empty, and still have a " +
          "nextCursor to go on with."
      })
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Audit" })) {}
