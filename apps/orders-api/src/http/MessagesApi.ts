/** The endpoints of what the contexts say to each other: the JSON Schemas of their messages. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { problemType } from "./Problems.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

/** A message that is published, and where its JSON Schema is. */
export const PublishedType = Schema.Struct({
  /** `ordering.order-placed.v1` */
  type: Schema.String,
  /** The path of its JSON Schema. */
  schema: Schema.String
}).annotate({ identifier: "PublishedType" })

/** There is no message of this type. */
export class UnknownMessage extends HttpApiError.Problem<UnknownMessage>()(
  "UnknownMessage",
  { type: problemType("message-not-found"), status: 404, title: "There is no such message" },
  { known: Schema.Array(Schema.String) }
) {}

/** The endpoints of what the contexts say to each other. */
export class MessagesApi extends HttpApiGroup.make("messages")
  .add(
    HttpApiEndpoint.get("schemas", "/schemas", {
      headers: QueryHeaders,
      success: Schema.Struct({ messages: Schema.Array(PublishedType) })
    }).annotateMerge(about("The published messages", "What contexts say to each other. As AsyncAPI: /asyncapi.json.")),
    HttpApiEndpoint.get("schema", "/schemas/:file", {
      params: { file: Schema.String.check(Schema.isMaxLength(140)) },
      headers: QueryHeaders,
      success: Schema.JsonObject.pipe(HttpApiSchema.asJson({ contentType: "application/schema+json" })),
      error: UnknownMessage
    }).annotateMerge(about("The JSON Schema of a message", "What it says, in draft 2020-12. It never changes."))
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Messages" })) {}
