/**
 * The endpoints for whoever operates the read side: how projections are, and having them rebuilt, stopped and started.
 */
import { UtcDay } from "@eventfold/decider"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ProjectionReport } from "../projections/ProjectionReports.ts"
import { about } from "./About.ts"
import { optionalBody } from "./OptionalBody.ts"
import * as Problems from "./Problems.ts"
import { ProjectionNotFollowed, RebuildNotPossible, UnknownProjection } from "./ProjectionProblems.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const one = {
  params: { name: Schema.String.check(Schema.isMaxLength(64)) },
  headers: QueryHeaders,
  error: UnknownProjection
} as const

const followed = { ...one, error: [UnknownProjection, ProjectionNotFollowed] } as const

/** How all projections are. */
export const ProjectionReports = Schema.Struct({ projections: Schema.Array(ProjectionReport) }).annotate({
  identifier: "ProjectionReports",
  description: "How all projections are"
})

/** What is to be built anew. */
export const RebuildBody = Schema.Struct({
  /** Rows of earlier days are kept; for projections whose rows are dated. Everything, when left out. */
  from: Schema.optionalKey(UtcDay.UtcDay.annotate({ message: "must be a day such as 2026-03-31" }))
}).annotate({ identifier: "Rebuild" })

/** The endpoints for whoever operates the read side. */
export class ProjectionsApi extends HttpApiGroup.make("projections")
  .add(
    HttpApiEndpoint.get("list", "/projections", {
      headers: QueryHeaders,
      success: ProjectionReports
    }).annotateMerge(about("How all projections are")),
    HttpApiEndpoint.get("get", "/projections/:name", { ...one, success: ProjectionReport }).annotateMerge(
      about("How a projection is")
    ),
    HttpApiEndpoint.post("rebuildAll", "/projections/rebuild", {
      headers: QueryHeaders,
      success: ProjectionReports.pipe(HttpApiSchema.status(202))
    }).annotateMerge(
      about("Build the rows of all projections anew", "Beside the rows that are read, which are read until the end.")
    ),
    HttpApiEndpoint.post("rebuild", "/projections/:name/rebuild", {
      ...one,
      payload: optionalBody(RebuildBody),
      success: ProjectionReport.pipe(HttpApiSchema.status(202)),
      error: [UnknownProjection, RebuildNotPossible, Problems.BodyTooLarge, Problems.UnsupportedMediaType]
    }).annotateMerge(
      about(
        "Build the rows of a projection anew",
        "Beside the rows that are read, which are read until the new ones have caught up. It goes on whatever becomes of this process."
      )
    ),
    HttpApiEndpoint.post("stop", "/projections/:name/stop", { ...followed, success: ProjectionReport }).annotateMerge(
      about("Have nobody work for a projection", "On any node, until it is started. Its rows can still be read.")
    ),
    HttpApiEndpoint.post("start", "/projections/:name/start", { ...followed, success: ProjectionReport }).annotateMerge(
      about(
        "Have a projection worked for again",
        "From where it was stopped. Its state is `starting` when nobody has begun within a second."
      )
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Projections" })) {}
