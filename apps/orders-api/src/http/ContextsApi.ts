/** The endpoints of the context map: which contexts there are, whom a change of one concerns, and the map as a drawing. */
import { Context, Impact } from "@eventfold/context-map"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { problemType } from "./Problems.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

/** Contexts, in the order of the map. */
export const ContextList = Schema.Struct({ contexts: Schema.Array(Context.Context) }).annotate({
  identifier: "ContextList",
  description: "Contexts, in the order of the map"
})

/** There is no context of this name. */
export class UnknownContext extends HttpApiError.Problem<UnknownContext>()(
  "UnknownContext",
  { type: problemType("context-not-found"), status: 404, title: "There is no such context" },
  { name: Schema.String, known: Schema.Array(Schema.String) }
) {}

const name = Schema.String.check(Schema.isMaxLength(64))
const one = { params: { name }, headers: QueryHeaders, error: UnknownContext } as const

/** The endpoints of the context map. */
export class ContextsApi extends HttpApiGroup.make("contexts")
  .add(
    HttpApiEndpoint.get("list", "/contexts", {
      query: { team: Schema.optionalKey(name) },
      headers: QueryHeaders,
      success: ContextList
    }).annotateMerge(
      about("The contexts", "With their owners, languages, messages and relationships, as the code has them.")
    ),
    HttpApiEndpoint.get("diagram", "/contexts/diagram", {
      headers: QueryHeaders,
      success: Schema.String.pipe(HttpApiSchema.asText())
    }).annotateMerge(about("The map of the contexts", "As text for Mermaid, which draws it.")),
    HttpApiEndpoint.get("get", "/contexts/:name", { ...one, success: Context.Context }).annotateMerge(
      about("A context", "With its glossary: what its commands and events mean.")
    ),
    HttpApiEndpoint.get("impact", "/contexts/:name/impact", { ...one, success: Impact.Impact }).annotateMerge(
      about("Whom a change of a context concerns", "Those that depend on it, and by way of whom others do.")
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Contexts" })) {}
